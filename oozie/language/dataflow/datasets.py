"""What a coordinator waits for and makes: its datasets, and the names that its workflow gets of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oozie.language.dataflow.uses import How, Use
from oozie.language.filling import fill
from oozie.language.handing_down import configuration_for
from oozie.language.model import DEFAULT_DONE_FLAG, Coordinator, DataEvent, Dataset

_EVENT = re.compile(r"\$\{\s*coord:data(?:In|Out)\(\s*['\"]([^'\"]+)['\"]\s*\)\s*\}")
_HCATALOG = re.compile(r"hcat://[^/]+/(?P<database>[^/]+)/(?P<table>[^/;]+)")


@dataclass(frozen=True)
class Stock:
    """The dataset of an event, with what is known put in; ``instances`` as the event writes them.

    ``done_flag`` is the file that says that an instance is complete, "" where the directory itself does.
    """

    event: str
    dataset: str
    uri: str
    instances: tuple[str, ...] = ()
    done_flag: str = ""
    frequency: str = ""
    is_known: bool = True

    def use(self, *, is_input: bool) -> Use:
        """The data as an action's use of it."""
        how: How = "reads" if is_input else "writes"
        if table := _HCATALOG.match(self.uri):
            return Use(how, "table", f"{table['database']}.{table['table']}")
        return Use(how, "path", self.uri or self.dataset)


def inputs_of(app: Coordinator, properties: Mapping[str, str], included: tuple[Dataset, ...] = ()) -> tuple[Stock, ...]:
    """What every action of ``app`` waits for."""
    return tuple(_stock(app, event, properties, included) for event in (*app.inputs, *_combined(app)))


def outputs_of(
    app: Coordinator, properties: Mapping[str, str], included: tuple[Dataset, ...] = ()
) -> tuple[Stock, ...]:
    """What every action of ``app`` makes."""
    return tuple(_stock(app, event, properties, included) for event in app.outputs)


def handed_down(app: Coordinator, properties: Mapping[str, str], included: tuple[Dataset, ...] = ()) -> dict[str, str]:
    """The properties that the workflow of ``app`` gets; a name of an event's data is its dataset's URI."""
    stocks = (*inputs_of(app, properties, included), *outputs_of(app, properties, included))
    uris = {stock.event: stock.uri for stock in stocks if stock.uri}
    written = configuration_for(app, "", properties)
    return {
        **properties,
        **{name: _EVENT.sub(lambda event: uris.get(event[1], event[0]), value) for name, value in written.items()},
    }


def _combined(app: Coordinator) -> tuple[DataEvent, ...]:
    """The events of an <and> or <or> in the place of data-in."""
    holder = app.input_combination
    return tuple(
        DataEvent(element.attribute("name") or dataset, dataset)
        for element in (holder.walk() if holder is not None else ())
        if element.tag == "data-in" and (dataset := element.attribute("dataset"))
    )


def _stock(app: Coordinator, event: DataEvent, properties: Mapping[str, str], included: tuple[Dataset, ...]) -> Stock:
    name = fill(event.dataset, properties)
    dataset = next((one for one in (*app.datasets, *included) if one.name in (name, event.dataset)), None)
    instances = tuple(fill(text, properties) for text in event.instances)
    if event.start_instance or event.end_instance:
        bounds = (fill(event.start_instance, properties), fill(event.end_instance, properties))
        instances = (*instances, " to ".join(bounds))
    if dataset is None:
        return Stock(event.name, name, "", instances, is_known=False)
    flag = DEFAULT_DONE_FLAG if dataset.done_flag is None else fill(dataset.done_flag, properties)
    uri, frequency = fill(dataset.uri_template, properties), fill(dataset.frequency, properties)
    return Stock(event.name, name, uri, instances, flag, frequency)
