from __future__ import annotations

from generator.coordinator import lower_schedule, run_properties, schedule_properties
from generator.declare import DataInput, DataOutput, Dataset, Schedule, cron, every, shell, workflow
from generator.profiles import LOCAL
from oozie.language import model

SPAN = {"start": "2026-01-01T00:00Z", "end": "2027-01-01T00:00Z"}


def _lower(schedule: Schedule) -> model.Coordinator:
    return lower_schedule(workflow("w", shell("a", command="true"), schedule=schedule), schedule, LOCAL)


def test_a_plain_schedule_leaves_its_times_to_job_properties() -> None:
    schedule = Schedule(every(minutes=150), **SPAN, timezone="Asia/Bangkok")

    app = _lower(schedule)
    assert (app.name, app.frequency, app.start, app.end) == ("w", "${frequency}", "${start}", "${end}")
    assert app.configuration == (("nominalTime", "${coord:nominalTime()}"),)
    assert app.controls == model.Controls(concurrency="1", execution="FIFO")
    assert dict(schedule_properties(schedule)) == {**SPAN, "timezone": "Asia/Bangkok", "frequency": "150"}


def test_calendar_units_stand_in_the_xml() -> None:
    schedule = Schedule(every(days=1), **SPAN, timeout_minutes=-1, throttle=3, execution="LAST_ONLY", concurrency=2)

    app = _lower(schedule)
    assert app.frequency == "${coord:days(1)}"
    assert app.controls == model.Controls("-1", "2", "LAST_ONLY", "3")
    assert "frequency" not in dict(schedule_properties(schedule))


def test_cron_is_a_property() -> None:
    assert dict(schedule_properties(Schedule(cron("0 2 * * *"), **SPAN)))["frequency"] == "0 2 * * *"


def test_data_is_told_to_the_workflow_by_name() -> None:
    raw = Dataset("raw", "hdfs://n/raw/${YEAR}-${MONTH}-${DAY}", every(days=1), SPAN["start"], done_flag="")
    out = Dataset("out", "hdfs://n/out/${YEAR}", every(days=1), SPAN["start"])
    schedule = Schedule(
        every(days=1),
        **SPAN,
        inputs=(DataInput("today", raw), DataInput("week", raw, "${coord:current(-6)}", "${coord:current(0)}")),
        outputs=(DataOutput("result", out),),
    )

    app = _lower(schedule)
    assert [dataset.name for dataset in app.datasets] == ["raw", "out"]
    assert [dataset.done_flag for dataset in app.datasets] == ["", "_SUCCESS"]
    assert app.inputs[0].instances == ("${coord:current(0)}",)
    assert (app.inputs[1].start_instance, app.inputs[1].end_instance) == ("${coord:current(-6)}", "${coord:current(0)}")
    assert app.outputs == (model.DataEvent("result", "out", ("${coord:current(0)}",)),)
    assert dict(app.configuration)["week"] == "${coord:dataIn('week')}"
    assert dict(app.configuration)["result"] == "${coord:dataOut('result')}"
    assert run_properties(schedule) == ("nominalTime", "today", "week", "result")
