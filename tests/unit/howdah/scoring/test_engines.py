"""A service whose model only Spark itself can score: what it answers, what befalls it, and what it leaves behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from howdah.scoring.engines import open_scorer
from models.manifest import Field, Scoring
from models.repository import Repository
from serving.app import create_app
from serving.loading import Loader
from serving.registry import Registry
from serving.settings import Settings
from storage.local import LocalDisk
from tests.unit.serving.service_process import ask, starting

INPUTS = (Field("age", "double", example=43.5), Field("spend", "double", example=60.0))
RECORDS = [{"age": 20.0 + 5 * step, "spend": 90.0 - 3 * step} for step in range(12)]
START_S = 400  # of a machine that is busy with other tests


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid):
    """The processes below ``pid`` with their command lines (Linux tells them)."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            line = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append((int(stat.parent.name), line))
    found, wanted = {}, [pid]
    while wanted:
        for child, line in children.get(wanted.pop(), ()):
            found[child] = line
            wanted.append(child)
    return found


def workers_of_spark(service):
    return [pid for pid, line in descendants(service.process.pid).items() if "jobs.scoring_worker" in line]


def jvms(service):
    return [pid for pid, line in descendants(service.process.pid).items() if "java" in line.split(" ")[0]]


def wait_for(condition, seconds=START_S):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def answers(service, record):
    connection = service.connect()
    try:
        return ask(connection, record)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def saved(spark, tmp_path_factory):
    """Two saved models of one data set, one with a stage that nothing but Spark knows, and what Spark says by each."""
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler, VectorSizeHint

    from jobs.scoring_worker import answer

    folder, source = tmp_path_factory.mktemp("saved"), random.Random(1)
    values = [(source.uniform(18, 90), source.uniform(0, 100)) for _ in range(200)]
    rows = [(age, spend, float(age + spend + source.gauss(0, 10) > 100)) for age, spend in values]
    frame = spark.createDataFrame(rows, "age DOUBLE, spend DOUBLE, label DOUBLE")
    assembler = VectorAssembler(inputCols=["age", "spend"], outputCol="features", handleInvalid="keep")
    hint = VectorSizeHint(inputCol="features", size=2, handleInvalid="error")
    found = {}
    for name, stages in (("known", [assembler]), ("unknown", [assembler, hint])):
        model = Pipeline(stages=[*stages, LogisticRegression(maxIter=5)]).fit(frame)
        model.write().save(str(folder / name))
        told = answer(spark, model, {"age": "double", "spend": "double"}, RECORDS)
        found[name] = (folder / name, model, frame, told["probabilities"])
    return found


@pytest.fixture
def publish(saved, tmp_path):
    """Publish one of the saved models, through the gate."""
    from jobs.gate import Gate

    def publish(name):
        folder, model, frame, _ = saved[name]
        with Repository(LocalDisk(durable=False), str(tmp_path / "models")).stage("funnel") as staging:
            shutil.copytree(folder, staging.model_path)
            verdict = Gate(model, frame, 200, INPUTS, seed=1, count=100).judge(staging)
            assert verdict is not None
            return staging.publish(
                inputs=INPUTS, classes=("a", "b"), metrics={}, aliases=["champion"], scoring=verdict.scoring
            )

    return publish


@pytest.fixture
def start(tmp_path):
    with starting(tmp_path / "models", tmp_path) as start:
        yield start


def check_all(service, expected, engine="spark"):
    # Which of two workers is asked is chance: one whose Spark has still to start says so, and to come again.
    status, told = wait_for(lambda: (found := answers(service, RECORDS))[0] != 503 and found)
    assert (status, told.get("engine")) == (200, engine), told
    for each, chances in zip(told["predictions"], expected, strict=True):
        assert list(each["probabilities"].values()) == pytest.approx(chances, abs=1e-9)


@pytest.mark.slow
@pytest.mark.spark
def test_spark_answers_in_a_process_that_is_replaced_when_it_is_killed_and_ends_with_the_version(saved, publish, start):
    scoring = publish("unknown").scoring
    assert scoring is not None
    assert scoring.engine == "spark"
    assert "VectorSizeHint" in scoring.reason
    service = start()
    wait_for(lambda: service.get("/health/ready")[0] == 200)
    assert service.get("/health")[1]["status"] == "ok"
    expected = saved["unknown"][3]
    (first,) = workers_of_spark(service)
    check_all(service, expected)
    check_all(service, expected)
    assert workers_of_spark(service) == [first], "one worker for all requests"

    os.kill(first, signal.SIGKILL)
    seen = {}

    def recovers():
        status, told = answers(service, RECORDS[0])
        seen.setdefault(status, told)
        return status == 200

    began = time.monotonic()
    assert not recovers()
    assert time.monotonic() - began < 10, "a request is refused, and waits for no Java"
    wait_for(recovers)
    assert set(seen) == {200, 503}
    assert seen[503]["error"]["code"] == "H234"
    assert "killed by signal 9" in seen[503]["error"]["message"]
    check_all(service, expected)

    publish("known")
    wait_for(lambda: service.get("/models/funnel")[1].get("engine") == "compiled")
    check_all(service, saved["known"][3], "compiled")
    wait_for(lambda: not workers_of_spark(service) and not jvms(service), 30)

    publish("unknown")
    wait_for(lambda: service.get("/models/funnel")[1].get("engine") == "spark")
    left = descendants(service.process.pid)
    assert service.stop() == 0
    wait_for(lambda: not any(map(is_alive, left)), 30)
    assert "Traceback" not in service.log.read_text()


@pytest.mark.slow
@pytest.mark.spark
def test_each_worker_has_its_own_spark_a_dead_jvm_is_noticed_and_a_killed_service_leaves_nothing(saved, publish, start):
    publish("unknown")
    service = start("--workers", "2")
    wait_for(lambda: len(jvms(service)) == 2)
    wait_for(lambda: all(answers(service, RECORDS[0])[0] == 200 for _ in range(6)))
    check_all(service, saved["unknown"][3])
    jvm = jvms(service)[0]
    os.kill(jvm, signal.SIGKILL)
    wait_for(lambda: jvm not in jvms(service) and len(jvms(service)) == 2)  # nobody has asked
    wait_for(lambda: all(answers(service, RECORDS[0])[0] == 200 for _ in range(20)))
    check_all(service, saved["unknown"][3])

    left = descendants(service.process.pid)
    assert len([line for line in left.values() if "jobs.scoring_worker" in line]) == 2
    service.stop(signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, left)), 30)


def test_without_a_java_the_reason_is_told(tmp_path, monkeypatch):
    case = Path(__file__).parents[3] / "fixtures" / "spark-3.5" / "logistic-binary"
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    names = json.loads((case / "rows.json").read_text())[0]
    inputs = [Field(name, "string" if isinstance(value, str) else "double") for name, value in names.items()]
    with repository.stage("funnel") as staging:
        shutil.copytree(case / "model", staging.model_path)
        staging.publish(inputs=inputs, metrics={}, scoring=Scoring("spark", 10, reason="it differs"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    registry = Registry({"repository": repository}, Loader(open_scorer, tmp_path / "cache"))
    registry.look()
    client = create_app(registry, Settings()).test_client()
    health = client.get("/health")
    assert health.status_code == 503
    (reason,) = health.get_json()["reasons"]
    assert reason["code"] == "H410"
    assert "version 1 cannot serve: JAVA_HOME is " in reason["message"]
    assert "set JAVA_HOME to a Java 17" in reason["hint"]
    asked = client.post("/predict", json={})
    assert (asked.status_code, asked.get_json()["error"]["code"]) == (503, "H511")
    assert "JAVA_HOME is " in asked.get_json()["error"]["message"]
