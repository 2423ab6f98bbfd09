"""What is said when the machine lacks something: one command that installs it."""

from __future__ import annotations

import os
import re

import pytest

from howdah.stack.fetching import SOURCES
from howdah.stack.prerequisites import Machine
from storage.errors import HowdahError

_PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb", "mvn")


def make_program(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("")
        (folder / name).chmod(0o755)


def make_java(home, version, *tools):
    make_program(home / "bin", *tools)
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.fixture
def machine(tmp_path):
    """A machine that has only what a test gives it."""
    make_program(tmp_path / "system", "apt-get", *_PROGRAMS)
    make_java(tmp_path / "jvms" / "java-17", "17.0.15", "java", "javac")
    return tmp_path


def of(folder, **environment):
    return Machine(environment, folder / "jvms", str(folder / "system"))


def check(machine, *, maven=True, **environment):
    return of(machine, **environment).check(maven=maven)


def test_everything_is_there(machine):
    assert check(machine) == machine / "jvms" / "java-17"


def test_java_home_wins(machine):
    own = make_java(machine / "own", "17.0.1", "java", "javac")

    assert check(machine, JAVA_HOME=str(own)) == own


def test_a_java_home_that_does_not_fit_is_passed_over(machine):
    make_java(machine / "own", "25", "java", "javac")

    assert check(machine, JAVA_HOME=str(machine / "own")) == machine / "jvms" / "java-17"


def test_the_java_on_path_comes_before_the_systems(machine):
    home = make_java(machine / "path-jdk", "17", "java", "javac")
    (machine / "system" / "java").symlink_to(home / "bin" / "java")

    assert check(machine) == home


@pytest.mark.parametrize(
    ("version", "tools", "found"),
    [("25.0.1", ("java", "javac"), "(only Java 25)"), ("1.8.0_292", ("java", "javac"), "(only Java 8)"),
     ("17.0.15", ("java",), "(only Java 17)")],
)  # fmt: skip
def test_no_fitting_jdk(machine, version, tools, found):
    home = machine / "jvms" / "java-17"
    for file in (home / "bin").iterdir():
        file.unlink()
    make_java(home, version, *tools)

    with pytest.raises(HowdahError) as caught:
        check(machine)

    (wrong,) = caught.value.diagnostics
    assert str(wrong) == f"H721 the stack needs a JDK 17, with javac, and none is found {found}"
    assert wrong.hint.endswith("apt-get install -y openjdk-17-jdk-headless")


def test_several_things_are_one_command(machine):
    (machine / "system" / "mvn").unlink()
    (machine / "system" / "mariadbd").unlink()
    (machine / "jvms" / "java-17" / "release").unlink()

    with pytest.raises(HowdahError) as caught:
        check(machine)

    assert [each.message for each in caught.value.diagnostics] == [
        "the stack needs a JDK 17, with javac, and none is found",
        "Maven, which fetches Hadoop and Oozie, is not installed (no mvn)",
        "MariaDB is not installed (no mariadbd)",
    ]
    assert [each.hint for each in caught.value.diagnostics[:-1]] == ["", ""]
    hint = caught.value.diagnostics[-1].hint
    assert hint.endswith("apt-get install -y openjdk-17-jdk-headless maven mariadb-server")
    assert hint.startswith("sudo ") == (os.geteuid() != 0)


def test_maven_is_needed_for_a_fetch_only(machine):
    (machine / "system" / "mvn").unlink()

    assert check(machine, maven=False)


def test_another_system_has_another_command(machine):
    (machine / "system" / "apt-get").rename(machine / "system" / "dnf")

    command = of(machine).install_command(["java", "mariadb"])

    assert command.endswith("dnf install -y java-17-openjdk-devel mariadb-server")


def test_a_users_path_comes_first(machine):
    make_program(machine / "mine", "mvn")

    assert of(machine, PATH=str(machine / "mine")).find_program("mvn") == str(machine / "mine" / "mvn")


def test_a_program_that_is_missing_says_how_to_get_it(machine):
    (machine / "system" / "mvn").unlink()

    with pytest.raises(HowdahError, match="H721 mvn is not installed") as caught:
        of(machine).require("mvn", "maven")
    assert caught.value.diagnostics[0].hint.endswith("apt-get install -y maven")


def test_the_image_has_what_a_machine_must_have(machine):
    """Besides Python, certificates, and what Hadoop's scripts and a person ask processes and ports with."""
    text = (SOURCES.parent / "Dockerfile").read_text()
    found = re.search(r"apt-get install --yes --no-install-recommends([^&]+)&&", text)
    assert found
    installed = set(found[1].replace("\\", " ").split())

    wanted = set(of(machine).install_command(["java", "maven", "mariadb"]).partition(" install -y ")[2].split())

    assert installed == wanted | {"ca-certificates", "iproute2", "procps", "python3", "python3-venv"}
