"""The cache: what is fetched is checked, whole, and fetched once. Maven is a program that a test wrote."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.stack import checksums, fetching
from storage.errors import HowdahError

_MAVEN = """\
#!{python}
import os, pathlib, shutil, sys
options = dict(each[2:].split("=", 1) for each in sys.argv if each.startswith("-D"))
names = sys.argv[sys.argv.index("--projects") + 1].split(",")
pathlib.Path({calls!r}).open("a").write(" ".join(names) + "\\n")
assert pathlib.Path(sys.argv[sys.argv.index("--file") + 1]).is_file()
for name in names:
    shutil.copytree(pathlib.Path({registry!r}) / name, pathlib.Path(options["howdah.output"]) / name)
{then}
"""


@pytest.fixture
def registry(tmp_path):
    """What stands at Maven Central, with archives that must be unpacked."""
    folder = tmp_path / "registry"
    for name in fetching.ALL:
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}-1.jar").write_bytes(name.encode())
    with zipfile.ZipFile(folder / "hadoop" / "hadoop-hdfs-1-tests.jar", "w") as jar:
        jar.writestr("webapps/hdfs/index.html", "pages")
        jar.writestr("org/Test.class", "no")
    with zipfile.ZipFile(folder / "oozie" / "oozie-webapp-1.war", "w") as war:
        for name in ("index.jsp", "WEB-INF/web.xml", "WEB-INF/lib/oozie-core-1.jar", "META-INF/MANIFEST.MF"):
            war.writestr(name, name)
    return folder


@pytest.fixture
def calls(tmp_path, monkeypatch, registry):
    """The calls of Maven, one a line; the checksums are those of the registry."""
    checksums.write(tmp_path / "checksums.lock", {name: checksums.compute(registry / name) for name in fetching.ALL})
    make_maven(tmp_path, registry)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path / "calls"


def make_maven(folder, registry, then=""):
    program = folder / "bin" / "mvn"
    program.parent.mkdir(exist_ok=True)
    program.write_text(
        _MAVEN.format(python=sys.executable, calls=str(folder / "calls"), registry=str(registry), then=then)
    )
    program.chmod(0o755)


def fetch(folder, *names):
    told: list[str] = []
    return fetching.distributions(folder / "cache", names, Path("/jdk"), told.append, folder / "checksums.lock"), told


def test_everything_is_fetched_by_one_call_and_laid_out(tmp_path, calls):
    found, told = fetch(tmp_path, *fetching.ALWAYS)

    assert calls.read_text() == "hadoop oozie sqoop\n"
    assert told == ["fetching hadoop, oozie, sqoop from Maven Central"]
    assert (found["sqoop"] / "jars" / "sqoop-1.jar").read_text() == "sqoop"
    assert (found["hadoop"] / "web" / "webapps" / "hdfs" / "index.html").read_text() == "pages"
    assert not (found["hadoop"] / "web" / "org").exists()
    assert sorted(path.name for path in (found["hadoop"] / "jars").iterdir()) == ["hadoop-1.jar"]
    war = found["oozie"] / "war"
    assert sorted(path.relative_to(war).as_posix() for path in war.rglob("*")) == [
        "lib", "lib/oozie-core-1.jar", "webapp", "webapp/WEB-INF", "webapp/index.jsp",
    ]  # fmt: skip
    assert [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")] == []


def test_what_lies_there_is_not_fetched_again(tmp_path, calls):
    first, _ = fetch(tmp_path, "hadoop", "sqoop")
    calls.unlink()

    second, told = fetch(tmp_path, "hadoop", "sqoop")

    assert (first, told, calls.exists()) == (second, [], False)
    assert fetching.missing(tmp_path / "cache", fetching.ALL, tmp_path / "checksums.lock") == ["oozie", "hive"]


def test_the_room_that_a_fetch_takes(tmp_path):
    pins = tmp_path / "checksums.lock"
    sizes = {"hadoop": 300 << 20, "oozie": 0, "sqoop": 10 << 20, "hive": 1 << 30}
    checksums.write(pins, {name: {f"{name}.jar": checksums.Pinned("0", size)} for name, size in sizes.items()})

    assert fetching.room_mb(["hadoop", "sqoop"], pins) == 720
    assert fetching.room_mb([], pins) == 0
    assert fetching.spark_room_mb(tmp_path) == 450


def test_only_what_is_missing_is_fetched(tmp_path, calls):
    fetch(tmp_path, "hadoop")
    fetch(tmp_path, "hadoop", "hive")

    assert calls.read_text().splitlines() == ["hadoop", "hive"]


def test_a_file_that_is_not_the_pinned_one_is_named_and_nothing_is_kept(tmp_path, calls, registry):
    (registry / "sqoop" / "sqoop-1.jar").write_bytes(b"sqooq")

    with pytest.raises(HowdahError, match=r"H725 'sqoop-1.jar' from Maven Central is not the pinned file: SHA-256"):
        fetch(tmp_path, "sqoop")

    # Maven's own repository has gone too: it would give the same file again.
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def test_a_file_that_was_altered_in_the_cache_is_named_and_fetched_again(tmp_path, calls):
    found, _ = fetch(tmp_path, "hadoop", "sqoop")
    jar = found["hadoop"] / "jars" / "hadoop-1.jar"
    jar.write_bytes(b"")

    again, told = fetch(tmp_path, "hadoop", "sqoop")

    assert told == [
        f"'hadoop-1.jar' in {found['hadoop']} is not the pinned file: 0 bytes, pinned is 6",
        "fetching hadoop from Maven Central",
    ]
    assert (again, jar.read_text()) == (found, "hadoop")
    assert calls.read_text().splitlines() == ["hadoop sqoop", "hadoop"]
    assert [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")] == []


def test_what_was_altered_stays_until_there_is_another(tmp_path, calls, registry):
    found, _ = fetch(tmp_path, "sqoop")
    (found["sqoop"] / "jars" / "sqoop-1.jar").write_bytes(b"sqooq")
    make_maven(tmp_path, registry, "sys.exit(1)")

    with pytest.raises(CommandError, match="H724"):
        fetch(tmp_path, "sqoop")

    assert (found["sqoop"] / "jars" / "sqoop-1.jar").read_bytes() == b"sqooq"


def test_an_archive_that_has_gone_from_the_cache_is_named_and_fetched_again(tmp_path, calls):
    found, _ = fetch(tmp_path, "oozie")
    archive = found["oozie"] / "archives" / "oozie-webapp-1.war"
    archive.unlink()

    _, told = fetch(tmp_path, "oozie")

    assert told[0] == f"'oozie-webapp-1.war' is missing in {found['oozie']}"
    assert archive.is_file()


def test_other_checksums_are_another_folder(tmp_path, calls, registry):
    first, _ = fetch(tmp_path, "sqoop")
    (registry / "sqoop" / "sqoop-1.jar").write_bytes(b"new")
    checksums.write(tmp_path / "checksums.lock", {"sqoop": checksums.compute(registry / "sqoop")})

    second, _ = fetch(tmp_path, "sqoop")

    assert first != second
    assert (second["sqoop"] / "jars" / "sqoop-1.jar").read_bytes() == b"new"


def test_a_maven_that_fails_says_why(tmp_path, calls, registry):
    said = (
        "[INFO] x\\n[ERROR] Some problems\\n\\x1b[1m[ERROR] Could not transfer a: Unknown host b\\x1b[0m\\n[ERROR] help"
    )
    make_maven(tmp_path, registry, f'print("{said}"); sys.exit(1)')

    with pytest.raises(CommandError) as caught:
        fetch(tmp_path, "sqoop")

    assert str(caught.value) == "H724 Maven could not fetch: [ERROR] Could not transfer a: Unknown host b"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def test_a_fetch_that_is_killed_leaves_nothing_that_is_taken_for_whole(tmp_path, calls, registry):
    make_maven(tmp_path, registry, "os.kill(os.getppid(), 9)")
    code = textwrap.dedent(f"""
        from pathlib import Path
        from howdah.stack import fetching
        folder = Path({str(tmp_path)!r})
        fetching.distributions(folder / "cache", ["sqoop"], Path("/jdk"), print, folder / "checksums.lock")
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -9
    assert [path.name for path in (tmp_path / "cache").glob(".part-*/*")]
    assert fetching.missing(tmp_path / "cache", ["sqoop"], tmp_path / "checksums.lock") == ["sqoop"]

    make_maven(tmp_path, registry)
    fetch(tmp_path, "sqoop")

    assert [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")] == []


def test_a_disk_that_is_full_is_another_matter_than_a_network_that_is_away(tmp_path, calls, registry):
    make_maven(tmp_path, registry, 'print("[ERROR] Error copying artifact: No space left on device"); sys.exit(1)')

    with pytest.raises(CommandError) as caught:
        fetch(tmp_path, "sqoop")

    assert caught.value.diagnostics[0].hint == "make room, or take another disk: HOWDAH_CACHE=DIR"


def test_a_cache_that_cannot_be_made_says_how_to_choose_another(tmp_path):
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(CommandError, match=r"H723 the cache cannot be .*: File exists") as caught:
        fetching.distributions(tmp_path / "cache", ["sqoop"], Path("/jdk"), lambda _: None)

    assert caught.value.diagnostics[0].hint == "choose another one: HOWDAH_CACHE=DIR"


def test_the_cache_is_where_the_environment_says():
    assert fetching.cache_folder({"HOWDAH_CACHE": "/c", "XDG_CACHE_HOME": "/x"}) == Path("/c/stack")
    assert fetching.cache_folder({"XDG_CACHE_HOME": "/x"}) == Path("/x/howdah/stack")
    assert fetching.cache_folder({}) == Path.home() / ".cache/howdah/stack"


@pytest.mark.slow
def test_the_agent_listens_on_the_loopback_for_a_program_that_names_no_address(tmp_path):
    from howdah.stack.prerequisites import Machine

    jdk = Machine().find_jdk()
    if jdk is None:
        pytest.skip("no JDK 17 on this machine")
    agent = fetching.loopback_agent(tmp_path, jdk, lambda _: None)
    (tmp_path / "Any.java").write_text(_LISTENS)

    said = subprocess.run(
        [jdk / "bin" / "java", "-XX:TieredStopAtLevel=1", f"-javaagent:{agent}", tmp_path / "Any.java"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    # As /proc/net/tcp has it: the loopback, or the loopback as an IPv6 address.
    assert set(said.split()) <= {"0100007F", "0000000000000000FFFF00000100007F"}
    assert len(said.split()) == 4
    assert fetching.loopback_agent(tmp_path, jdk, lambda _: None) == agent


_LISTENS = """
import java.net.*;
import java.nio.channels.*;
import java.nio.file.*;

public class Any {
    public static void main(String[] arguments) throws Exception {
        ServerSocket one = new ServerSocket(0);
        ServerSocketChannel two = ServerSocketChannel.open();
        two.bind(null);
        ServerSocketChannel three = ServerSocketChannel.open();
        three.bind(new InetSocketAddress("0.0.0.0", 0));
        ServerSocket four = new ServerSocket();
        four.bind(new InetSocketAddress(InetAddress.getByName("::"), 0));
        int[] ports = {
            one.getLocalPort(), ((InetSocketAddress) two.getLocalAddress()).getPort(),
            ((InetSocketAddress) three.getLocalAddress()).getPort(), four.getLocalPort(),
        };
        for (String table : new String[] {"tcp", "tcp6"}) {
            for (String line : Files.readAllLines(Path.of("/proc/net/" + table))) {
                String[] fields = line.trim().split("\\\\s+");
                for (int port : ports) {
                    if (fields[1].endsWith(String.format(":%04X", port)) && fields[3].equals("0A")) {
                        System.out.println(fields[1].split(":")[0]);
                    }
                }
            }
        }
    }
}
"""


def test_the_poms_are_copied_without_what_is_not_theirs(tmp_path, calls, registry):
    make_maven(
        tmp_path, registry,
        'print(sorted(p.name for p in pathlib.Path(options["howdah.output"], "poms").iterdir())); sys.exit(1)',
    )  # fmt: skip
    with pytest.raises(CommandError) as caught:
        fetch(tmp_path, "sqoop")

    assert "['hadoop', 'hive', 'oozie', 'pom.xml', 'sqoop']" in str(caught.value)
