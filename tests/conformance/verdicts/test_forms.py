"""Our validator says of every way to write an app, and of included datasets, what the real Oozie says."""

from __future__ import annotations

import pytest

from tests.conformance.verdicts.forms import FOLDER, KINDS, forms, included, our_verdict, read_forms, read_included
from tests.conformance.verdicts.material import HERE

_FORMS, _SAID = forms(), read_forms()
_INCLUDED, _SAID_OF_INCLUDED = included(FOLDER), read_included()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", dict.fromkeys(name for name, _ in _FORMS))
def test_a_way_to_write_an_app(name: str, kind: str) -> None:
    assert our_verdict(kind, {f"{kind}.xml": _FORMS[name, kind]}) == _SAID[name, kind]


@pytest.mark.parametrize("name", _INCLUDED)
def test_an_included_file_of_datasets(name: str) -> None:
    coordinator, sets = _INCLUDED[name]
    assert our_verdict("coordinator", {"coordinator.xml": coordinator, "sets.xml": sets}) == _SAID_OF_INCLUDED[name]


def test_the_tables_have_no_row_too_many() -> None:
    assert list(_SAID) == [(name, kind) for name in dict.fromkeys(name for name, _ in _FORMS) for kind in KINDS]
    assert list(_SAID_OF_INCLUDED) == list(_INCLUDED)


def test_the_page_counts_them() -> None:
    """docs/conformance.md says how many agree."""
    count = len(_SAID) + len(_SAID_OF_INCLUDED)
    assert f"{count} of {count} agree" in (HERE.parents[2] / "docs" / "conformance.md").read_text("utf-8")
