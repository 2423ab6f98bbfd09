import pytest

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns
from models.scorer.patterns import read_pattern
from models.scorer.saved import SavedStage
from models.scorer.text import java_split, regex_tokenizer, stop_words_remover, tokenizer


def stage(tmp_path, **parameters):
    return SavedStage("x.Y", "y_1", {"inputCol": "note", "outputCol": "tokens", **parameters}, tmp_path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a,b,,", ["a", "b"]), (",a", ["", "a"]), ("", [""]), (",,", []), ("a,,b", ["a", "", "b"])],
)
def test_texts_are_split_as_java_splits_them(text, parts):
    assert java_split(text.split(",")) == parts
    assert java_split(read_pattern(",").cut([text])[0][::2]) == parts


def test_a_token_is_as_long_as_java_counts(tmp_path):
    parameters = {"pattern": "\\s+", "gaps": True, "minTokenLength": 2, "toLowercase": True}
    columns = Columns([{"note": "a 😀 Ab"}])
    regex_tokenizer(stage(tmp_path, **parameters))(columns)
    assert columns.tokens("tokens") == [["😀", "ab"]]


def test_what_java_and_python_may_read_in_two_ways_is_refused(tmp_path):
    with pytest.raises(ScorerError, match="pattern") as refused:
        regex_tokenizer(stage(tmp_path, pattern="\\p{L}+", gaps=False, minTokenLength=1, toLowercase=True))
    assert refused.value.code == "H230"
    with pytest.raises(ScorerError, match="tr_TR") as refused:
        stop_words_remover(stage(tmp_path, stopWords=["I"], caseSensitive=False, locale="tr_TR"))
    assert refused.value.code == "H230"


@pytest.mark.parametrize("note", [None, 3.0, ["a"]])
def test_what_is_no_text_is_refused(tmp_path, note):
    with pytest.raises(ScoringError, match="must be a text"):
        tokenizer(stage(tmp_path))(Columns([{"note": note}]))


def test_a_text_that_is_half_a_character_is_refused(tmp_path):
    transform = regex_tokenizer(stage(tmp_path, pattern=",", gaps=True, minTokenLength=1, toLowercase=True))
    with pytest.raises(ScoringError, match="'note' is no text that can be cut"):
        transform(Columns([{"note": "\ud800"}]))
