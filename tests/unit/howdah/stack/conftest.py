"""A deployment whose programs are empty files, for what is only rendered."""

from __future__ import annotations

from pathlib import Path

import pytest

from howdah.stack.layout import Choice, Deployment, Layout, Software
from howdah.stack.ports import choose


@pytest.fixture
def software(tmp_path: Path) -> Software:
    cache = tmp_path / "cache"
    for name in ("hadoop", "oozie", "sqoop", "hive"):
        (cache / name / "jars").mkdir(parents=True)
    (cache / "oozie" / "war" / "lib").mkdir(parents=True)
    (cache / "pyspark" / "jars").mkdir(parents=True)
    (cache / "pyspark" / "python" / "lib").mkdir(parents=True)
    return Software(
        java_home=tmp_path / "jdk",
        hadoop=cache / "hadoop",
        oozie=cache / "oozie",
        sqoop=cache / "sqoop",
        hive=cache / "hive",
        spark=cache / "pyspark",
        python=tmp_path / "venv" / "bin" / "python",
        loopback=cache / "loopback.jar",
    )


@pytest.fixture
def deployment(tmp_path: Path, software: Software) -> Deployment:
    layout = Layout(tmp_path / "stack")
    layout.make()
    return Deployment(layout, Choice(choose(21000, []), "spark"), software, "ada", 4096)
