"""The Spark of a stack: PySpark's jars, and a Python that the nodes run it with."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from howdah.errors import CommandError
from howdah.stack import fetching
from howdah.stack.fetching import Tell

_FITTING = (3, 5)  # Scala 2.12, Java 17, and what Oozie 5.2.1's launcher still starts
_ASK = "import numpy, pathlib, pyspark; print(pathlib.Path(pyspark.__file__).parent)"


@dataclass(frozen=True)
class Spark:
    """``home`` is the pyspark package's folder; ``python`` has it and numpy."""

    home: Path
    python: Path


def find(cache: Path, tell: Tell) -> Spark:
    """That of the Python that runs this, when it fits; else one of our own in the cache. Raises: CommandError H724."""
    own = _of_this_python()
    if own is not None:
        return own
    python = fetching.python_with_spark(cache, tell)
    done = subprocess.run([str(python), "-c", _ASK], capture_output=True, text=True, check=False)
    if done.returncode:
        hint = f"delete {python.parents[1]} and try again"
        raise CommandError("H724", f"{python} has no PySpark: {done.stderr.strip()[-200:]}", hint=hint)
    return Spark(Path(done.stdout.strip()), python)


def room_mb(cache: Path) -> int:
    """The disk that ``find`` will fill."""
    return fetching.spark_room_mb(cache) if _of_this_python() is None else 0


def _of_this_python() -> Spark | None:
    spec = importlib.util.find_spec("pyspark")
    if spec is None or importlib.util.find_spec("numpy") is None:
        return None
    return choose(Path(place) for place in spec.submodule_search_locations or ())


def choose(homes: Iterable[Path]) -> Spark | None:
    """The first of ``homes`` that fits, for the Python that runs this."""
    return next((Spark(home, Path(sys.executable)) for home in homes if version(home) == _FITTING), None)


def version(home: Path) -> tuple[int, int] | None:
    """Spark's own version, by the name of its main jar."""
    for jar in (home / "jars").glob("spark-core_*.jar"):
        found = re.search(r"-(\d+)\.(\d+)\.", jar.name)
        if found:
            return int(found[1]), int(found[2])
    return None
