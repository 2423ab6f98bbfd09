"""The client of the Spark worker, against a process that speaks the same lines."""

import gc
import os
import signal
import sys
import threading
import time
from decimal import Decimal

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
    elif rows[0]["x"] == "half":
        print('{"predictions": [1', end="", flush=True)
        sys.exit(3)
    elif rows[0]["x"] == "sleep":
        time.sleep(60)
    else:
        chances = [[0.25, 0.75]] * len(rows)
        print(json.dumps({"predictions": [row["x"] for row in rows], "probabilities": chances}), flush=True)
"""


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


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


def test_a_decimal_keeps_its_digits_on_the_way(start):
    tell = """
import json, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    values = [row["x"] for row in json.loads(line)["rows"]]
    found = [float(value["decimal"]) if value == {"decimal": "1.50"} else -1.0 for value in values]
    print(json.dumps({"predictions": found, "probabilities": None}), flush=True)
"""
    assert start(tell).score([{"x": Decimal("1.50")}]) == [Answer(1.5)]


def test_what_spark_refuses_is_refused(start):
    with pytest.raises(ScoringError, match="'x' is null") as refused:
        start().score([{"x": None}])
    assert refused.value.code == "H232"


@pytest.mark.parametrize(
    ("asked", "last_words"), [("die", r"java\.lang\.OutOfMemoryError"), ("half", "it said nothing")]
)
def test_a_worker_that_dies_says_its_last_words_and_another_takes_its_place(start, asked, last_words):
    scorer = start()
    with pytest.raises(ScorerError, match=f"the Spark worker ended: {last_words}") as ended:
        scorer.score([{"x": asked}])
    assert ended.value.code == "H234"
    wait_for(lambda: scorer._worker.process.poll() is None and scorer.problem is None)
    assert scorer.score([{"x": 4.0}])[0].prediction == 4.0


def test_a_worker_that_is_killed_unasked_is_replaced_and_who_asks_meanwhile_is_refused_at_once(start, tmp_path):
    slow = f"import os, time\nwhile os.path.exists({str(tmp_path / 'busy')!r}): time.sleep(0.01)\n{WORKER}"
    scorer = start(slow)
    assert scorer.problem is None
    (tmp_path / "busy").touch()
    scorer._worker.process.kill()
    wait_for(lambda: scorer.problem)
    with pytest.raises(ScorerError, match="killed by signal 9; another one is being started"):
        scorer.score([{"x": 4.0}])
    (tmp_path / "busy").unlink()
    wait_for(lambda: scorer.problem is None)
    assert scorer.score([{"x": 4.0}])[0].prediction == 4.0


def test_why_no_other_worker_starts_is_said(start, tmp_path):
    scorer = start(f"import os, sys\nif os.path.exists({str(tmp_path / 'gone')!r}): sys.exit('no Java')\n{WORKER}")
    (tmp_path / "gone").touch()
    scorer._worker.process.kill()
    wait_for(lambda: scorer.problem and "ended: no Java" in scorer.problem.message)


def test_who_waits_too_long_for_his_turn_is_refused(start):
    scorer = start(turn_s=0.1)

    def ask():
        with pytest.raises(ScorerError, match="killed by signal 9"):
            scorer.score([{"x": "sleep"}])

    first = threading.Thread(target=ask)
    first.start()
    wait_for(scorer._turn.locked)
    with pytest.raises(ScorerError, match=r"is busy: its turn did not come within 0\.1 s") as refused:
        scorer.score([{"x": 4.0}])
    assert refused.value.code == "H234"
    scorer.close()
    first.join()


def test_many_who_ask_at_once_get_their_own_answers(start):
    scorer, found = start(), {}
    threads = [
        threading.Thread(target=lambda x=x: found.update({x: scorer.score([{"x": float(x)}])[0].prediction}))
        for x in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {x: float(x) for x in range(20)}


def test_a_worker_that_says_nothing_is_not_waited_for(start):
    scorer = start(answer_s=0.2)
    with pytest.raises(ScorerError, match=r"said nothing for 0\.2 s"):
        scorer.score([{"x": "sleep"}])


def test_a_worker_that_nobody_uses_any_more_is_ended_and_so_is_the_one_after_it():
    started = [SparkScorer([sys.executable, "-c", WORKER], dict(os.environ))]
    first = started[0]._worker.process
    first.kill()
    wait_for(lambda: started[0]._worker.process is not first)
    process = started[0]._worker.process
    assert process.poll() is None
    started.clear()
    gc.collect()
    assert process.wait(10) == -signal.SIGKILL
    wait_for(lambda: not any(each.name.startswith("spark-worker") for each in threading.enumerate()))


def test_a_worker_that_cannot_start_says_why(start):
    with pytest.raises(ScorerError, match="No module named 'pysparc'"):
        start("import pysparc")
    with pytest.raises(ScorerError, match="cannot be started: No such file"):
        SparkScorer(["/nothing/here"], {})
