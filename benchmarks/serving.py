"""How fast the service answers, beside MLflow's scoring server with the same Spark model and beside an empty Flask.

    python -m benchmarks.serving MODEL [--rounds 3] [--seconds 5] [--rows 1000] [--no-mlflow] [--work DIR]

MODEL is a version of a repository (``.../models/funnel/4``): its ``manifest.json`` and its ``spark/``. All servers run
in the same run on loopback, one at a time, in turns; the empty one echoes the same JSON through Flask under the same
gunicorn. MLflow gets a virtual environment of its own under DIR, from PyPI. The client is ApacheBench (``ab``), which
keeps its connections open and takes up to a core of its own.

Goals: at least 300 times MLflow's requests a second; at most 1.5 times the empty endpoint's CPU a request; 50,000 rows
a second and core where a request has 1,000 rows; load to first answer under 200 ms; 100 MB a worker.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.manifest import Field, Manifest
from models.scorer import load
from models.scorer.pipeline import load_numpy

CONNECTIONS = 8
THREADS = 4
_START_S = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")
_ROOT = Path(__file__).parents[1]

ECHO = """
from flask import Flask, jsonify, request
app = Flask(__name__)

@app.post("/predict")
def predict():
    return jsonify(request.get_json())
"""


@dataclass(frozen=True)
class Server:
    """A server that runs: where it is asked, and the process that is the root of all of its own."""

    port: int
    path: str
    pid: int


@dataclass(frozen=True)
class Figures:
    """Of one load: answers a second, milliseconds of one, CPU milliseconds of the server for each, its memory in MB."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    memory: float


def make_rows(inputs: Sequence[Field], count: int, seed: int = 3) -> list[dict[str, Any]]:
    """Rows that a client might send: in range, known, and none null, of which MLflow could not tell the type."""
    source = random.Random(seed)
    return [{each.name: _value(each, source) for each in inputs} for _ in range(count)]


def _value(field: Field, source: random.Random) -> Any:
    if field.type == "boolean":
        return source.random() < 0.5
    if field.type == "string":
        return source.choice(field.categories or ("a",))
    number = source.uniform(field.minimum or 0.0, field.maximum or 1.0)
    return int(number) if field.type == "long" else number


# -- in process ------------------------------------------------------------------------------------------------------


def time_in_process(saved: Path, rows: list[dict[str, Any]], count: int) -> None:
    """One row and many, compiled and in numpy; and what a load costs once the libraries are in memory."""
    import pyarrow as pa

    many = (rows * (count // len(rows) + 1))[:count]
    table = pa.Table.from_pylist(many)
    print(f"\n| in process | one row ms | p99 | {count} rows ms | as a table ms |\n|---|---|---|---|---|")
    for name, scorer in (("compiled", load(saved)), ("numpy", load_numpy(saved))):
        ones = sorted(_seconds(scorer.score, [row]) for row in rows * 3)
        whole = statistics.median(_seconds(scorer.score, many) for _ in range(9))
        columns = statistics.median(_seconds(scorer.score_table, table) for _ in range(9))
        p50, p99 = ones[len(ones) // 2], ones[len(ones) * 99 // 100]
        print(f"| {name} | {p50 * 1e3:.3f} | {p99 * 1e3:.3f} | {whole * 1e3:.1f} | {columns * 1e3:.1f} |")
    loads = [_seconds(lambda: load(saved).score(rows[:1])) for _ in range(9)]
    print(f"\nload to first answer: {statistics.median(loads) * 1e3:.0f} ms")


def _seconds(call: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


# -- servers ---------------------------------------------------------------------------------------------------------


@contextmanager
def ours(model: Path, work: Path) -> Iterator[Server]:
    """``howdah serve`` over a repository that has just this version."""
    manifest = Manifest.from_json((model / "manifest.json").read_bytes())
    repository = work / "repository"
    if not repository.exists():
        shutil.copytree(model, repository / manifest.name / str(manifest.version))
    port = free_port()
    command = [sys.executable, "-m", "howdah", "serve", "--models", str(repository), "--port", str(port)]
    with process([*command, "--threads", str(THREADS)], port, work / "ours.log") as pid:
        yield Server(port, f"/predict?model={manifest.name}", pid)


@contextmanager
def echo(work: Path) -> Iterator[Server]:
    """An endpoint that gives back the JSON it gets, under the same gunicorn."""
    (work / "echo.py").write_text(ECHO)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--chdir", str(work), "-k", "gthread", "--threads", str(THREADS)]
    with process([*command, "-b", f"127.0.0.1:{port}", "echo:app"], port, work / "echo.log") as pid:
        yield Server(port, "/predict", pid)


@contextmanager
def mlflow(model: Path, work: Path) -> Iterator[Server]:
    """MLflow's scoring server with the same Spark model, saved by MLflow itself."""
    python = mlflow_python(work)
    flavour = work / "mlflow-model"
    environment = {**os.environ, "JAVA_HOME": java_home(), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(python)}
    if not flavour.exists():
        save = (
            "import sys, mlflow.spark\n"
            "from pyspark.ml import PipelineModel\n"
            "from pyspark.sql import SparkSession\n"
            "SparkSession.builder.master('local[1]').getOrCreate()\n"
            "mlflow.spark.save_model(PipelineModel.load(sys.argv[1]), sys.argv[2])\n"
        )
        call = [str(python), "-c", save, (model / "spark").absolute().as_uri(), str(flavour)]
        subprocess.run(call, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port = free_port()
    command = [str(python), "-m", "mlflow", "models", "serve", "-m", str(flavour), "--env-manager", "local"]
    environment["PATH"] = f"{python.parent}:{environment['PATH']}"
    with process([*command, "-p", str(port), "-w", "1"], port, work / "mlflow.log", environment, "/ping") as pid:
        yield Server(port, "/invocations", pid)


def mlflow_python(work: Path) -> Path:
    """The Python of a virtual environment that has MLflow and the pyspark of this one."""
    home = work / "mlflow-venv"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        import pyspark

        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        needed = ["mlflow", f"pyspark=={pyspark.__version__}", "setuptools<81"]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *needed], check=True)
        (home / "ready").touch()
    return python


def java_home() -> str:
    """The Java that Spark runs on here."""
    from oozie.local.java import find_java, find_spark

    return str(find_java(find_spark()).executable.parents[1])


@contextmanager
def process(
    command: list[str], port: int, log: Path, environment: dict[str, str] | None = None, ready: str = ""
) -> Iterator[int]:
    """A server as a session of its own, from its first answer until the block ends."""
    with log.open("wb") as stream:
        started = subprocess.Popen(
            command, cwd=_ROOT, stdout=stream, stderr=stream, env=environment, start_new_session=True
        )
    try:
        began = time.monotonic()
        while not _answers(port, ready):
            if started.poll() is not None or time.monotonic() - began > _START_S:
                raise SystemExit(f"{command[0]} does not answer: see {log}")
            time.sleep(0.02)
        print(f"ready after {time.monotonic() - began:.1f} s: {' '.join(command[1:5])}", file=sys.stderr)
        yield started.pid
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _answers(port: int, path: str) -> bool:
    try:
        if not path:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):  # the second: nobody listens yet, and we have called ourselves
        return False


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# -- load ------------------------------------------------------------------------------------------------------------


def check(server: Server, body: Path) -> None:
    """Ask once, and say what the server says if it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", server.path, body.read_bytes(), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{server.path} says {answer.status}: {text[-2000:].decode('utf-8', 'replace')}")


def measure(server: Server, body: Path, seconds: int, connections: int) -> Figures:
    """ApacheBench posts ``body`` over ``connections`` that stay open, for ``seconds``."""
    command = ["ab", "-q", "-k", "-l", "-c", str(connections), "-t", str(seconds), "-n", "10000000", "-s", "120"]
    url = f"http://127.0.0.1:{server.port}{server.path}"
    percentiles = body.with_suffix(".csv")  # to the microsecond, where the report has whole milliseconds
    command += ["-p", str(body), "-T", "application/json", "-e", str(percentiles), url]
    before = cpu_seconds(server.pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(server.pid) - before
    if "Non-2xx" in said or int(_figure(said, r"Failed requests:\s+(\d+)")):
        raise SystemExit(f"not all of {url} went well:\n{said}")
    slowest = [float(each) for each in re.findall(r"\n(?:99|100),([\d.]+)", percentiles.read_text())]
    return Figures(
        per_second=_figure(said, r"Requests per second:\s+([\d.]+)"),
        p50=_figure(percentiles.read_text(), r"\n50,([\d.]+)"),
        p99=next(each for each in slowest if each),  # of fewer than 100 answers it has the slowest alone
        cpu=used / _figure(said, r"Complete requests:\s+(\d+)") * 1e3,
        memory=max(memory_mb(pid) for pid in session(server.pid)),
    )


def _figure(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"ab does not say {pattern}:\n{text}")
    return float(found[1])


def session(leader: int) -> list[int]:
    """The processes of a session that live."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            fields = _stat(int(folder.name))
            if fields and int(fields[3]) == leader:
                found.append(int(folder.name))
    return found


def cpu_seconds(leader: int) -> float:
    """What all processes of a session have used of the processors."""
    stats = [_stat(pid) for pid in session(leader)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats if fields) / _TICKS


def memory_mb(pid: int) -> float:
    """What is resident of a process."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


# -- the whole -------------------------------------------------------------------------------------------------------


def write_body(name: str, rows: list[dict[str, Any]], file: Path) -> Path:
    """A request with ``rows``, one of them by itself, as the server takes it."""
    if name == "MLflow":
        file.write_text(json.dumps({"dataframe_records": rows}))
    else:
        file.write_text(json.dumps(rows if len(rows) > 1 else rows[0]))
    return file


def median(found: list[Figures]) -> Figures:
    """Of each figure the median."""
    return Figures(*(statistics.median(getattr(each, name) for each in found) for name in Figures.__match_args__))


def main() -> None:
    """Run all of it in turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--no-mlflow", action="store_true")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        work = options.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="howdah-serving-")))
        work.mkdir(parents=True, exist_ok=True)
        manifest = Manifest.from_json((options.model / "manifest.json").read_bytes())
        rows = make_rows(manifest.inputs, 200)
        whole = (rows * (options.rows // len(rows) + 1))[: options.rows]
        time_in_process(options.model / "spark", rows, options.rows)
        kinds: dict[str, Any] = {"howdah": lambda: ours(options.model, work), "empty Flask": lambda: echo(work)}
        if not options.no_mlflow:
            kinds["MLflow"] = lambda: mlflow(options.model, work)
        ones: dict[str, list[Figures]] = {name: [] for name in kinds}
        manies: dict[str, list[Figures]] = {name: [] for name in kinds}
        for _ in range(options.rounds):
            for name, start in kinds.items():
                one = write_body(name, rows[:1], work / "one.json")
                many = write_body(name, whole, work / "many.json")
                with start() as server:
                    check(server, one)
                    measure(server, one, 2, 1)  # warm
                    ones[name].append(measure(server, one, options.seconds, CONNECTIONS))
                    manies[name].append(measure(server, many, options.seconds, 2))
    report(
        {name: median(each) for name, each in ones.items()},
        {name: median(each) for name, each in manies.items()},
        options.rows,
    )


def report(ones: dict[str, Figures], manies: dict[str, Figures], rows: int) -> None:
    """The tables, and the ratios that are the goals."""
    print(f"\n| one row, {CONNECTIONS} connections | requests/s | p50 ms | p99 ms | CPU ms | MB, largest process |")
    print("|---|---|---|---|---|---|")
    for name, each in ones.items():
        print(
            f"| {name} | {each.per_second:,.1f} | {each.p50:.2f} | {each.p99:.2f} | {each.cpu:.2f} "
            f"| {each.memory:.0f} |"
        )
    print(f"\n| {rows} rows a request | rows/s | rows a second of CPU | p50 ms |\n|---|---|---|---|")
    for name, each in manies.items():
        by_cpu = rows / (each.cpu / 1e3) if each.cpu else 0.0
        print(f"| {name} | {each.per_second * rows:,.0f} | {by_cpu:,.0f} | {each.p50:.1f} |")
    print(f"\nCPU a request over the empty endpoint's: {ones['howdah'].cpu / ones['empty Flask'].cpu:.2f} (goal: 1.5)")
    if "MLflow" in ones:
        print(f"requests/s over MLflow's: {ones['howdah'].per_second / ones['MLflow'].per_second:.0f} (goal: 300)")


if __name__ == "__main__":
    main()
