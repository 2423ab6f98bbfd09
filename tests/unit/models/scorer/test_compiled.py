"""Rows and tables as the inputs of a compiled model; what falls to numpy."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from models.scorer import ScorerError, ScoringError, load
from models.scorer.compiled import CompiledScorer
from models.scorer.pipeline import load_numpy

FIXTURES = Path(__file__).parents[3] / "fixtures" / "spark-3.5"
ROW = {"age": 41.0, "spend": 2.0, "constant": 7.0, "channel": "email", "city": "city-1"}


@pytest.fixture(scope="module")
def scorer():
    return load(FIXTURES / "logistic-binary" / "model")


@pytest.mark.parametrize("case", sorted(FIXTURES.iterdir()), ids=lambda case: case.name)
def test_a_table_gets_the_answers_of_its_rows(case):
    rows = json.loads((case / "rows.json").read_text())
    scorer = load(case / "model")
    assert scorer.engine == "compiled"
    table = pa.Table.from_pylist(rows)
    for engine in (scorer, load_numpy(case / "model")):
        assert engine.score_table(table).rows() == engine.score(rows)


@pytest.mark.parametrize("case", sorted(FIXTURES.iterdir()), ids=lambda case: case.name)
def test_a_row_alone_gets_the_answer_that_it_gets_among_others(case):
    rows, scorer = json.loads((case / "rows.json").read_text()), load(case / "model")
    for row, among in zip(rows, scorer.score(rows), strict=True):
        (alone,) = scorer.score([row])
        assert alone.prediction == among.prediction
        assert alone.probability == pytest.approx(among.probability, rel=1e-13)


def test_a_table_may_come_in_other_types(scorer):
    table = pa.table(
        {
            "age": pa.array([41, None], pa.int32()),
            "spend": pa.array([2.0, math.nan], pa.float32()),
            "constant": pa.array([True, False]),
            "channel": pa.array(["email", None]).dictionary_encode(),
            "city": pa.chunked_array([["city-1"], ["never seen"]], pa.large_string()),
        }
    )
    assert scorer.score_table(table).rows() == scorer.score(table.to_pylist())


def test_a_table_may_lack_a_column_that_can_be_null(scorer):
    table = pa.table({"constant": [7.0, 7.0]})
    assert scorer.score_table(table).rows() == scorer.score([{"constant": 7.0}] * 2)


def test_of_no_rows_come_no_answers(scorer):
    assert scorer.score_table(pa.Table.from_pylist([ROW]).slice(1)).rows() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": "old"}, "'age' must be a number, not 'old'"),
        ({"age": 10**400}, "'age' is too large"),
        ({"constant": None}, "'constant' is missing"),
    ],
)
def test_a_row_that_cannot_be_scored_says_why(scorer, change, message):
    for rows in ([{**ROW, **change}], [ROW, {**ROW, **change}]):
        with pytest.raises(ScoringError, match=message):
            scorer.score(rows)


def test_a_table_that_cannot_be_scored_says_why(scorer):
    with pytest.raises(ScoringError, match="'age' must be a number, not '41'"):
        scorer.score_table(pa.Table.from_pylist([{**ROW, "age": "41"}]))
    with pytest.raises(ScoringError, match="'constant' is missing"):
        scorer.score_table(pa.Table.from_pylist([{**ROW, "constant": math.nan}]))


def test_a_label_that_a_row_brings_is_looked_at():
    model = FIXTURES / "label-indexer-inside" / "model"
    rows = json.loads((FIXTURES / "label-indexer-inside" / "rows.json").read_text())[:2]
    compiled, exact = load(model), load_numpy(model)
    assert compiled.engine == "compiled"
    assert compiled.score(rows) == pytest.approx(exact.score(rows))
    label = next(iter(compiled._unread))
    for labelled in (
        [{**row, label: "no such label"} for row in rows],
        pa.Table.from_pylist(rows).append_column(label, [["?", "?"]]),
    ):
        ask = compiled.score_table if isinstance(labelled, pa.Table) else compiled.score
        with pytest.raises(ScoringError, match="which training never saw"):
            ask(labelled)


def test_a_number_where_a_text_belongs_is_its_text(scorer):
    assert scorer.score([{**ROW, "city": 5}]) == load_numpy(FIXTURES / "logistic-binary" / "model").score(
        [{**ROW, "city": 5}]
    )


def test_half_of_a_surrogate_pair_is_a_text_that_training_never_saw(scorer):
    half, strange = {**ROW, "city": "\ud800"}, {**ROW, "city": "never seen"}
    assert scorer.score([half, ROW]) == pytest.approx(scorer.score([strange, ROW]))
    assert scorer.score([half]) == pytest.approx(scorer.score([strange]))


@pytest.mark.parametrize("graph", [b"", b"not a graph", b"\x08\x09"])
def test_what_is_no_graph_is_refused_in_one_line(graph, tmp_path):
    with pytest.raises(ScorerError, match="the compiled model cannot be read") as refused:
        CompiledScorer(graph, tmp_path)
    assert refused.value.code == "H231"
    assert "\n" not in str(refused.value)


def test_the_runtime_keeps_no_id_of_the_machine_and_tells_nobody(tmp_path):
    model = FIXTURES / "logistic-binary" / "model"
    code = f"from pathlib import Path; from models.scorer import load; print(load(Path({str(model)!r})).engine)"
    surroundings = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**surroundings, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout == "compiled\n", done.stderr
    assert not list(tmp_path.rglob("*"))
