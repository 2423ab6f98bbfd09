"""Our validator says of Oozie's own files what the real Oozie says: material.txt, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from oozie.language.check import check_file
from tests.conformance.verdicts import material
from tests.conformance.verdicts.material import HERE, Row, our_verdict, submissions

_ROWS = {row.file: row for row in material.read_table()}
_PAGE = HERE.parents[2] / "docs" / "conformance.md"


def _ours(name: str, data: bytes) -> Row:
    return Row(name, *(our_verdict(*submission) for submission in submissions(data)))


@pytest.fixture(scope="module")
def of_tests() -> dict[str, bytes]:
    if not material.can_fetch():
        pytest.skip("Oozie's own files come with Maven: apt-get install maven")
    return material.files_of_tests()


def _expected(files: Iterable[str], folder: str = "") -> dict[str, Row]:
    """The rows of ``files``, and all of those that lie in ``folder``."""
    return {name: row for name, row in _ROWS.items() if name in files or name.rpartition("/")[0] == folder}


@pytest.mark.slow
def test_files_of_its_tests(of_tests: dict[str, bytes]) -> None:
    """And of its examples, where Oozie's source is at hand."""
    files = {**of_tests, **material.files_of_examples()}
    assert {name: _ours(name, data) for name, data in files.items()} == _expected(files)


@pytest.mark.parametrize("folder", [material.RESTATED, material.PARSER])
def test_our_own_apps(folder: str) -> None:
    files = material.our_files(folder)
    assert {name: _ours(name, data) for name, data in files.items()} == _expected(files, folder[:-1])


@pytest.mark.parametrize("folder", [material.RESTATED, material.PARSER])
def test_without_properties_what_depends_on_them_is_no_error(folder: str) -> None:
    """So much of what Oozie says of the completed app as does not come from its properties."""
    for name, data in material.our_files(folder).items():
        kind = material.kind_of(data)
        errors = [f.code for f in check_file({f"{kind}.xml": data}, f"{kind}.xml").findings if f.severity == "error"]
        depends = name == "parser/retries-by-a-property-that-is-none.xml"
        assert (errors or ["ok"])[0] == ("ok" if depends else _ROWS[name].completed), name


def test_each_example_is_restated() -> None:
    examples = {
        name.removeprefix(material.EXAMPLES).replace("/", "-") for name in _ROWS if name[:9] == material.EXAMPLES
    }
    assert {f"{material.RESTATED}{name}" for name in examples} == material.our_files(material.RESTATED).keys()
    assert len(examples) == 35


@pytest.mark.slow
def test_what_nobody_submits_is_submitted_as_somebody_would(of_tests: dict[str, bytes]) -> None:
    """A placeholder is filled, a frequency put together again, a dataset taken out of the event."""
    (_, bare), (data, given) = submissions(of_tests["coord-job-get.xml"])
    assert not bare
    assert given["nameNode"]
    assert b"freq_timeunit" not in data
    assert re.search(rb'frequency="\$\{coord:days\(1\)\}"', data)
    assert (
        data.index(b"<datasets>") < data.index(b"<dataset ") < data.index(b"</datasets>") < data.index(b"<input-events")
    )


def test_the_page_counts_the_files() -> None:
    """docs/conformance.md says how many files agree."""
    assert f"{2 * len(_ROWS)} of {2 * len(_ROWS)} verdicts agree" in " ".join(_PAGE.read_text("utf-8").split())


def test_a_jar_that_is_another_one_is_not_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOWDAH_CACHE", str(tmp_path))
    (tmp_path / "oozie-core-5.2.1-tests.jar").write_bytes(b"something else")
    with pytest.raises(ValueError, match="delete it, and it is fetched again"):
        material.files_of_tests()
