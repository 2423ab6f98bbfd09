"""The Oozie app nightly-orders, imported: `howdah generate` writes the same again."""

from generator.cluster_actions import java
from generator.declare import (
    credential,
    decide,
    email,
    every,
    fs,
    handle,
    hive2,
    kill,
    op,
    parallel,
    retry,
    shell,
    sqoop,
    when,
)
from generator.verbatim import (
    app,
    as_is,
    controls,
    coordinator_app,
    data_in,
    dataset,
    goto,
    places,
    shared,
    sla,
    workflow_app,
)

NIGHTLY_ORDERS = app(
    workflow_app(
        "nightly-orders",
        decide("any-orders", when("${fs:exists(concat(inputDir, '/_SUCCESS'))}"), otherwise=goto("end")),
        fs(
            "prepare",
            op("delete", path="${nameNode}/user/shop/nightly/${day}"),
            op("mkdir", path="${nameNode}/user/shop/nightly/${day}"),
        ),
        sqoop(
            "import",
            command="import --connect ${jdbcUrl} --table orders --target-dir /user/shop/nightly/${day}/orders -m 4",
            retry=retry(times=3, minutes=5),
        ),
        parallel(
            hive2(
                "report",
                script="report.hql",
                params={"DAY": "${day}", "INPUT": "/user/shop/nightly/${day}/orders"},
                credentials="hs2",
            ).but(
                sla=sla(nominal_time="${nominalTime}", should_end="${30 * MINUTES}", alert_contact="shop@example.org"),
            ),
            [
                shell(
                    "count",
                    command="count.sh",
                    arguments=["${day}"],
                    files=[as_is("scripts/count.sh#count.sh")],
                    capture_output=True,
                    on_error=goto("worked"),
                ),
                decide(
                    "enough",
                    when(
                        "${wf:actionData('count')['rows'] lt 100}",
                        email(
                            "few",
                            to="shop@example.org",
                            subject="Few orders on ${day}",
                            body="Only ${wf:actionData('count')['rows']} rows.",
                            on_error="continue",
                        ),
                    ),
                ),
            ],
            name="work",
            join="worked",
        ),
        java(
            "publish",
            main_class="org.example.Publish",
            java_opts="-Xmx512m",
            args=["--day", "${day}"],
            on_error=handle(
                fs("undo", op("delete", path="${nameNode}/user/shop/published/${day}"), on_error="continue"),
                then=kill("The report of ${day} could not be published.", name="not-published"),
            ),
        ),
        schema="0.5",
        schemas={"email": "0.1", "hive2": "0.1"},
        parameters={"queueName": "default", "day": None},
        shared=shared(configuration={"mapred.job.queue.name": "${queueName}"}),
        credentials=[
            credential(
                "hs2",
                "hive2",
                {"hive2.jdbc.url": "${hiveUrl}", "hive2.server.principal": "hive/_HOST@EXAMPLE.ORG"},
            ),
        ],
        each_action=places(job_tracker="${jobTracker}", name_node="${nameNode}"),
        fail=[
            email(
                "tell",
                to="ops@example.org",
                subject="nightly-orders failed",
                body="${wf:errorMessage(wf:lastErrorNode())}",
            ),
            kill("${wf:lastErrorNode()} failed.", name="failed"),
        ],
    ),
    coordinator_app(
        "nightly-orders-coord",
        frequency=every(days=1),
        start="${start}",
        end="${end}",
        timezone="Europe/Berlin",
        app_path="${appPath}",
        schema="0.4",
        configuration={
            "inputDir": "${coord:dataIn('input')}",
            "day": "${coord:formatTime(coord:nominalTime(), 'yyyy-MM-dd')}",
            "nominalTime": "${coord:nominalTime()}",
        },
        controls=controls(timeout="120", execution="LAST_ONLY"),
        datasets=[
            dataset(
                "orders",
                "${nameNode}/raw/orders/${YEAR}-${MONTH}-${DAY}",
                frequency=every(days=1),
                initial_instance="2015-01-01T00:00Z",
                timezone="Europe/Berlin",
            ),
        ],
        inputs=[data_in("input", "orders", "${coord:current(-1)}")],
    ),
    properties={
        "nameNode": "hdfs://nn1:8020",
        "jobTracker": "rm1:8032",
        "queueName": "nightly",
        "hiveUrl": "jdbc:hive2://hive1:10000/default",
        "jdbcUrl": "jdbc:mysql://db1/shop",
        "appPath": "${nameNode}/apps/nightly-orders",
        "start": "2016-01-01T02:00Z",
        "end": "2030-01-01T02:00Z",
        "oozie.use.system.libpath": "true",
        "oozie.coord.application.path": "${appPath}",
    },
    files=["config-default.xml", "lib/", "scripts/"],
)
