"""What stops a submit before anything is sent, and what is only said."""

import pytest

from oozie.client.deployment.preflight import preflight
from oozie.client.deployment.relocation import Relocation
from oozie.client.deployment.source import read_source


def findings(folder, **overrides):
    source = read_source(folder, overrides, user="ann")
    return preflight(source, Relocation(source, "/apps/daily/.versions/0123456789abcdef"), overrides=overrides)


def codes(folder, **overrides):
    return [(finding.code, finding.severity) for finding in findings(folder, **overrides)]


def change(folder, name, old, new):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))
    return folder


def test_nothing(app):
    assert codes(app()) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("workflow.xml", '<ok to="end"/>', '<ok to="nowhere"/>', "E0708"),
        ("workflow.xml", "<exec>go.sh</exec>", "<exec>${command}</exec>", "H815"),
        ("workflow.xml", "${appPath}/go.sh", "${appPath}/gone.sh", "H020"),
        ("workflow.xml", "<exec>go.sh</exec>", "<exec>${appPath}/data</exec>", "H814"),
        ("job.properties", "end=2030", "end=2029", "E1003"),
        ("coordinator.xml", "<action>", "<nonsense/><action>", "E0701"),
    ],
)
def test_what_stops_it(app, name, old, new, code):
    found = findings(change(app(), name, old, new))

    assert (found[0].code, found[0].severity) == (code, "error")
    assert found[0].path.startswith(str(app()))


def test_what_is_only_said(app):
    folder = change(app(), "job.properties", "nameNode=", "dbPassword=geheim\nnothing=1\nnameNode=")

    assert set(codes(folder)) == {("H010", "lint"), ("H816", "lint")}


def test_a_slip_of_the_pen_in_a_setting(app):
    found = findings(app(), nameNod="x")

    assert found[0].message == "nothing reads the property 'nameNod'"
    assert "nameNode" in found[0].hint


def test_a_name_may_be_defined_by_any_configuration_of_the_app(app):
    folder = change(app(), "workflow.xml", "<exec>go.sh</exec>", "<exec>${nominal} ${MB} ${given}</exec>")
    property_ = "<configuration><property><name>nominal</name><value>1</value></property></configuration>"
    change(folder, "coordinator.xml", "</app-path>", f"</app-path>{property_}")
    defaults = "<configuration><property><name>given</name><value>1</value></property></configuration>"
    (folder / "config-default.xml").write_text(defaults)

    assert codes(folder) == []
