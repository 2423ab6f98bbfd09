"""What differs between the demo's workflows: their data, their report, their model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import workflows
from workflows.funnel import sample
from workflows.redemption.load import TABLES as REDEMPTION_TABLES
from workflows.redemption.load import load as load_redemption
from workflows.source import clear_tables

_FOLDER = Path(workflows.__file__).parent


@dataclass(frozen=True)
class Chart:
    """A part of a report: text files with a tab between the fields, and which of its columns are drawn.

    ``folder`` is a path in HDFS; ``label`` (joined) and ``value`` name columns; ``unit`` stands below the bars.
    """

    title: str
    folder: str
    columns: tuple[str, ...]
    label: tuple[str, ...]
    value: str
    unit: str


@dataclass(frozen=True)
class Case:
    """One workflow of the demo.

    ``load`` takes a source URL and a batch (0 the history, 1 newer rows) and gives the number of rows put in; ``clear``
    takes every row out.
    """

    name: str
    database: str
    says: str
    load: Callable[[str, int], int]
    clear: Callable[[str], None]
    charts: tuple[Chart, ...]

    @property
    def folder(self) -> Path:
        """The workflow's folder."""
        return _FOLDER / self.name


CASES = {
    "funnel": Case(
        name="funnel",
        database="funnel_db",
        says="a web shop's hits: how will this visit end?",
        load=lambda url, batch: sample.load(url, batch=batch),
        clear=lambda url: clear_tables(url, (sample.FUNNEL,)),
        charts=(
            Chart(
                title="Average revenue by medium",
                folder="/user/refinedzone/funnel-report/revenue_by_medium",
                columns=("medium", "sessions", "orders", "revenue", "revenue_per_session", "average_revenue"),
                label=("medium",),
                value="average_revenue",
                unit="average revenue of a session with an order",
            ),
        ),
    ),
    "redemption": Case(
        name="redemption",
        database="retail_db",
        says="a grocer's campaigns: will this household redeem a coupon of this campaign?",
        # The history ends with September; the newer rows are the whole year.
        load=lambda url, batch: sum(load_redemption(url, until="2018-01-02" if batch else "2017-10-01").values()),
        clear=lambda url: clear_tables(url, REDEMPTION_TABLES),
        charts=(
            Chart(
                title="Who redeems a coupon",
                folder="/user/refinedzone/redemption-report",
                columns=("topic", "value", "received", "redeemed", "rate"),
                label=("topic", "value"),
                value="rate",
                unit="households that redeem a coupon of a campaign that they receive, as a share",
            ),
        ),
    ),
}
