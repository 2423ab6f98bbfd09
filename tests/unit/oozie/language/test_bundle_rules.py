from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.language.bundle_rules import bundle_rules
from oozie.language.model import Bundle, BundleMember


def test_a_bundle_names_each_coordinator_once_and_starts_at_a_time() -> None:
    bundle = Bundle("b", (BundleMember("m", "/m", line=2), BundleMember("m", "/n", line=3)), kick_off_time="now")

    findings = list(bundle_rules(bundle))

    assert [(d.code, d.line) for d in findings] == [("E1310", 3), ("E1310", 0)]
    assert findings[0].message == "E1304: 2 coordinators of the bundle are called 'm'"


BUNDLE = Bundle("b", (BundleMember("m", "/m", line=2), BundleMember("n", "/n", (("p", "${x}"),), line=3)))


@pytest.mark.parametrize(
    ("bundle", "properties", "message"),
    [
        (BUNDLE, {}, "E1004: coordinator 'n', property 'p': variable [x] cannot be resolved"),
        (BUNDLE, {"x": "a & b"}, "E1301: coordinator 'n', property 'p' becomes 'a & b', which breaks the XML"),
        (replace(BUNDLE, name="${coord:user()}"), {"x": "1"}, "E1004: the bundle's name: "),
        (replace(BUNDLE, name="${x}"), {"x": 'a "b"'}, "E1301: the bundle's name becomes 'a \"b\"', which breaks"),
        (replace(BUNDLE, name='${bundle:conf("x")}'), {"x": "1"}, "E1004: the bundle's name: "),
        (replace(BUNDLE, kick_off_time="${x}"), {"x": "now"}, "kick-off-time: "),
        (
            replace(BUNDLE, members=(BundleMember("${x}", "/o"),)),
            {"x": "${bundle:conf('x')}"},
            "E1321: the name of '${x}'",
        ),
        (replace(BUNDLE, members=(*BUNDLE.members, BundleMember("${x}", "/o"))), {"x": "m"}, "E1304: 2 coordinators"),
    ],
)
def test_expressions_of_a_bundle_are_tried(bundle: Bundle, properties: dict[str, str], message: str) -> None:
    [finding] = bundle_rules(bundle, properties)

    assert (finding.code, finding.message[: len(message)]) == ("E1310", message)


def test_the_name_of_a_bundle_is_tried_where_no_function_is_known() -> None:
    [finding] = bundle_rules(replace(BUNDLE, name="${bundle:conf('x')}"), {"x": "b"})

    assert (finding.code, finding.message[:25]) == ("E1310", "E1301: the bundle's name:")


@pytest.mark.parametrize(("length", "count"), [(255, 0), (256, 1)])
def test_a_name_fits_the_database(length: int, count: int) -> None:
    properties = {"x": "n" * length}
    assert [f.code for f in bundle_rules(replace(BUNDLE, name="${x}"), properties)] == ["E1310"] * count


def test_a_bundle_whose_properties_are_not_known_has_nothing_to_find() -> None:
    assert list(bundle_rules(BUNDLE)) == []
    assert list(bundle_rules(BUNDLE, {"x": "a &amp; b"})) == []


def test_a_right_bundle_has_nothing_to_find() -> None:
    assert list(bundle_rules(Bundle("b", (BundleMember("m", "/m"),), kick_off_time="${when}"))) == []


def test_a_bundle_is_one_expression() -> None:
    [finding] = bundle_rules(replace(BUNDLE, kick_off_time="#{t}"), {"x": "1", "t": "2026-01-01T00:00Z"})

    assert (finding.code, finding.message[:18]) == ("E1310", "E1004: the bundle:")
