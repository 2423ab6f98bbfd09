from __future__ import annotations

import pytest

from oozie.language.check import check_file

WORKFLOW = """<workflow-app name="w" xmlns="uri:oozie:workflow:{version}">{parameters}
<start to="a"/>
<action name="a"><fs><mkdir path="${{nameNode}}/x"/></fs><ok to="b"/><error to="k"/></action>
<action name="b"><fs><mkdir path="{path}"/></fs><ok to="end"/><error to="k"/></action>
<kill name="k"><message>{message}</message></kill><end name="end"/></workflow-app>"""
PARAMETER = "<property><name>{}</name></property>"


def workflow(path: str, version: str = "0.5", parameters: str = "", message: str = "m") -> bytes:
    declared = "".join(map(PARAMETER.format, parameters.split()))
    wrapped = f"<parameters>{declared}</parameters>" if declared else ""
    return WORKFLOW.format(path=path, version=version, parameters=wrapped, message=message).encode()


def found(code: str, data: bytes, properties: bytes | None = b"nameNode=hdfs://n", **beside: bytes) -> list[str]:
    files = {"workflow.xml": data, **{name.replace("_", "."): text for name, text in beside.items()}}
    if properties is not None:
        files["job.properties"] = properties
    return [f"{f.line} {f.message} / {f.hint}" for f in check_file(files, "workflow.xml").findings if f.code == code]


def test_a_property_that_nothing_defines_is_named_with_the_nearest_one() -> None:
    assert found("H019", workflow("${outputDri}"), b"nameNode=n\noutputDir=/o") == [
        "4 property 'outputDri' is used but defined nowhere / did you mean 'outputDir'?"
    ]


def test_other_places_are_counted() -> None:
    [text] = found("H019", workflow("${x}/${x}", message="${x}"))

    assert text.startswith("4 property 'x' is used (and in 2 other places) but defined nowhere")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("${wf:conf('out')}", "wf:conf('out') is nothing here"),
        ("${concat(out, 'x')}", "property 'out' is used"),
        ("${1 + 2 > n ? 'a' : 'b'}", "property 'n' is used"),
        ("${my.dir}", "${my.dir} cannot be evaluated: EL knows no names with dots"),
    ],
)
def test_every_kind_of_use_counts(path: str, says: str) -> None:
    [text] = found("H019", workflow(path.replace(">", "&gt;")))

    assert says in text


def test_a_name_with_dots_is_none_even_where_the_job_has_it() -> None:
    [text] = found("H019", workflow("${my.dir}"), b"nameNode=n\nmy.dir=/x")

    assert text.endswith("write ${wf:conf('my.dir')}")


@pytest.mark.parametrize(
    "path",
    [
        "/plain",
        "${nameNode}/${wf:user()}/${KB}",
        "${wf:conf('out') eq 'x' ? 'a' : 'b'}",
        "${firstNotNull(wf:conf('out'), 'x')}",
        "${empty wf:conf('out')}",
        "${wf:conf('user.name')}",
        "${broken",
    ],
)
def test_what_is_defined_or_asked_for_is_no_finding(path: str) -> None:
    assert found("H019", workflow(path)) == []


def test_others_beside_the_workflow_define_too() -> None:
    caller = b"<coordinator-app><property><name> x </name></property></coordinator-app>"

    assert found("H019", workflow("${x}"), when_xml=caller) == []
    assert found("H019", workflow("${x}"), daily_properties=b"x = 1") == []
    assert found("H019", workflow("${x}", parameters="x")) == []
    assert len(found("H019", workflow("${x}"), other_txt=caller)) == 1


def test_nothing_is_known_without_job_properties_or_with_those_of_another_file() -> None:
    assert found("H019", workflow("${x}"), None) == []
    assert found("H019", workflow("${x}"), b"nameNode=n\noozie.wf.application.path=/a/other.xml") == []
    assert len(found("H019", workflow("${x}"), b"nameNode=n\noozie.wf.application.path=/a/workflow.xml")) == 1


def test_a_caller_that_is_not_here_may_define_anything() -> None:
    job = b"nameNode=n\noozie.coord.application.path=/a"
    coordinator = b'<coordinator-app xmlns="uri:oozie:coordinator:0.4"/>'

    assert found("H019", workflow("${x}"), job) == []
    assert len(found("H019", workflow("${x}"), job, coordinator_xml=coordinator)) == 1


def test_many_are_one_finding() -> None:
    [text] = found("H019", workflow("".join(f"${{p{n}}}" for n in range(10))))

    assert text.startswith("4 10 properties are used but defined nowhere: 'p0', 'p1'")
    assert "and 2 more" in text


def test_a_workflow_that_does_not_say_what_it_needs() -> None:
    data = workflow("${nameNode}${in}${out}${day}")

    assert found("H017", data, None) == [
        "0 the workflow needs 3 properties and declares none: 'in', 'out', 'day' / declare them in <parameters>: "
        "one that is missing is then refused at once, not when its action starts"
    ]
    assert found("H017", data, b"nameNode=n\nin=1\nout=2\nday=3") == []
    assert found("H017", workflow("${in}${out}"), None) == []
    assert found("H017", workflow("${in}${out}${day}", version="0.3"), None) == []


def test_parameters_that_lack_one() -> None:
    data = workflow("${in}/${out}", parameters="in")

    assert [text.partition(" / ")[0] for text in found("H017", data, None)] == ["0 <parameters> does not declare 'out'"]
    assert found("H017", workflow("${in}", parameters="in"), None) == []
    assert found("H017", workflow("${in}/${queueName}", parameters="in"), None) == []
    assert found("H017", data, b"nameNode=n\nin=1\nout=2") == []
