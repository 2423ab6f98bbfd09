"""What checking apps costs: one of 1,000 actions, 1,000 apps in one process, and the start of the command.

    python benchmarks/language.py [--apps 1000] [--rounds 5] [--schemas DIR]

Beside it, in turns, on the same files: libxml2's XSD validation with Oozie's own schemas (the ``*.xsd`` of the
oozie-client jar, in ``DIR``), which knows none of the rules about the graph, EL or times; and a bare Python.
Goals: a 1,000-action workflow under 1 s, 1,000 apps under 30 s in one process, start-up of the command under 0.4 s.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from oozie.language.check import check_folder

HEAD = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="{name}">
<parameters><property><name>input</name><value>/data/in</value></property></parameters>
<global><job-tracker>${{jobTracker}}</job-tracker><name-node>${{nameNode}}</name-node></global>
<start to="first"/>
"""
PIECE = """<decision name="{n}-which"><switch><case to="{n}-fork">${{fs:exists(concat(input, '/{n}'))}}</case>
<default to="{to}"/></switch></decision>
<fork name="{n}-fork"><path start="{n}-hive"/><path start="{n}-shell"/></fork>
<action name="{n}-hive"><hive xmlns="uri:oozie:hive-action:0.5"><configuration><property><name>mapred.queue</name>
<value>${{queue}}</value></property></configuration><script>report.q</script><param>day=${{wf:conf('day')}}</param></hive>
<ok to="{n}-join"/><error to="failed"/></action>
<action name="{n}-shell" retry-max="3" retry-interval="1"><shell xmlns="uri:oozie:shell-action:0.3"><exec>true</exec>
<argument>${{wf:id()}}</argument><capture-output/></shell><ok to="{n}-join"/><error to="failed"/></action>
<join name="{n}-join" to="{n}-fs"/>
<action name="{n}-fs"><fs><mkdir path="${{nameNode}}/out/{n}"/></fs><ok to="{n}-import"/><error to="failed"/></action>
<action name="{n}-import"><sqoop xmlns="uri:oozie:sqoop-action:0.4"><arg>import</arg><arg>--table</arg><arg>t</arg>
</sqoop><ok to="{to}"/><error to="failed"/></action>
"""
TAIL = """<kill name="failed"><message>failed: ${wf:errorMessage(wf:lastErrorNode())}</message></kill><end name="end"/>
</workflow-app>"""
ACTIONS_A_PIECE = 4
COORDINATOR = """<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="c" frequency="${coord:days(1)}"
start="2026-01-01T00:00Z" end="2027-01-01T00:00Z" timezone="America/Los_Angeles">
<datasets><dataset name="d" frequency="${coord:days(1)}" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>/d/${YEAR}/${MONTH}/${DAY}</uri-template></dataset></datasets>
<input-events><data-in name="i" dataset="d"><instance>${coord:current(-1)}</instance></data-in></input-events>
<action><workflow><app-path>/apps/a</app-path><configuration><property><name>input</name>
<value>${coord:dataIn('i')}</value></property></configuration></workflow></action></coordinator-app>"""
PROPERTIES = "nameNode=hdfs://hw1:8020\njobTracker=hw1:8032\nqueue=daily\nday=2026-01-01\n"


def workflow(name: str, actions: int) -> bytes:
    """A workflow of ``actions`` actions among decisions, forks and joins."""
    count = actions // ACTIONS_A_PIECE
    names = ["first", *(f"p{n}-which" for n in range(1, count)), "end"]
    pieces = [PIECE.format(n=f"p{n}", to=names[n + 1]) for n in range(count)]
    pieces[0] = pieces[0].replace("p0-which", "first")
    return (HEAD.format(name=name) + "".join(pieces) + TAIL).encode()


def apps(count: int) -> dict[str, bytes]:
    """Folders of a workflow of 4 to 40 actions, a coordinator and a job.properties."""
    files: dict[str, bytes] = {}
    for n in range(count // 2):
        files[f"app{n}/workflow.xml"] = workflow(f"app{n}", ACTIONS_A_PIECE * (1 + n % 10))
        files[f"app{n}/coordinator.xml"] = COORDINATOR.encode()
        files |= {f"app{n}/job.properties": PROPERTIES.encode(), f"app{n}/report.q": b"SELECT 1"}
    return files


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def checked(files: dict[str, bytes]) -> None:
    """Check them all; what is refused here would be a broken benchmark."""
    errors = [f for each in check_folder(files) for f in each.findings if f.severity == "error"]
    if [error for error in errors if error.code != "E0736"]:  # 1,000 actions are longer than Oozie takes by default
        raise SystemExit(f"the benchmark's apps are refused: {errors[0]}")


def by_schemas(schemas: etree.XMLSchema, files: dict[str, bytes]) -> None:
    """The same files through libxml2, by Oozie's schemas."""
    for name, data in files.items():
        if name.endswith("workflow.xml"):
            schemas.assertValid(etree.fromstring(data))


def oozie_schemas(folder: Path) -> etree.XMLSchema:
    """The schemas that Oozie's server loads for workflows."""
    imports = [
        f'<xs:import namespace="{etree.parse(file).getroot().get("targetNamespace")}"'
        f' schemaLocation="{file.as_uri()}"/>'
        for file in sorted(folder.glob("*.xsd"))
        if not file.name.startswith(("oozie-common", "gms", "oozie-coordinator", "oozie-bundle"))
    ]
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))


def process(*words: str) -> float:
    """Seconds of a whole process."""
    return seconds(lambda: subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL))


def row(what: str, ours: list[float], peer: list[float]) -> None:
    """One line: medians and their ratio."""
    own, other = statistics.median(ours), statistics.median(peer) if peer else 0.0
    print(f"{what:<42} {own:>8.3f}" + (f" {other:>8.3f} {own / other:>7.1f}" if peer else f" {'-':>8} {'-':>7}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--schemas", type=Path)
    options = parser.parse_args()
    schemas = oozie_schemas(options.schemas) if options.schemas else None
    print(f"{'seconds, medians':<42} {'ours':>8} {'peer':>8} {'ratio':>7}")
    large = {"workflow.xml": workflow("large", 1000), "job.properties": PROPERTIES.encode()}
    for what, files in (
        ("1,000 actions, beside XSD", large),
        (f"{options.apps:,} apps, beside XSD", apps(options.apps)),
    ):
        ours: list[float] = []
        peer: list[float] = []
        for _ in range(options.rounds):
            ours.append(seconds(lambda files=files: checked(files)))  # type: ignore[misc]
            if schemas is not None:
                peer.append(seconds(lambda files=files: by_schemas(schemas, files)))  # type: ignore[misc]
        row(what, ours, peer)
    with tempfile.TemporaryDirectory() as place:
        app = Path(place, "workflow.xml")
        app.write_bytes(workflow("one", ACTIONS_A_PIECE))
        Path(place, "report.q").write_text("SELECT 1")
        commands = [("howdah --version", ("--version",)), ("howdah validate, one app", ("validate", str(app)))]
        for what, words in commands:
            rounds = [(process("-m", "howdah", *words), process("-c", "pass")) for _ in range(options.rounds)]
            row(f"{what}, beside bare Python", *map(list, zip(*rounds, strict=True)))


if __name__ == "__main__":
    main()
