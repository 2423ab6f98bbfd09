"""Which engine answers for a version: what was asked for, else what its manifest says."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from howdah.scoring.row_types import RowTypes
from models.errors import CorruptModelError, ScorerError
from models.integrity import MANIFEST_NAME, model_files
from models.manifest import Manifest
from models.repository import SPARK_FOLDER
from models.scorer import Scorer, load
from models.scorer.loading import version_folder
from models.scorer.spark import SparkScorer
from models.stage_classes import find_strangers
from storage.local import LocalDisk


def open_engine(folder: Path, manifest: Manifest, engine: str, rows: RowTypes, stack: ExitStack) -> Scorer:
    """What scores the version in ``folder``: ``auto`` takes what its manifest says, and Spark where nothing else can.

    A worker ends with ``stack``. Raises: ScorerError H230, H231, H234, JavaError.
    """
    saved = saved_model(folder)
    by_spark = engine == "spark" or (engine == "auto" and needs_spark(manifest))
    if not by_spark:
        try:
            return load(saved, rows.whole)
        except ScorerError as error:
            if engine == "compiled" or error.code != "H230":
                raise
    rows.take_all()
    scorer = open_spark(saved, {each.name: each.type for each in rows.columns})
    stack.callback(scorer.close)
    return scorer


def open_scorer(saved: Path) -> Scorer:
    """What answers in a service for the model in ``saved``: a Spark worker where the manifest beside it says so.

    Raises: ScorerError H230, H231, H234, ManifestError, JavaError.
    """
    file = version_folder(saved) / MANIFEST_NAME
    if file.is_file():
        manifest = Manifest.from_json(file.read_bytes())
        if needs_spark(manifest):
            return open_spark(saved, {each.name: each.type for each in manifest.inputs})
    return load(saved)


def needs_spark(manifest: Manifest) -> bool:
    """Whether the gate found that nothing but Spark itself answers as Spark does."""
    return manifest.scoring is not None and manifest.scoring.engine == "spark"


def saved_model(folder: Path) -> Path:
    """Where Spark's own files stand in a version's ``folder``: a plain folder holds them itself."""
    deeper = folder / SPARK_FOLDER
    return deeper if deeper.is_dir() else folder


def open_spark(saved: Path, columns: Mapping[str, str]) -> SparkScorer:
    """A Spark worker of this machine with the model in ``saved``, for rows of ``columns``: type by name.

    Raises: CorruptModelError H208 for a class that is not allowed, ScorerError H234, JavaError.
    """
    from oozie.local.java import find_java, find_spark

    disk = LocalDisk()
    strangers = find_strangers(disk, str(saved), model_files(disk, str(saved)))
    if strangers:
        raise CorruptModelError.of(strangers)

    spark = find_spark()
    java = find_java(spark)
    spec = importlib.util.find_spec("jobs")
    root = str(Path(spec.origin).parents[1]) if spec and spec.origin else ""
    environment = {
        **os.environ,
        "JAVA_HOME": str(java.executable.parents[1]),
        "SPARK_HOME": str(spark.home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", "")))),
    }
    command = [sys.executable, "-m", "jobs.scoring_worker", str(saved), json.dumps(columns)]
    return SparkScorer(command, environment)
