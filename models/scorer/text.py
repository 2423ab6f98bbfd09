"""Spark's stages that take texts apart and count terms: each loader reads one and gives its transform.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Transform
from models.scorer.hashing import bucket_of
from models.scorer.patterns import read_pattern
from models.scorer.saved import SavedStage
from models.scorer.spark_text import spark_text
from models.scorer.vectors import sparse_rows

_SPACE = re.compile(r"[ \t\n\x0b\f\r]")
# Under these languages Java lowers an i, or a letter with accents, in a way of its own.
_OWN_CASE = ("tr", "az", "lt")


def tokenizer(stage: SavedStage) -> Transform:
    """Small letters, cut at each single white space."""
    return _text_to_tokens(stage, lambda texts: [java_split(_SPACE.split(text.lower())) for text in texts])


def regex_tokenizer(stage: SavedStage) -> Transform:
    """Cut at the pattern, or what matches it; tokens shorter than the least length are left out.

    Raises: ScorerError H230 for a pattern that Java and RE2 could read in two ways.
    """
    parameters = stage.parameters
    pattern = read_pattern(str(parameters["pattern"]))
    if pattern is None:
        raise ScorerError(
            "H230",
            f"stage {stage.uid}: the pattern {parameters['pattern']!r} cannot be scored",
            hint="letters, classes in [], \\s \\w \\d, groups in (?:) and quantifiers can",
        )
    by_gaps, shortest, lowers = bool(parameters["gaps"]), int(parameters["minTokenLength"]), parameters["toLowercase"]

    def cut(texts: Sequence[str]) -> list[list[str]]:
        try:
            pieces = pattern.cut([text.lower() for text in texts] if lowers else texts)
        except ValueError as error:
            raise ScoringError("H232", f"'{parameters['inputCol']}' is no text that can be cut: {error}") from error
        found = [java_split(each[::2]) if by_gaps else each[1::2] for each in pieces]
        return [[token for token in tokens if _java_length(token) >= shortest] for tokens in found]

    return _text_to_tokens(stage, cut)


def stop_words_remover(stage: SavedStage) -> Transform:
    """The tokens that are no stop words. Raises: ScorerError H230 for a language with small letters of its own."""
    words: list[str] = stage.parameters["stopWords"]
    exact = bool(stage.parameters["caseSensitive"])
    locale = str(stage.parameters.get("locale", "en_US"))
    if not exact and locale.lower().startswith(_OWN_CASE):
        raise ScorerError("H230", f"stage {stage.uid} compares in the locale {locale}", hint="set caseSensitive")
    stopped = frozenset(words if exact else (word.lower() for word in words))

    def keep(tokens: list[str]) -> list[str]:
        return [token for token in tokens if (token if exact else token.lower()) not in stopped]

    return _tokens_to_tokens(stage, keep)


def n_gram(stage: SavedStage) -> Transform:
    """Each run of n tokens, with blanks between them."""
    size = int(stage.parameters["n"])
    return _tokens_to_tokens(
        stage, lambda tokens: [" ".join(tokens[at : at + size]) for at in range(len(tokens) - size + 1)]
    )


def hashing_tf(stage: SavedStage) -> Transform:
    """How often each term stands there, or once for all, at the place that its hash gives."""
    size, binary = int(stage.parameters["numFeatures"]), bool(stage.parameters["binary"])
    place = _remembered(size)

    def count(tokens: list[str]) -> dict[int, float]:
        counts = Counter(map(place, tokens))
        return {index: 1.0 if binary else float(times) for index, times in counts.items()}

    return _tokens_to_counts(stage, count, size)


def count_vectorizer(stage: SavedStage) -> Transform:
    """How often each term of the vocabulary stands there, if it does often enough."""
    vocabulary: list[str] = stage.row()["vocabulary"]
    index_of = {term: index for index, term in enumerate(vocabulary)}
    least, binary = float(stage.parameters["minTF"]), bool(stage.parameters["binary"])

    def count(tokens: list[str]) -> dict[int, float]:
        counts = Counter(index for token in tokens if (index := index_of.get(token)) is not None)
        enough = least if least >= 1.0 else len(tokens) * least
        return {index: 1.0 if binary else float(times) for index, times in counts.items() if times >= enough}

    return _tokens_to_counts(stage, count, len(vocabulary))


def feature_hasher(stage: SavedStage) -> Transform:
    """Numbers at the place of their column's name, all else as 1 at that of ``column=value``; nulls leave nothing."""
    sources, target = stage.input_columns, stage.parameters["outputCol"]
    size = int(stage.parameters["numFeatures"])
    as_texts = frozenset(stage.parameters.get("categoricalCols") or ())
    place = _remembered(size)

    def transform(columns: Columns) -> None:
        rows: list[dict[int, float]] = [{} for _ in range(len(columns))]
        for source in sources:
            for row, value in zip(rows, columns.values(source), strict=True):
                if value is None:
                    continue
                if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and source not in as_texts:
                    index, amount = place(source), float(value)
                else:
                    index, amount = place(f"{source}={_shown(source, value)}"), 1.0
                row[index] = row.get(index, 0.0) + amount
        columns[target] = sparse_rows(rows, size)

    return transform


def java_split(parts: list[str]) -> list[str]:
    """What String.split gives of what is between matches: no empty texts at the end, but for one that is all there is.

    No match may be empty.
    """
    if len(parts) == 1:
        return parts
    end = len(parts)
    while end and not parts[end - 1]:
        end -= 1
    return parts[:end]


def _shown(source: str, value: object) -> str:
    if isinstance(value, str | int | float | Decimal):
        return str(spark_text(value))
    raise ScoringError("H232", f"'{source}' must be a number, a text or a boolean, not {value!r}")


def _java_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _remembered(size: int) -> Callable[[str], int]:
    """The place of a term; those asked for before are remembered, up to a limit, so that memory stays flat."""
    known: dict[str, int] = {}

    def place(term: str) -> int:
        found = known.get(term)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[term] = bucket_of(term, size)
        return found

    return place


_REMEMBERED = 20_000


def _text_to_tokens(stage: SavedStage, cut: Callable[[Sequence[str]], list[list[str]]]) -> Transform:
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        texts: list[str] = []
        for text in columns.values(source):
            if not isinstance(text, str):
                raise ScoringError("H232", f"'{source}' must be a text, not {text!r}")
            texts.append(text)
        columns.set_tokens(target, cut(texts))

    return transform


def _tokens_to_tokens(stage: SavedStage, change: Callable[[list[str]], list[str]]) -> Transform:
    plan = list(zip(stage.input_columns, stage.output_columns, strict=True))

    def transform(columns: Columns) -> None:
        for source, target in plan:
            columns.set_tokens(target, [change(tokens) for tokens in columns.tokens(source)])

    return transform


def _tokens_to_counts(stage: SavedStage, count: Callable[[list[str]], dict[int, float]], size: int) -> Transform:
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        columns[target] = sparse_rows([count(tokens) for tokens in columns.tokens(source)], size)

    return transform
