from __future__ import annotations

import pytest

from generator.declare import decide, hive, kill, shell, when, workflow
from generator.passes import lower
from generator.profiles import LOCAL
from generator.variables import names_in, properties_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain", []),
        ("${a}/x/${b}", ["a", "b"]),
        ("${wf:conf('c')} ${wf:id()}", []),
        ("${fs:exists(dir) and size gt 2 * MB}", ["dir", "size"]),
        ("${a eq 'b' ? c : d}", ["a", "c", "d"]),
        ("${wf:actionData('x')[key]}", ["key"]),
        ("$CONDITIONS", []),
    ],
)
def test_variables_of_a_text(text: str, names: list[str]) -> None:
    assert list(names_in(text)) == names


def test_properties_of_a_whole_app() -> None:
    declared = workflow(
        "w",
        hive("h", script="/a.hql", params={"x": "${inParam}"}, prepare_delete=("${inAttribute}",)),
        decide("d", when("${inPredicate}", kill("${inMessage}"))),
        shell("s", command="true", configuration={"k": "${inConfiguration}"}),
    )

    found = properties_of(lower(declared, LOCAL))
    assert found == {
        "jobTracker": "w",
        "nameNode": "w",
        "queueName": "w",
        "inAttribute": "h",
        "inParam": "h",
        "inPredicate": "d",
        "inConfiguration": "s",
        "inMessage": "kill-1",
    }


def test_names_in_a_text():
    assert list(names_in("${(x -> x + y)(z)} ${['a', b]} ${KB} ${" + "c + " * 5000 + "1}"))[:4] == ["y", "z", "b", "c"]
