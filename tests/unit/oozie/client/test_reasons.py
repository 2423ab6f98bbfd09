from __future__ import annotations

import time

import pytest

from oozie.client import OozieClient, WorkflowAction
from oozie.client.errors import YarnError
from oozie.client.reasons import Reason, telling_lines, why
from oozie.client.yarn import Yarn
from tests.oozie_rest import Answer, Recording, serving

STACK = "\tat org.apache.oozie.action.hadoop.LauncherAM.runActionMain(LauncherAM.java:412)\n\t... 16 more"
LAUNCHER = f"""\
java.lang.reflect.InvocationTargetException
{STACK}
Caused by: java.lang.SecurityException: Intercepted System.exit(2)
{STACK}
Intercepting System.exit(2)
Failing Oozie Launcher, Main Class [org.apache.oozie.action.hadoop.JavaMain], exit code [2]"""


def told(kind: str, *, stderr: str = "", stdout: str = "", syslog: str = "") -> tuple[str, list[str]]:
    logs = {"stderr": stderr, "stdout": stdout, "syslog": syslog}
    return telling_lines(kind, [(name, text.splitlines()) for name, text in logs.items()])


@pytest.mark.parametrize(
    ("scene", "action", "file", "expected"),
    [
        ("shell", "wake", "stderr", ["cannot reach the moon: no rocket"]),
        (
            "sqoop",
            "import",
            "stdout",
            [
                "Error executing statement: SQLSyntaxErrorException: Table 'funnel_db.not_there' doesn't exist",
                "Import failed: IOException: No columns to generate for ClassWriter",
            ],
        ),
        (
            "spark",
            "train",
            "stdout",
            [
                "AnalysisException: [PATH_NOT_FOUND] Path does not exist: "
                "hdfs://localhost:8020/user/root/oozie-rest/nothing-here.",
                "at job.py, line 5: return spark.read.csv(path).count()",
            ],
        ),
    ],
)
def test_the_real_logs_tell(scene: str, action: str, file: str, expected: list[str]) -> None:
    reason = reason_of(scene, action)

    assert reason is not None
    assert (reason.file, list(reason.lines)) == (file, expected)


def test_the_real_log_of_a_hive_script_tells_the_sql_error() -> None:
    """Oozie's own message for it is "exit code [2]"."""
    reason = reason_of("passed-over", "report")

    assert reason is not None
    assert "[TABLE_OR_VIEW_NOT_FOUND]" in reason.lines[0]
    assert "`funnel_that_is_not` cannot be found" in reason.lines[0]
    assert not any("\tat " in line or "'UnresolvedRelation" in line for line in reason.lines)


def test_of_a_spark_action_the_driver_tells_not_the_launcher() -> None:
    recording = Recording()
    with serving(recording) as server, OozieClient(server.oozie) as client:
        (action,) = client.workflow(recording.jobs["spark"]).failures
        reason = reason_of("spark", "train")

    assert reason is not None
    assert reason.application == action.external_child_ids[0].replace("job", "application")


def reason_of(scene: str, name: str) -> Reason | None:
    recording = Recording()
    with serving(recording) as server, OozieClient(server.oozie) as client:
        job = client.workflow(recording.jobs[scene])
        action = next(each for each in job.actions if each.name == name)
        with Yarn.near(action) as yarn:
            return why(action, yarn)


@pytest.mark.parametrize(
    ("kind", "logs", "expected"),
    [
        # PySpark's driver on YARN: its own lines are between Spark's, in stdout.
        (
            "driver",
            {
                "stdout": "2026-11-21 14:49:19,927 [Thread-7] INFO  org.apache.spark.SparkContext  - Running\n"
                "H604 there is no column 'outcome'\n      there are: a, b\n"
                "2026-11-21 14:49:22,746 [Driver] ERROR org.apache.spark.deploy.yarn.ApplicationMaster  - "
                "User application exited with status 1\n"
            },
            ["H604 there is no column 'outcome'", "      there are: a, b"],
        ),
        # What a script says is taken as it is, without what Java and log4j say around it.
        (
            "shell",
            {"stderr": f"WARNING: System::setSecurityManager\nls: no such file\nlog4j: x\n{STACK}"},
            ["ls: no such file"],
        ),
        (
            "shell",
            {"stdout": f"Stdoutput one\nStdoutput the disk is full\nExit code of the Shell command 3\n{LAUNCHER}"},
            ["one", "the disk is full"],
        ),
        (
            "java",
            {"stdout": f"{LAUNCHER}\nCaused by: java.lang.IllegalStateException: the till is shut\n{STACK}"},
            ["IllegalStateException: the till is shut"],
        ),
        (
            "map-reduce",
            {
                "syslog": "2026-11-21 12:29:14,612 ERROR [main] org.example.Job: no input\n"
                "2026-11-21 12:29:15,0 INFO [m] a.B: x"
            },
            ["no input"],
        ),
        (
            "pig",
            {"stderr": "2026-11-21 12:29:14,612 [main] ERROR org.apache.pig.tools.grunt.Grunt  - ERROR 1000: bad"},
            ["ERROR 1000: bad"],
        ),
        (
            "hive",
            {
                "stderr": "Logging initialized\n"
                "FAILED: SemanticException [Error 10001]: Line 1:14 Table not found 'x'\n\tat a.B"
            },
            ["FAILED: SemanticException [Error 10001]: Line 1:14 Table not found 'x'"],
        ),
        ("java", {"stdout": LAUNCHER}, []),
        ("spark", {}, []),
        # An error that is only the echo of another is not what is looked for.
        (
            "spark",
            {
                "stdout": "Traceback (most recent call last):\n"
                '  File "/x/a.py", line 2, in <module>\n    go()\nValueError: 7\n',
                "stderr": "2026-11-21 12:29:40,710 [Driver] ERROR o.a.ApplicationMaster  - "
                "User application exited with status 1",
            },
            ["ValueError: 7", "at a.py, line 2: go()"],
        ),
    ],
)  # fmt: skip
def test_telling_lines(kind: str, logs: dict[str, str], expected: list[str]) -> None:
    assert told(kind, **logs)[1] == expected


def test_of_a_traceback_the_last_place_that_is_the_users() -> None:
    log = """\
Traceback (most recent call last):
  File "/c/job.py", line 9, in <module>
    main()
  File "/c/job.py", line 5, in main
    frame.count()
    ^^^^^^^^^^^^^
  File "/c/pyspark.zip/pyspark/sql/dataframe.py", line 1240, in count
    return int(self._jdf.count())
py4j.protocol.Py4JJavaError: An error occurred while calling o42.count.
: org.apache.spark.SparkException: Job aborted

next"""

    assert told("spark", stdout=log) == (
        "stdout",
        [
            "Py4JJavaError: An error occurred while calling o42.count.",
            ": org.apache.spark.SparkException: Job aborted",
            "at job.py, line 5: frame.count()",
        ],
    )


def test_a_long_log_is_told_in_ten_lines_at_most() -> None:
    _, lines = told("shell", stderr="\n".join(f"line {number}" for number in range(500)))

    assert lines == [f"line {number}" for number in range(490, 500)]


def test_hollow_input_ends() -> None:
    """Lines that make a careless pattern try for minutes."""
    text = "a" * 200_000 + "\n" + "a." * 50_000 + "\n" + " " * 100_000 + "x\n" + "2026-11-21 12:00:00 " + "[" * 50_000

    for kind in ("shell", "java", "spark", "hive2", "sqoop"):
        told(kind, stderr=text, stdout=text, syslog=text)


def test_an_application_that_succeeded_is_not_asked() -> None:
    action = WorkflowAction("J@a", "a", "sqoop", "ERROR", external_id="application_1_2")
    app = '{"app": {"state": "FINISHED", "finalStatus": "SUCCEEDED"}}'

    def respond(asked: object) -> Answer:
        return Answer(body='{"appAttempts": {}}' if "appattempts" in str(asked) else app)

    with serving(respond) as server, Yarn(server.origin) as yarn:
        assert why(action, yarn) is None


def test_without_logs_what_yarn_says_of_the_application() -> None:
    action = WorkflowAction("J@a", "a", "java", "ERROR", external_id="application_1_2", error_message="exit code [1]")
    app = '{"app": {"state": "FAILED", "finalStatus": "FAILED", "diagnostics": "AM Container exited: out of memory"}}'

    def respond(asked: object) -> Answer:
        return Answer(body='{"appAttempts": {}}' if "appattempts" in str(asked) else app)

    with serving(respond) as server, Yarn(server.origin) as yarn:
        assert why(action, yarn) == Reason(("AM Container exited: out of memory",), application="application_1_2")


def test_an_application_that_is_forgotten_is_said() -> None:
    action = WorkflowAction("J@a", "a", "java", "ERROR", external_id="application_1_2")

    with (
        serving(lambda _: Answer(404, "{}")) as server,
        Yarn(server.origin) as yarn,
        pytest.raises(YarnError) as caught,
    ):
        why(action, yarn)
    assert caught.value.code == "H809"


@pytest.mark.parametrize("part", ["a.", "a.b ", "a", "a.a.A", "a.a.AError"])
@pytest.mark.parametrize("length", [1 << 18, 1900])
def test_long_lines_take_no_time(part: str, length: int) -> None:
    line = "Error: " + part * (length // len(part))
    text = "\n".join([line] * ((1 << 18) // length))
    began = time.process_time()
    found = [told(kind, stderr=text, stdout=text, syslog=text)[1] for kind in ("hive2", "shell", "java")]

    assert time.process_time() - began < 1
    assert max(len(line) for lines in found for line in lines) <= 2000


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("java.lang.RuntimeException: no", "RuntimeException: no"),
        ("at once (java.io.IOException)", "at once (IOException)"),
        ("from x.java.lang.Other", "from x.java.lang.Other"),
    ],
)
def test_an_exception_goes_by_its_simple_name(said: str, shown: str) -> None:
    assert told("java", stdout=f"Caused by: {said}") == ("stdout", [shown])
