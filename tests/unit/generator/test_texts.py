from __future__ import annotations

import pytest

from generator.declare import hive, shell, when
from generator.errors import DeclarationError
from generator.verbatim import as_is, cdata
from oozie.language.model import Element


def test_a_text_as_it_is_is_not_judged() -> None:
    step = hive("h", script=as_is("sql/a.hql"), configuration={"password": as_is("x"), "empty": as_is("")})

    assert step.needs == ()
    assert step.body.text_of("script") == "sql/a.hql"
    assert step.body.configuration() == {"password": "x", "empty": ""}


def test_cdata_stands_in_its_section() -> None:
    assert shell("s", command=cdata("a < b")).body.first("exec") == Element("exec", text="a < b", is_cdata=True)
    assert when(cdata("true")).is_cdata


def test_what_xml_cannot_hold_stays_refused() -> None:
    with pytest.raises(DeclarationError, match="H301"):
        shell("s", command=as_is("\0"))
