"""Where an app runs, as values: the properties of job.properties, and which schemas the Oozie there knows.

A workflow's folder may hold a ``profiles.py`` with further ones::

    from generator.profiles import HDP

    STAGING = HDP.but("staging", nameNode="hdfs://staging:8020", master="yarn")
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Group:
    """Properties that belong together, with the comment above them in job.properties.

    A property with None is one that this place has not: the option that would need it (``--username ${dbUser}``) is
    left out.
    """

    comment: str
    properties: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Profile:
    """One place to run at; ``schemas`` maps ``workflow``, ``coordinator`` and action types to versions.

    ``folder`` is where apps are put, each below its own name. Spark actions whose master is ``${master}`` get
    ``spark_mode`` beside it, where the master does not say the mode itself, and those settings of ``spark_conf`` that
    they do not make themselves. A property ``hiveUrl`` makes hive actions hive2 actions.
    """

    name: str
    groups: tuple[Group, ...]
    schemas: tuple[tuple[str, str], ...]
    folder: str = "/user/refinedzone"
    spark_mode: str = ""
    spark_conf: tuple[tuple[str, str], ...] = ()

    @property
    def properties(self) -> dict[str, str | None]:
        """Every property, in order."""
        return {name: value for group in self.groups for name, value in group.properties}

    def schema(self, kind: str) -> str:
        """The version of the schema for ``kind``. Raises: KeyError for what this place has not."""
        return dict(self.schemas)[kind]

    def but(self, name: str = "", /, **properties: str | None) -> Profile:
        """The same place with other values; new properties come last."""
        known = self.properties
        groups = tuple(
            replace(group, properties=tuple((key, properties.get(key, value)) for key, value in group.properties))
            for group in self.groups
        )
        added = tuple((key, value) for key, value in properties.items() if key not in known)
        if added:
            groups += (Group("Further properties.", added),)
        return replace(self, name=name or self.name, groups=groups)


# The schemas of Oozie 4.3.1, which HDP 3.1 has; every later Oozie takes them too.
OOZIE_4_3 = (
    ("workflow", "0.5"),
    ("coordinator", "0.4"),
    ("distcp", "0.2"),
    ("email", "0.2"),
    ("hive", "0.6"),
    ("hive2", "0.2"),
    ("shell", "0.3"),
    ("spark", "0.2"),
    ("sqoop", "0.4"),
    ("ssh", "0.2"),
)
OOZIE_5 = (*OOZIE_4_3, ("git", "1.0"))

LOCAL = Profile(
    name="local",
    groups=(
        Group(
            "This machine: every hdfs:// path lies in one folder, the HDFS root of `howdah run`.",
            (("nameNode", "hdfs://local"), ("jobTracker", "local"), ("queueName", "default")),
        ),
        Group("Spark: all cores of this machine.", (("master", "local[*]"),)),
        Group(
            "The source database of the imports. `howdah demo` sets its own with --set jdbcUrl=...",
            (("jdbcUrl", "jdbc:sqlite:${database}.sqlite"), ("dbUser", None), ("passwordFile", None)),
        ),
        Group(
            "Who is told when a job fails: here the mail becomes a file in the outbox folder.",
            (("adminEmail", "admin@localhost"),),
        ),
    ),
    schemas=OOZIE_5,
)

_HDP_HOST = "hw1.c.all-ih.internal"

HDP = Profile(
    name="hdp",
    groups=(
        Group(
            "The cluster: HDFS, YARN's ResourceManager (jobTracker is Oozie's older word), and the queue of all jobs.",
            (("nameNode", f"hdfs://{_HDP_HOST}:8020"), ("jobTracker", f"{_HDP_HOST}:8050"), ("queueName", "daily")),
        ),
        Group(
            "Libraries: Oozie's share lib, and a folder of one's own with the JDBC driver of the source database.",
            (("oozie.use.system.libpath", "true"), ("oozie.libpath", "/user/oozielib")),
        ),
        Group(
            "Spark: yarn-cluster is how Spark 2 (HDP 3.1) may say master yarn in cluster mode; Spark 3 and later take\n"
            'only the long form: a profile with master=yarn and spark_mode="cluster".',
            (("master", "yarn-cluster"),),
        ),
        Group("HiveServer2, which runs the scripts.", (("hiveUrl", f"jdbc:hive2://{_HDP_HOST}:10000/default"),)),
        Group(
            "The source database of the imports. The password stands in a file that only the job's user can read:\n"
            "  printf %s PASSWORD | hdfs dfs -put - FILE && hdfs dfs -chmod 400 FILE",
            (
                ("jdbcUrl", "jdbc:mysql://hw4.c.all-ih.internal:3306/${database}"),
                ("dbUser", "howdah"),
                ("passwordFile", "${nameNode}/user/hdfs/${database}.password"),
            ),
        ),
        Group("Who is told when a job fails.", (("adminEmail", "admin@all-ih.internal"),)),
    ),
    schemas=OOZIE_4_3,
)

# What `howdah stack up` starts on one machine, at its usual ports; `howdah demo --stack` puts in the real ones.
STACK = Profile(
    name="stack",
    groups=(
        Group(
            "The real stack on this machine (`howdah stack up`): HDFS, YARN's ResourceManager, and its one queue.",
            (("nameNode", "hdfs://localhost:8020"), ("jobTracker", "localhost:8032"), ("queueName", "default")),
        ),
        Group(
            "Libraries: Oozie's share lib has the JDBC drivers and MLlib too.", (("oozie.use.system.libpath", "true"),)
        ),
        Group(
            "Spark 3 on YARN: the mode is said apart. The Python of drivers and executors has to have numpy.",
            (("master", "yarn"), ("sparkPython", "python3")),
        ),
        Group("HiveServer2, which runs the scripts.", (("hiveUrl", "jdbc:hive2://localhost:10010/default"),)),
        Group(
            "The source database of the imports. The password stands in a file that only the job's user can read:\n"
            "  printf %s PASSWORD | hdfs dfs -put - FILE && hdfs dfs -chmod 400 FILE",
            (
                ("jdbcUrl", "jdbc:mysql://127.0.0.1:33071/${database}"),
                ("dbUser", "funnel"),
                ("passwordFile", "${nameNode}/user/oozielib/source.password"),
            ),
        ),
        Group("Who is told when a job fails.", (("adminEmail", "admin@localhost"),)),
    ),
    schemas=OOZIE_5,
    spark_mode="cluster",
    # Sample data on two cores: one small executor starts at once, and beside it there is room for Oozie's launcher.
    # One attempt: what fails here fails again, and is told sooner.
    spark_conf=(
        ("spark.pyspark.python", "${sparkPython}"),
        ("spark.yarn.maxAppAttempts", "1"),
        ("spark.executor.instances", "1"),
        ("spark.executor.cores", "2"),
        ("spark.executor.memory", "640m"),
        ("spark.executor.memoryOverhead", "256m"),
        ("spark.driver.memory", "640m"),
        ("spark.driver.memoryOverhead", "256m"),
        ("spark.sql.shuffle.partitions", "4"),
    ),
)

PROFILES = (LOCAL, HDP, STACK)
