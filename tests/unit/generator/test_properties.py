from __future__ import annotations

from typing import Any

import pytest

from generator.declare import Schedule, every, shell, sqoop_import, workflow
from generator.errors import DeclarationError
from generator.passes import lower
from generator.profiles import HDP, LOCAL, Profile
from generator.properties import job_properties, render
from generator.values import Workflow
from oozie.language.properties import read_properties

SCHEDULE = Schedule(every(minutes=150), start="2026-01-01T00:00Z", end="2027-01-01T00:00Z")


def _say(text: str, **arguments: Any) -> Workflow:
    return workflow("w", shell("s", command="echo", arguments=(text,)), **arguments)


def _properties(declaration: Workflow, profile: Profile = LOCAL) -> dict[str, str]:
    groups = job_properties(declaration, profile, lower(declaration, profile))
    return read_properties(render(declaration, profile, groups))


def test_only_what_the_app_needs_stands_there() -> None:
    assert _properties(_say("hello")) == {
        "nameNode": "hdfs://local",
        "jobTracker": "local",
        "queueName": "default",
        "appPath": "${nameNode}/user/refinedzone/w",
        "oozie.wf.application.path": "${appPath}",
    }


def test_a_schedule_submits_the_coordinator() -> None:
    found = _properties(_say("${nominalTime}", schedule=SCHEDULE))

    assert found["oozie.coord.application.path"] == "${appPath}"
    assert (found["start"], found["frequency"]) == ("2026-01-01T00:00Z", "150")
    assert "oozie.wf.application.path" not in found
    assert "nominalTime" not in found


def test_what_a_property_speaks_of_comes_with_it() -> None:
    found = _properties(_say("${jdbcUrl}", parameters={"database": "d", "unused": "x"}))

    assert found["database"] == "d"
    assert found["jdbcUrl"] == "jdbc:sqlite:${database}.sqlite"
    assert "unused" not in found


def test_the_profile_wins_over_the_declaration() -> None:
    found = _properties(_say("${day}", parameters={"day": "mon"}), LOCAL.but(day="tue"))

    assert found["day"] == "tue"


def test_a_parameter_without_value_is_left_to_the_submission() -> None:
    assert "day" not in _properties(_say("${day}", parameters={"day": None}))


def test_values_are_escaped_and_comments_explain() -> None:
    declaration = _say("${a}", parameters={"a": r" \N=1"})
    text = render(declaration, LOCAL, job_properties(declaration, LOCAL, lower(declaration, LOCAL)))

    assert read_properties(text)["a"] == r" \N=1"
    blocks = text.split("\n\n")
    assert all(block.startswith("# ") for block in blocks)


@pytest.mark.parametrize(
    ("declaration", "profile", "code", "words"),
    [
        (_say("${namenode}"), LOCAL, "H302", "'s' speaks of 'namenode', which is defined nowhere"),
        (_say("${nominalTime}"), LOCAL, "H302", "'nominalTime'"),
        (_say("x${dbUser}"), LOCAL, "H302", "needs 'dbUser', which profile 'local' has not"),
        (_say("${jdbcUrl}"), LOCAL, "H302", "property 'jdbcUrl' speaks of 'database'"),
        (_say("${a}"), LOCAL.but(a="jdbc:mysql://u:p@h/d"), "H303", "property 'a' has a password"),
        (_say("${dbPassword}"), HDP.but(dbPassword="p"), "H303", "is a password by its name"),
    ],
)
def test_what_cannot_be_is_refused(declaration: Workflow, profile: Profile, code: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        _properties(declaration, profile)

    assert caught.value.code == code
    assert words in caught.value.diagnostics[0].message


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(DeclarationError) as caught:
        _properties(_say("${namenode}"))

    assert caught.value.diagnostics[0].hint == "did you mean 'nameNode'?"


def test_an_option_without_a_value_here_is_left_out() -> None:
    declaration = workflow(
        "w",
        sqoop_import(
            "i", connect="${jdbcUrl}", table="t", target_dir="/t", username="${dbUser}", password_file="${passwordFile}"
        ),
        parameters={"database": "d"},
    )

    assert "dbUser" not in _properties(declaration, LOCAL)
    assert _properties(declaration, LOCAL.but(dbUser="u", passwordFile="/p"))["dbUser"] == "u"
    assert _properties(declaration, HDP)["passwordFile"] == "${nameNode}/user/hdfs/${database}.password"
