"""The coordinator of a declaration: when its workflow runs, on which data, and what it is told of that."""

from __future__ import annotations

from generator.profiles import Profile
from generator.schedule import DataInput, DataOutput, Schedule
from generator.values import Workflow
from oozie.language import model

NOMINAL_TIME = "nominalTime"


def lower_schedule(declaration: Workflow, schedule: Schedule, profile: Profile) -> model.Coordinator:
    """The coordinator app; the workflow gets every property of the job, and the ones that only a run knows."""
    events: tuple[DataInput | DataOutput, ...] = (*schedule.inputs, *schedule.outputs)
    return model.Coordinator(
        name=declaration.name,
        frequency=schedule.frequency.text if schedule.frequency.kind == "calendar" else "${frequency}",
        start="${start}",
        end="${end}",
        timezone="${timezone}",
        app_path="${appPath}",
        configuration=(
            (NOMINAL_TIME, "${coord:nominalTime()}"),
            *((event.name, _uri_of(event)) for event in events),
        ),
        namespace=f"uri:oozie:coordinator:{profile.schema('coordinator')}",
        controls=model.Controls(
            timeout=_number(schedule.timeout_minutes),
            concurrency=str(schedule.concurrency),
            execution=schedule.execution,
            throttle=_number(schedule.throttle),
        ),
        datasets=tuple({event.dataset.name: _dataset(event) for event in events}.values()),
        inputs=tuple(map(_input, schedule.inputs)),
        outputs=tuple(
            model.DataEvent(event.name, event.dataset.name, instances=(event.instance,)) for event in schedule.outputs
        ),
    )


def schedule_properties(schedule: Schedule) -> tuple[tuple[str, str], ...]:
    """What of a schedule stands in job.properties, so that it can be moved without a new app."""
    times = (("start", schedule.start), ("end", schedule.end), ("timezone", schedule.timezone))
    # EL in a property is not evaluated a second time: days and months have to stand in the XML.
    fixed = schedule.frequency.kind == "calendar"
    return times if fixed else (*times, ("frequency", schedule.frequency.text))


def run_properties(schedule: Schedule) -> tuple[str, ...]:
    """The names of what only a run knows."""
    return (NOMINAL_TIME, *(event.name for event in schedule.inputs), *(event.name for event in schedule.outputs))


def _uri_of(event: DataInput | DataOutput) -> str:
    function = "dataIn" if isinstance(event, DataInput) else "dataOut"
    return f"${{coord:{function}('{event.name}')}}"


def _dataset(event: DataInput | DataOutput) -> model.Dataset:
    dataset = event.dataset
    return model.Dataset(
        name=dataset.name,
        uri_template=dataset.uri,
        frequency=dataset.frequency.text,
        initial_instance=dataset.initial_instance,
        timezone=dataset.timezone,
        done_flag=dataset.done_flag,
    )


def _input(event: DataInput) -> model.DataEvent:
    if event.end:
        return model.DataEvent(event.name, event.dataset.name, start_instance=event.start, end_instance=event.end)
    return model.DataEvent(event.name, event.dataset.name, instances=(event.start,))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
