"""Everything that can become of an error: retries, a message of its own, mails, handlers, credentials."""

from generator.declare import alert, credential, email, handle, hive2, kill, retry, shell, spark, workflow

RECOVERY = workflow(
    "recovery",
    shell("often", command="true", retry=retry(times=3, minutes=5)),
    shell("patient", command="true", retry=retry(times=2, policy="exponential"), on_error=kill("patience is over")),
    hive2("secured", query="SELECT 1", credentials="hs2", on_error=alert("${adminEmail}", then="continue")),
    spark(
        "train",
        application="train.py",
        conf={"spark.executor.extraJavaOptions": "-Da=1 -Db=2"},
        on_error=handle(
            shell("undo", command="true"),
            email("tell", to="${adminEmail}", subject="undone", body="<b>${wf:id()}</b> & more", on_error="continue"),
            then="continue",
        ),
    ),
    shell("last", command="true", on_error=shell("clean", command="true")),
    credentials=(
        credential("hs2", "hive2", {"hive2.jdbc.url": "${hiveUrl}", "hive2.server.principal": "hive/_HOST@X"}),
    ),
)
