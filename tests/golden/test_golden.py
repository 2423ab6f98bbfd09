from __future__ import annotations

import pytest

from tests.golden import schemas
from tests.golden.drift import cases, drift, generated


def test_every_promised_case_is_there() -> None:
    assert {"funnel-local", "funnel-hdp", "redemption-local", "redemption-hdp"} < set(cases())


@pytest.mark.parametrize("name", cases())
def test_generated_files_are_the_golden_ones(name: str) -> None:
    assert "\n".join(drift(name)) == ""


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
