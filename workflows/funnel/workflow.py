"""The article's chain: the web shop's hits from the database, a report on them, and a model trained from them.

A failed import tells the admin and stops; a failed report stops nothing; a failed training stops.
"""

from generator.declare import Schedule, alert, every, hive, spark, sqoop_import, workflow
from workflows.funnel.sample import FUNNEL as TABLE

RAW = "/user/rawzone/funnel-sqoop-toHDFS"

FUNNEL = workflow(
    "funnel",
    sqoop_import(
        "import-funnel",
        connect="${jdbcUrl}",
        username="${dbUser}",
        password_file="${passwordFile}",  # noqa: S106 - where it stands, not what it is
        table=TABLE.name,
        target_dir=RAW,
        delete_target_dir=True,
        fields_terminated_by="\t",
        mappers=1,
        on_error=alert("${adminEmail}"),
    ),
    hive(
        "summary-report",
        script="summary_report.hql",
        params={"input": "${nameNode}" + RAW, "output": "${nameNode}/user/refinedzone/funnel-report"},
        on_error="continue",
    ),
    spark(
        "train-model",
        application="jobs/train.py",
        args=(
            *("--input", "${nameNode}" + RAW),
            *("--columns", TABLE.spark_columns),
            *("--prepare", "jobs.sessions"),
            *("--label", "outcome"),
            *("--models", "${nameNode}/user/refinedzone/models"),
            *("--name", "funnel"),
            *("--description", "How will this visit end, judged by its first five hits?"),
            *("--run-id", "${wf:id()}"),
            *("--nominal-time", "${nominalTime}"),
        ),
    ),
    parameters={"database": "funnel_db"},
    schedule=Schedule(
        every(minutes=150),
        start="2026-01-01T00:00Z",
        end="2027-01-01T00:00Z",
        timezone="Asia/Bangkok",
        execution="LAST_ONLY",  # each run imports the whole table: one that was missed needs no making up for
    ),
)
