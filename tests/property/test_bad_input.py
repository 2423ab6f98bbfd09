"""What nobody means as an app: a code and a line for each, in bounded time and memory, and no traceback for anything.

``HOWDAH_FUZZ_EXAMPLES`` says how many damaged apps are put to the commands (100,000 take ten minutes and more).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from howdah.__main__ import COMMANDS, howdah
from storage.errors import HowdahError

TESTS = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("HOWDAH_FUZZ_EXAMPLES", "3000"))
HEAD = '<workflow-app xmlns="uri:oozie:workflow:0.5" name="w"><start to="end"/>'
TAIL = '<end name="end"/></workflow-app>'
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
MEMORY_BYTES = 1 << 30
TIMEOUT_S = 120  # a guard against what never ends


def named(name: str) -> bytes:
    return HEAD.replace('"w"', f'"{name}"').encode() + TAIL.encode()


# What is in the file -> the codes of Oozie, or ours, of which one must be said.
BAD: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "billion laughs": (lambda: f'<!DOCTYPE a [<!ENTITY l0 "x">{LAUGHS}]>{HEAD}&l9;{TAIL}'.encode(), {"E0700"}),
    "external entity": (lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + named("&x;"), {"E0702"}),
    "50 MB": (lambda: f"{HEAD}<!--{'x' * 50_000_000}-->{TAIL}".encode(), {"E0736", "H001"}),
    "10,000 levels": (lambda: b"<a>" * 10_000 + b"</a>" * 10_000, {"E0701"}),
    "10,000 levels of EL": (lambda: named("${" + "(" * 10_000 + "1" + ")" * 10_000 + "}"), {"E0803"}),
    "90,000 attributes": (
        lambda: named("w").replace(b"><start", b" " + b" ".join(b'a%d=""' % n for n in range(90_000)) + b"><start"),
        {"E0701"},
    ),
    "20,000 elements that nobody knows": (lambda: f"{HEAD}{'<hvie/>' * 20_000}{TAIL}".encode(), {"E0701"}),
    "bytes that are not UTF-8": (lambda: named("w").replace(b'"w"', b'"\xff\xfe"'), {"H003"}),
    "byte order mark": (lambda: b"\xef\xbb\xbf" + named("w"), {"E0701"}),
    "UTF-16": (lambda: named("w").decode().encode("utf-16"), {"E0701"}),
    "a null byte": (lambda: named("\0"), {"E0701"}),
    "no bytes": (lambda: b"", {"E0803"}),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_a_code_and_a_place_in_bounded_time_and_memory(what: str, tmp_path: Path) -> None:
    make, codes = BAD[what]
    (tmp_path / "workflow.xml").write_bytes(make())
    program = subprocess.run(
        [sys.executable, "-m", "howdah", "validate", str(tmp_path)],
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False, preexec_fn=limit_memory,
    )  # fmt: skip
    assert program.returncode == 1, program.stderr
    assert not program.stderr
    assert program.stdout.startswith(f"{tmp_path / 'workflow.xml'}\n")
    assert any(f"  {code}  " in program.stdout for code in codes), program.stdout[:1000]
    assert "Traceback" not in program.stdout


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def seeds() -> list[tuple[str, bytes]]:
    """App files of every kind that stand in the tests, by name and content."""
    files = [path for path in sorted(TESTS.rglob("*.xml")) if path.stat().st_size < 20_000]
    return [(path.name if path.name in APPS else "workflow.xml", path.read_bytes()) for path in files]


APPS = ("workflow.xml", "coordinator.xml", "bundle.xml", "config-default.xml")
# What reads an app and runs nothing: its words around the path.
READERS = (
    ("validate", "PATH"),
    ("validate", "--format", "json", "PATH"),
    ("nominal-times", "PATH", "--count", "3"),
    ("nominal-times", "FILE", "--format", "json"),
    ("plan", "PATH", "OLD"),
    ("plan", "OLD", "PATH", "--format", "json"),
    ("draw", "PATH", "-o", "OUT"),
    ("draw", "FILE", "-o", "-", "--format", "json"),
    ("explain", "PATH"),
    ("explain", "PATH", "--format", "json"),
    ("import", "PATH", "-o", "OUT"),
    ("import", "FILE", "-o", "OUT", "--format", "json"),
)
# One folder above: what starts it, if it is a coordinator.
BUNDLE = b"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><coordinator name="c">
<app-path>${nameNode}/app</app-path>
</coordinator></bundle-app>"""
TOKENS = st.sampled_from(
    [
        *(b"&#xD800;", b"\xff", b"\x00", b"\xef\xbb\xbf", b"\r\n", b"]]>", b"-->", b"0 0 L * ?"),
        *b"${ } < </ /> &amp; &#0; \" <![CDATA[ <!-- ${wf:conf('a')} ${coord:days(1)} 99999999999999999999 -1".split(),
        *b"2026-13-45T99:99Z to= name= xmlns= uri:oozie:workflow:1.0 uri:oozie:coordinator:0.5".split(),
    ]
)
EL_TOKENS = st.sampled_from(
    [
        "${replaceAll('aab', '",
        "(a+)+",
        "', '$1')}",
        "${",
        "}",
        "(",
        ")",
        "[",
        "]",
        "->",
        ".",
        ":",
        ";",
        ",",
        "?",
        " eq ",
        " div ",
        "1e400",
        "${wf:conf('x')",
        "${fs:exists('",
        "/user/[z-a]",
        "/*{",
        "toJsonStr({'a': 1})",
        "concat('a', ",
        "empty ",
        "-9223372036854775808",
        "\\",
        "'",
    ]
)
PLACES = st.floats(0, 1)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "cut", "copy", "swap"]), PLACES, PLACES, TOKENS | st.binary(max_size=4)),
    min_size=1,
    max_size=6,
)
ALL_SEEDS = seeds()


def damaged(data: bytes, change: tuple[str, float, float, bytes]) -> bytes:
    """``data`` after one change; the fractions are places in it."""
    kind, first, second, token = change
    start, end = sorted((int(first * len(data)), int(second * len(data))))
    end = min(end, start + 200)
    match kind:
        case "insert":
            return data[:start] + token + data[start:]
        case "cut":
            return data[:start] + data[end:]
        case "copy":
            return data[:end] + data[start:end] + data[end:]
        case _:
            return data[:start] + token + data[end:]


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        yield Path(place)


@pytest.mark.slow
@given(st.sampled_from(ALL_SEEDS), CHANGES, st.sampled_from(READERS), st.binary(max_size=60))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_damaged_app_brings_a_command_down(
    seed: tuple[str, bytes], changes: list[tuple[str, float, float, bytes]], words: tuple[str, ...], properties: bytes
) -> None:
    name, data = seed
    with folder() as place:
        for app in ("old", "app"):
            (place / app).mkdir()
            (place / app / name).write_bytes(data)
            for change in changes:
                data = damaged(data, change)
        (place / "bundle.xml").write_bytes(BUNDLE)
        (place / "app" / "job.properties").write_bytes(b"nameNode=hdfs://hw1:8020\n" + properties)
        paths = {"PATH": "app", "FILE": f"app/{name}", "OLD": "old", "OUT": "out"}
        called = [str(place / paths[word]) if word in paths else word for word in words]
        result = CliRunner().invoke(howdah, called)
    if result.exception is not None and not isinstance(result.exception, (SystemExit, HowdahError)):
        raise result.exception
    assert result.exit_code in (0, 1, 2)


@pytest.mark.slow
@given(
    st.lists(EL_TOKENS | TOKENS.map(lambda token: token.decode("latin-1")) | st.text(max_size=8), max_size=8).map(
        "".join
    )
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_expression_brings_the_command_down(text: str) -> None:
    result = CliRunner().invoke(howdah, ["el", "--", text])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, HowdahError)):
        raise result.exception


def test_the_commands_that_are_tried_exist() -> None:
    assert {words[0] for words in READERS} <= COMMANDS.keys()
