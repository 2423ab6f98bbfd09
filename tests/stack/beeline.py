"""Beeline, as a hive2 action starts it: the share lib's own."""

from __future__ import annotations

import subprocess

from howdah.stack import fetching, sharelib
from howdah.stack.addresses import Addresses
from howdah.stack.prerequisites import Machine
from howdah.stack.stack import assemble

_LIMIT_S = 300


def beeline(addresses: Addresses, *statements: str) -> list[str]:
    """What ``statements`` answer, a word a column."""
    java_home = Machine().find_jdk()
    assert java_home
    software = assemble(fetching.cache_folder(), fetching.ALWAYS, java_home, lambda _: None)
    jars = [*map(str, sharelib.collect(software)["hive2"]), f"{software.hadoop / fetching.JARS}/*"]
    done = subprocess.run(
        [software.java, "-XX:TieredStopAtLevel=1", "-cp", ":".join(jars), "org.apache.hive.beeline.BeeLine",
         "-u", addresses.hive_jdbc, "-n", addresses.user, "--silent=true", "--outputformat=tsv2", "--showHeader=false",
         "-e", ";".join(statements) + ";"],
        text=True, capture_output=True, check=False, timeout=_LIMIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
