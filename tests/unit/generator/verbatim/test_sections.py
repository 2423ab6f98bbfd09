from __future__ import annotations

import pytest

from generator.declare import credential
from generator.errors import DeclarationError
from generator.verbatim import launcher, parameter, places, shared, sla, xml
from generator.verbatim.sections import credentials_of, pairs_of, parameters_of, qualified
from oozie.language.model import Element, Parameter


def test_xml_is_an_element_with_its_namespace() -> None:
    assert xml("\n  <a xmlns='uri:x'><b>1</b></a>\n") == Element(
        "a", "uri:x", children=(Element("b", "uri:x", text="1"),)
    )


@pytest.mark.parametrize("text", ["<a>", "", "<!DOCTYPE a><a/>", 3])
def test_what_is_no_xml(text: str) -> None:
    with pytest.raises(DeclarationError, match="H301"):
        xml(text)


def test_what_all_actions_share_in_the_order_of_the_schema() -> None:
    section = shared(
        configuration={"a": "b"}, launcher=launcher({"queue": "q"}), name_node="n", resource_manager="r", job_xml=["x"]
    )

    assert [child.tag for child in section.children] == [
        "resource-manager", "name-node", "launcher", "job-xml", "configuration"
    ]  # fmt: skip


def test_an_sla_has_its_schema() -> None:
    info = sla(nominal_time="${n}", should_end="${10 * MINUTES}")

    assert (info.tag, info.namespace) == ("info", "uri:oozie:sla:0.2")
    assert info.text_of("should-end") == "${10 * MINUTES}"
    assert sla("0.1", app_name="a").namespace == "uri:oozie:sla:0.1"
    with pytest.raises(DeclarationError, match=r"one of 0\.1, 0\.2|no schema"):
        sla("0.3", nominal_time="x")


def test_parameters_in_two_forms() -> None:
    assert parameters_of({"a": "1", "b": None}) == (Parameter("a", "1"), Parameter("b"))
    assert parameters_of([parameter("a", description="d")]) == (Parameter("a", description="d"),)
    with pytest.raises(DeclarationError, match="is none"):
        parameters_of(["a"])  # type: ignore[list-item]


def test_names_may_stand_twice_in_pairs() -> None:
    assert pairs_of("configuration", [("a", "1"), ["a", "2"]]) == (("a", "1"), ("a", "2"))
    with pytest.raises(DeclarationError, match="no name with a value"):
        pairs_of("configuration", [("a",)])
    with pytest.raises(DeclarationError, match="H303"):
        pairs_of("configuration", {"password": "secret"})


def test_credentials_and_namespaces() -> None:
    section = credentials_of([credential("c", "hive2", {"a": "b"})], "uri:w")

    assert section is not None
    assert section.children[0].attributes == (("name", "c"), ("type", "hive2"))
    assert qualified(Element("a", children=(Element("b", "uri:x"),)), "uri:y").children[0].namespace == "uri:x"
    assert places(job_tracker="j").name_node == ""
