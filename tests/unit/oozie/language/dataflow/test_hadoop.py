"""Hadoop's own actions."""

from __future__ import annotations

import pytest

from oozie.language import document
from oozie.language.dataflow import hadoop
from oozie.language.dataflow.uses import Doing, Surroundings

AROUND = Surroundings({"nameNode": "hdfs://nn"}, {})


def done(function, text: str) -> Doing:
    return function(document.parse(text.encode()), AROUND)


def told(doing: Doing) -> list[str]:
    return [f"{use.how} {use.name}" for use in doing.uses]


def test_map_reduce_by_its_configuration() -> None:
    doing = done(
        hadoop.map_reduce,
        """<map-reduce><configuration>
        <property><name>mapred.input.dir</name><value>${nameNode}/a, /b/${x(1, 2)}</value></property>
        <property><name>mapreduce.output.fileoutputformat.outputdir</name><value>/c</value></property>
        <property><name>mapred.mapper.class</name><value>org.x.Map</value></property>
        </configuration></map-reduce>""",
    )

    assert doing == Doing("runs a MapReduce job (Map)", doing.uses)
    assert told(doing) == ["reads hdfs://nn/a", "reads /b/${x(1, 2)}", "writes /c"]


def test_streaming_names_its_programs() -> None:
    doing = done(hadoop.map_reduce, "<m><streaming><mapper>cat</mapper><reducer>wc -l</reducer></streaming></m>")

    assert doing.does == "runs a streaming MapReduce job (cat, wc -l)"
    assert doing.notes == ("its input and output do not stand in its configuration",)


@pytest.mark.parametrize(
    ("arguments", "does", "uses"),
    [
        (("/a", "/b"), "copies /a to /b", ["reads /a", "writes /b"]),
        (
            ("-overwrite", "-m", "4", "/a", "/b", "/c"),
            "copies /a and /b to /c",
            ["reads /a", "reads /b", "replaces /c"],
        ),
        (("-f", "/list", "/c"), "copies what /list lists, to /c", ["reads /list", "writes /c"]),
    ],
)
def test_distcp_copies_to_its_last_argument(arguments: tuple[str, ...], does: str, uses: list[str]) -> None:
    text = "".join(f"<arg>{argument}</arg>" for argument in arguments)

    doing = done(hadoop.distcp, f"<distcp>{text}</distcp>")

    assert doing.does.replace("  ", " ") == does
    assert told(doing) == uses


def test_commands_of_the_file_system_in_order() -> None:
    doing = done(
        hadoop.fs,
        """<fs><name-node>x</name-node><delete path="/a"/><delete path="/b"/><delete path="/c"/>
        <mkdir path="${nameNode}/d"/><move source="/e" target="/f"/><chmod path="/g" permissions="755"/></fs>""",
    )

    assert doing.does == (
        "deletes /a, /b and 1 more, then makes hdfs://nn/d, then moves /e to /f, then sets the permissions of /g to 755"
    )
    assert told(doing) == ["deletes /a", "deletes /b", "deletes /c", "writes hdfs://nn/d", "reads /e", "deletes /e",
                           "writes /f", "mentions /g"]  # fmt: skip
    assert done(hadoop.fs, "<fs/>").does == "does nothing"


def test_a_clone() -> None:
    doing = done(hadoop.git, "<git><git-uri>u</git-uri><branch>b</branch><destination-uri>/d</destination-uri></git>")

    assert (doing.does, told(doing)) == ("clones u (branch b) into /d", ["writes /d"])


def test_what_is_prepared() -> None:
    body = document.parse(b"<pig><prepare><delete path='/a'/><mkdir path='/b'/></prepare></pig>")

    assert [(use.how, use.name) for use in hadoop.prepare_uses(body, AROUND)] == [("deletes", "/a"), ("writes", "/b")]
    assert hadoop.prepare_uses(document.parse(b"<pig/>"), AROUND) == ()
