"""Every stage of the table against Spark's own transform: kept answers, and models fitted anew (slow)."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.scorer import ScoringError
from models.scorer.columns import Columns
from models.scorer.saved import read_stages
from models.scorer.stages import STAGES, load_stage

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES = sorted(folder for folder in FIXTURES.glob("stages-spark-*/*") if folder.is_dir())


def transformed(transforms, rows):
    columns = Columns(rows)
    with np.errstate(all="ignore"):  # as NumpyScorer has it
        for transform in transforms:
            transform(columns)
    return columns


def same(wanted, got):
    if isinstance(wanted, dict):  # a long vector, of which the file holds what is not zero
        places = dict(wanted["places"])
        wanted = [places.get(place, 0.0) for place in range(wanted["size"])]
    if isinstance(wanted, list):
        return isinstance(got, list) and len(wanted) == len(got) and all(map(same, wanted, got))
    if isinstance(wanted, float) and isinstance(got, float):
        if math.isnan(wanted) or math.isnan(got):
            return math.isnan(wanted) and math.isnan(got)
        return wanted == got or abs(wanted - got) <= 1e-6 * max(1.0, abs(wanted))
    return wanted == got


def differences(case):
    """What the scorer makes of a case otherwise than Spark, in words."""
    asked = json.loads((case / "asked.json").read_text())
    transforms = [load_stage(stage) for stage in read_stages(case / "model")]
    columns = transformed(transforms, asked["rows"])
    for name, expected in asked["columns"].items():
        tokens = any(isinstance(item, str) for row in expected if isinstance(row, list) for item in row)
        found = columns.tokens(name) if tokens else columns.values(name)
        for number, (wanted, got) in enumerate(zip(expected, found, strict=True)):
            if not same(wanted, got):
                yield f"{name}[{number}]: Spark {wanted}, scorer {got}"
    for row in asked["refused"]:
        try:
            transformed(transforms, [row])
        except ScoringError:
            continue
        yield f"Spark refuses {row}"


@pytest.mark.parametrize("case", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_columns_are_those_of_spark(case):
    assert list(differences(case)) == []


def test_no_stage_of_the_table_goes_unasked():
    asked = {stage.class_name for case in FIXTURES.glob("*spark-*/*") for stage in read_stages(case / "model")}
    assert asked == set(STAGES)


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Spark 3.5 itself needs setuptools from Python 3.12 on")
def test_columns_of_models_fitted_now_are_those_of_spark(tmp_path):
    script = FIXTURES / "make_spark_stages.py"
    made = subprocess.run(
        [sys.executable, script, tmp_path, "--rows", "1000", "--seed", "11"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    cases = sorted(tmp_path.iterdir())
    assert len(cases) >= 40
    assert {case.name: found for case in cases if (found := list(differences(case)))} == {}
