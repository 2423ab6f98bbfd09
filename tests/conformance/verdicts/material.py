"""Oozie's own files, and what the real Oozie says of each (material.txt).

The files are not kept here. Those of its tests lie in a jar on Maven Central, which is fetched into the cache; those of
its examples lie in no artifact, only in the source release: $HOWDAH_OOZIE_SOURCE names the folder of an unpacked one.
restated/ has an app of ours for each of the examples: the same elements, attributes and functions, other words; and
parser/ has what its parser's tests read beside forks and joins: addresses, <global>, launcher, retries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from howdah.stack.checksums import Pinned, differences, of_file
from oozie.language.check import JOB_PROPERTIES, check_file
from oozie.language.document import root_tag
from oozie.language.properties import read_properties, write_properties
from oozie.language.schema_tables import KINDS

HERE = Path(__file__).parent
TABLE = HERE / "material.txt"
SOURCE = "HOWDAH_OOZIE_SOURCE"
EXAMPLES, RESTATED, PARSER = "examples/", "restated/", "parser/"
WIDTH = 56  # of the first column

_JAR = "oozie-core-5.2.1-tests.jar"
_PINNED = Pinned("61436165facbd4164c6785208ae64e805136b961df6294caa2cc1c403033a16b", 2213963)
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
# Oozie's tests put something in place of these before they submit the file; this is what stands there for us.
_INSTANCE = b"<instance>${coord:current(0)}</instance>"
_PLACEHOLDERS: Mapping[bytes, bytes] = MappingProxyType(
    {
        rb"=data-in-param-\d=": _INSTANCE,
        rb"=input-events=": b"".join(
            b'<data-in name="%b" dataset="a">%b</data-in>' % (n, _INSTANCE) for n in (b"A", b"B")
        ),
        rb"=input-logic=": b'<or name="some"><data-in dataset="A"/><data-in dataset="B"/></or>',
        rb"-frequency-": b"60",
        rb"-unit-": b"MINUTE",
        rb"<configuration>\s*</configuration>": b"",
        rb"#start": b"2026-01-01T00:00Z",
        rb"#end": b"2026-01-01T02:00Z",
    }
)
# As Oozie stores a coordinator that it took in: the frequency taken apart, each dataset in the event that uses it.
_FREQUENCY = re.compile(rb"""frequency=.(?P<n>\d+).(?P<rest>[^>]*?)\s+freq_timeunit=.(?P<unit>\w+).(?P<end>[^>]*?)>""")
_END_OF_DURATION = re.compile(rb"""\s+end_of_duration=.(\w+).""")
_FUNCTIONS = {b"MINUTE": b"minutes", b"HOUR": b"hours", b"DAY": b"days", b"MONTH": b"months"}
_FUNCTIONS |= {b"END_OF_DAY": b"endOfDays", b"END_OF_WEEK": b"endOfWeeks", b"END_OF_MONTH": b"endOfMonths"}
_DATASET = re.compile(rb"<dataset\b.*?</dataset>", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A file and its verdicts, ``ok`` or Oozie's code: as it lies there with no property, and completed."""

    file: str
    as_it_is: str
    completed: str


def read_table() -> list[Row]:
    """The rows of material.txt."""
    return [Row(*line.split()) for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def kind_of(data: bytes) -> str:
    """workflow, coordinator, bundle, or nothing."""
    return KINDS.get(root_tag(data), "")


def submissions(data: bytes) -> Iterator[tuple[bytes, Mapping[str, str]]]:
    """A file and the properties that it is submitted with: first as it is, then with all that it lacks."""
    yield data, {}
    for placeholder, text in _PLACEHOLDERS.items():
        data = re.sub(placeholder, text, data)
    data = _as_submitted(data) if b"freq_timeunit" in data else data
    yield data, read_properties((HERE / "material.properties").read_text("utf-8"))


def _as_submitted(data: bytes) -> bytes:
    """A coordinator in the form that Oozie keeps, in the form in which somebody may have submitted it."""
    data = _FREQUENCY.sub(_frequency, data)
    datasets = b"".join(dict.fromkeys(_DATASET.findall(data)))
    if b"<datasets>" in data or not datasets:
        return data
    events = re.search(rb"<(in|out)put-events", data)
    if events is None:
        return data
    rest = _DATASET.sub(b"", data[events.start() :])
    return data[: events.start()] + b"<datasets>" + datasets + b"</datasets>" + rest


def _frequency(match: re.Match[bytes]) -> bytes:
    tag_end = match["rest"] + match["end"]
    end = _END_OF_DURATION.search(tag_end)
    unit = end[1] if end and end[1] != b"NONE" else match["unit"]
    rest = _END_OF_DURATION.sub(b"", tag_end)
    return b'frequency="${coord:%b(%b)}"%b>' % (_FUNCTIONS[unit], match["n"], rest)


def our_verdict(data: bytes, properties: Mapping[str, str], kind: str = "") -> str:
    """``ok``, or the code with which Oozie would refuse the submission, as our own check has it."""
    name = f"{kind or kind_of(data)}.xml"
    job = write_properties({"user.name": "nobody", **properties})
    findings = check_file({name: data, JOB_PROPERTIES: job.encode()}, name).findings
    return next((f.code for f in findings if f.severity == "error"), "ok")


def files_of_tests() -> dict[str, bytes]:
    """The apps among the files of Oozie's tests: name -> content."""
    with zipfile.ZipFile(_jar()) as jar:
        files = {name: jar.read(name) for name in sorted(jar.namelist()) if name.endswith(".xml")}
    return {name: data for name, data in files.items() if kind_of(data)}


def files_of_examples() -> dict[str, bytes]:
    """The apps of Oozie's examples, where its source is at hand."""
    if not os.environ.get(SOURCE):
        return {}
    apps = Path(os.environ[SOURCE]) / "examples" / "src" / "main" / "apps"
    return {f"{EXAMPLES}{path.relative_to(apps)}": path.read_bytes() for path in sorted(apps.rglob("*.xml"))}


def our_files(folder: str) -> dict[str, bytes]:
    """The apps in RESTATED or in PARSER."""
    return {f"{folder}{path.name}": path.read_bytes() for path in sorted((HERE / folder).glob("*.xml"))}


def all_files() -> dict[str, bytes]:
    """Every file that is at hand or can be fetched."""
    return {**files_of_tests(), **files_of_examples(), **our_files(RESTATED), **our_files(PARSER)}


def can_fetch() -> bool:
    """Whether the jar is there, or Maven to fetch it."""
    return _place().is_file() or shutil.which("mvn") is not None


def _place() -> Path:
    cache = Path(os.environ.get("HOWDAH_CACHE") or Path.home() / ".cache" / "howdah")
    return cache / _JAR


def _jar() -> Path:
    """The jar of Oozie's tests, fetched once into HOWDAH_CACHE, and whole."""
    place = _place()
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{_JAR}-") as folder:
            artifact = "-Dartifact=org.apache.oozie:oozie-core:5.2.1:jar:tests"
            subprocess.run(["mvn", "-q", "-B", "-ntp", _COPY, artifact, f"-DoutputDirectory={folder}"], check=True)
            (Path(folder) / _JAR).rename(place)
    wrong = list(differences(f"in {place.parent}", {_JAR: of_file(place)}, {_JAR: _PINNED}))
    if wrong:
        raise ValueError(f"{wrong[0]}; delete it, and it is fetched again")
    return place
