"""The client of the Spark worker, against a process that speaks the same lines."""

import os
import signal
import sys

import pyarrow as pa
import pytest

from models.scorer import Answer, ScorerError, ScoringError
from models.scorer.spark import SparkScorer

WORKER = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    rows = json.loads(line)["rows"]
    if rows[0]["x"] is None:
        print(json.dumps({"refused": "'x' is null"}), flush=True)
    elif rows[0]["x"] == "die":
        sys.stderr.write("java.lang.OutOfMemoryError\\n")
        sys.exit(3)
    elif rows[0]["x"] == "sleep":
        time.sleep(60)
    else:
        chances = [[0.25, 0.75]] * len(rows)
        print(json.dumps({"predictions": [row["x"] for row in rows], "probabilities": chances}), flush=True)
"""


@pytest.fixture
def start():
    started = []

    def new(program=WORKER, **times):
        started.append(SparkScorer([sys.executable, "-c", program], dict(os.environ), **times))
        return started[-1]

    yield new
    for scorer in started:
        scorer.close()


def test_rows_and_tables_are_answered_in_order(start):
    scorer = start()
    assert scorer.engine == "spark"
    assert scorer.score([]) == []
    answers = [Answer(2.0, (0.25, 0.75)), Answer(1.0, (0.25, 0.75))]
    assert scorer.score([{"x": 2.0}, {"x": 1.0}]) == answers
    assert scorer.score_table(pa.table({"x": [2.0, 1.0]})).rows() == answers


def test_what_spark_refuses_is_refused(start):
    with pytest.raises(ScoringError, match="'x' is null") as refused:
        start().score([{"x": None}])
    assert refused.value.code == "H232"


def test_a_worker_that_dies_says_its_last_words_and_is_started_again(start):
    scorer = start()
    with pytest.raises(ScorerError, match=r"java\.lang\.OutOfMemoryError") as ended:
        scorer.score([{"x": "die"}])
    assert ended.value.code == "H234"
    assert scorer.score([{"x": 4.0}])[0].prediction == 4.0


def test_a_worker_that_says_nothing_is_not_waited_for(start):
    scorer = start(answer_s=0.2)
    with pytest.raises(ScorerError, match=r"said nothing for 0\.2 s"):
        scorer.score([{"x": "sleep"}])


def test_a_worker_that_nobody_uses_any_more_is_ended():
    scorer = SparkScorer([sys.executable, "-c", WORKER], dict(os.environ))
    process = scorer._worker._process
    assert process.poll() is None
    del scorer
    assert process.wait(10) == -signal.SIGKILL


def test_a_worker_that_cannot_start_says_why(start):
    with pytest.raises(ScorerError, match="No module named 'pysparc'"):
        start("import pysparc")
    with pytest.raises(ScorerError, match="cannot be started: No such file"):
        SparkScorer(["/nothing/here"], {})
