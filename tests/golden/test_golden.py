from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import schemas
from tests.golden.drift import cases, drift, generated


def test_every_promised_case_is_there() -> None:
    assert {f"{name}-{place}" for name in ("funnel", "redemption") for place in ("local", "hdp", "stack")} < set(
        cases()
    )


@pytest.mark.parametrize("name", cases())
def test_generated_files_are_the_golden_ones(name: str) -> None:
    assert "\n".join(drift(name)) == ""


def test_a_missing_or_changed_golden_file_is_drift(tmp_path: Path) -> None:
    (tmp_path / "branches").mkdir()
    (tmp_path / "branches" / "workflow.xml").write_bytes(b"<workflow-app/>\n")
    (tmp_path / "branches" / "coordinator.xml").write_bytes(b"")

    lines = list(drift("branches", tmp_path))
    assert {"branches/files.txt is missing", "branches/job.properties is missing"} <= set(lines)
    assert "branches/coordinator.xml is generated no more" in lines
    assert "-<workflow-app/>" in lines


@pytest.mark.parametrize("name", cases())
def test_oozie_s_own_schemas_take_them(name: str) -> None:
    folder = schemas.folder()
    if folder is None:
        pytest.skip(schemas.MISSING)
    files = generated(name)
    for file in (file for file in files if file.endswith(".xml")):
        assert schemas.problems(files[file], folder) == []


def test_the_schemas_would_object() -> None:
    folder = schemas.folder()
    if folder is None:
        pytest.skip(schemas.MISSING)
    broken = generated("funnel-hdp")["workflow.xml"].replace(b"<arg>import</arg>", b"<argument>import</argument>")
    assert schemas.problems(broken, folder)
