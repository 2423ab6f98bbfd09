"""Forks in forks, with steps that may fail without stopping their siblings."""

from generator.declare import parallel, shell, workflow

CHECKPOINTS = workflow(
    "checkpoints",
    shell("prepare", command="true"),
    parallel(
        [shell("left", command="true", on_error="continue"), shell("left-after", command="true")],
        parallel(
            shell("middle", command="true", on_error="continue"),
            [shell("right", command="true"), shell("right-after", command="true", on_error="continue")],
        ),
        name="sides",
    ),
    parallel(shell("upload", command="true"), shell("report", command="true", on_error="continue")),
    shell("tidy", command="true"),
)
