from __future__ import annotations

import pytest

from generator.errors import GenerationError
from generator.importing.apps import differences, import_app
from oozie.language.errors import AppError

WORKFLOW = (
    b'<workflow-app xmlns="uri:oozie:workflow:0.5" name="w"><start to="a"/><action name="a">'
    b"<java><job-tracker>j</job-tracker><name-node>n</name-node><main-class>C</main-class>"
    b'<file>run.sh#x</file></java><ok to="end"/><error to="%s"/></action><end name="end"/></workflow-app>'
)
GOOD = WORKFLOW % b"end"
COORDINATOR = (
    b'<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="c" frequency="60" start="2026-01-01T00:00Z" '
    b'end="2026-01-02T00:00Z" timezone="UTC"><action><workflow><app-path>/x</app-path></workflow></action>'
    b"</coordinator-app>"
)


def test_a_folder_becomes_one_declaration() -> None:
    imported = import_app(
        {
            "coordinator.xml": COORDINATOR,
            "workflow.xml": GOOD,
            "run.sh": b"",
            "lib/a.jar": b"",
            "notes.txt": b"",
            "job.properties": b"a=1\ndb.password=secret\n",
            ".hidden": b"",
            "child/workflow.xml": GOOD,
        }
    )

    assert list(imported.apps) == ["workflow.xml", "coordinator.xml"]
    assert imported.carried == ("child/workflow.xml", "lib/a.jar", "notes.txt", "run.sh")
    assert imported.properties == {"a": "1", "db.password": "secret"}
    assert 'files=["run.sh#x"]' in imported.source
    assert 'properties={"a": "1", "db.password": as_is("secret")}' in imported.source
    assert 'files=["child/", "lib/", "notes.txt"]' in imported.source
    assert imported.source.startswith('"""The Oozie app w, imported:')
    assert "\nW = app(\n" in imported.source
    assert imported.findings == ()


def test_an_app_in_several_folders_is_one() -> None:
    files = {
        "flow/workflow.xml": GOOD,
        "when/coordinator.xml": COORDINATOR,
        "flow/run.sh": b"",
        "job.properties": b"a=1",
    }

    imported = import_app(files)

    assert list(imported.apps) == ["flow/workflow.xml", "when/coordinator.xml"]
    assert 'file="flow/workflow.xml"' in imported.source
    assert 'files=[as_is("run.sh#x")]' in imported.source
    assert 'files=["flow/"]' in imported.source


def test_a_bundle_takes_its_coordinators_and_their_workflows_along() -> None:
    bundle = b"""<bundle-app name="all" xmlns="uri:oozie:bundle:0.2">
<coordinator name="day"><app-path>${root}/day</app-path></coordinator>
<coordinator name="away"><app-path>${root}/elsewhere</app-path></coordinator></bundle-app>"""
    files = {
        "bundle.xml": bundle,
        "day/coordinator.xml": COORDINATOR.replace(b"<app-path>/x<", b"<app-path>${root}/flow<"),
        "flow/workflow.xml": GOOD,
        "other/workflow.xml": GOOD,
        "job.properties": b"oozie.bundle.application.path=/apps/all\nroot=/apps/all",
    }

    imported = import_app(files)

    assert list(imported.apps) == ["flow/workflow.xml", "day/coordinator.xml", "bundle.xml"]
    assert imported.carried == ("other/workflow.xml",)


def test_one_definition_with_what_it_names() -> None:
    files = {
        "a.xml": GOOD,
        "b.xml": COORDINATOR,
        "run.sh": b"",
        "other.sh": b"",
        "lib/x.jar": b"",
        "config-default.xml": b"<configuration/>",
    }

    imported = import_app(files, only="a.xml")

    assert list(imported.apps) == ["a.xml"]
    assert imported.carried == ("config-default.xml", "lib/x.jar", "run.sh")
    assert imported.properties is None
    assert 'file="a.xml"' in imported.source


def test_what_oozie_would_refuse_is_kept_and_said() -> None:
    circle = GOOD.replace(b'<ok to="end"/>', b'<ok to="a"/>')

    imported = import_app({"workflow.xml": circle})

    assert "unchecked=True" in imported.source
    assert [finding.code for finding in imported.findings] == ["E0706"]


def test_a_way_to_nowhere_is_kept_and_said() -> None:
    imported = import_app({"workflow.xml": WORKFLOW % b"nowhere"})

    assert 'on_error=goto("nowhere")' in imported.source
    assert [finding.code for finding in imported.findings] == ["E0708"]


def test_an_action_that_oozie_does_not_know_is_kept() -> None:
    extension = GOOD.replace(b"<java><job", b'<x xmlns="uri:x"><job').replace(b"</java>", b"</x>")

    imported = import_app({"workflow.xml": extension})

    assert 'action(\n            "a",\n            """\n' in imported.source
    assert [finding.code for finding in imported.findings] == ["E0701"]


def test_what_breaks_the_schema_is_not_dropped_silently() -> None:
    odd = COORDINATOR.replace(
        b"</app-path>", b"</app-path><configuration>text<property><n>a</n></property></configuration>"
    )

    with pytest.raises(AppError, match="E0701"):
        import_app({"coordinator.xml": odd})


def test_a_broken_file_beside_the_app_goes_along() -> None:
    imported = import_app({"workflow.xml": GOOD, "old.xml": b"<workflow-app", "run.sh": b""})

    assert imported.carried == ("old.xml", "run.sh")
    assert [(finding.code, finding.path) for finding in imported.findings] == [("E0701", "old.xml")]


def test_a_declaration_of_ours_beside_the_app_is_no_part_of_it() -> None:
    imported = import_app({"workflow.xml": GOOD, "workflow.py": b"from generator.declare import *"})

    assert imported.carried == ()


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        ({}, "H332", "no Oozie app"),
        ({"a/.hidden/workflow.xml": GOOD}, "H332", "no Oozie app"),
        ({f"{n}/workflow.xml": GOOD for n in range(21)}, "H332", "21 definitions"),
        ({"workflow.xml": GOOD.replace(b'name="end"', b'name="a"')}, "H331", "two nodes are called 'a'"),
        ({"workflow.xml": GOOD.replace(b'name="end"', b'name="%s"' % (b"e" * 129))}, "H331", "workflow.xml:1"),
        ({"workflow.xml": GOOD, "workflow.py": b"import pyspark"}, "H331", "'workflow.py'"),
        ({"workflow.xml": GOOD, "Workflow.PY": b"from generator.declare import *"}, "H331", "'Workflow.PY'"),
        ({"workflow.xml": GOOD.replace(b"<start", b"<begin")}, "E0701", "begin"),
        ({"workflow.xml": b"<workflow-app"}, "E0701", "not well-formed"),
        ({"workflow.xml": GOOD, "job.properties": b"a=\\uXYZ"}, "H021", "malformed"),
    ],
)
def test_what_cannot_be_imported_is_named(files: dict[str, bytes], code: str, words: str) -> None:
    with pytest.raises((GenerationError, AppError)) as caught:
        import_app(files)

    assert caught.value.code == code
    assert words in str(caught.value)


def test_a_difference_is_found() -> None:
    imported = import_app({"workflow.xml": GOOD, "job.properties": b"a=1", "run.sh": b""})
    same = {"workflow.xml": GOOD, "job.properties": b"a = 1", "run.sh": b""}

    assert differences(imported, same) == []
    assert differences(imported, same | {"workflow.xml": GOOD.replace(b">C<", b">D<")}) == [
        "workflow.xml: a java main-class"
    ]
    assert differences(imported, same | {"job.properties": b"a=2"}) == ["job.properties"]
    assert differences(imported, {"workflow.xml": GOOD, "job.properties": b"a=1", "more": b""}) == ["more", "run.sh"]
