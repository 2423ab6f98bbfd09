"""Decisions: one that ends the job, one inside a fork, one that leads to another."""

from generator.declare import decide, kill, parallel, shell, when, workflow

BRANCHES = workflow(
    "branches",
    shell("count", command="count.sh", files=("count.sh",), capture_output=True),
    decide(
        "any-rows",
        when("${wf:actionData('count')['rows'] gt 0}", shell("score", command="true")),
        when("${force eq 'yes'}"),
        otherwise=kill("there is nothing to score"),
    ),
    parallel(
        decide("is-monday", when("${day eq 'mon'}", shell("weekly", command="true"))),
        shell("daily", command="true"),
    ),
    decide(
        "how",
        when(
            "${fs:exists(concat(nameNode, '/flags/slow'))}",
            decide("how-slow", when("${slow eq 'very'}", shell("slowest", command="true")), otherwise=()),
            shell("slow", command="true"),
        ),
        otherwise=(shell("fast", command="true"),),
    ),
    parameters={"force": "no", "day": None, "slow": "very"},
)
