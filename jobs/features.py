"""Which columns a model takes, what kind each is, and what training saw of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import BooleanType, IntegralType, NumericType, StringType, StructField

from jobs.errors import JobError, unknown_column
from models.manifest import Field

Kind = Literal["number", "category", "flag"]

# A form offers them, a tree splits them into bins and a one-hot vector has a place for each: rarer texts share one.
MOST_CATEGORIES = 30


@dataclass(frozen=True)
class Feature:
    """One column that a model takes.

    ``is_whole`` says that a number is counted, ``labels`` are a category's known texts, the most frequent first;
    ``minimum``, ``maximum`` and ``example`` are what training saw.
    """

    name: str
    kind: Kind
    description: str = ""
    is_whole: bool = False
    labels: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    example: str | float | int | bool | None = None

    def field(self) -> Field:
        """What the manifest says of it."""
        if self.kind == "number":
            return Field(
                self.name,
                "long" if self.is_whole else "double",
                minimum=self.minimum,
                maximum=self.maximum,
                description=self.description,
                example=self.example,
            )
        if self.kind == "flag":
            return Field(self.name, "boolean", nullable=False, description=self.description, example=self.example)
        categories = tuple(sorted(self.labels))
        return Field(self.name, "string", categories=categories, description=self.description, example=self.example)


def choose(
    frame: DataFrame, named: dict[Kind, Sequence[str]], known: Sequence[Feature], other: set[str]
) -> list[Feature]:
    """The features: those ``named`` by kind, else the ``known`` ones, else every column that is not one of ``other``.

    Raises: JobError H604 for a column that is not there, H600 for one that cannot be of its kind.
    """
    descriptions = {feature.name: feature.description for feature in known}
    fields: dict[str, StructField] = {field.name: field for field in frame.schema.fields}
    if any(named.values()):
        wanted = [(name, kind) for kind, names in named.items() for name in names]
    elif known:
        wanted = [(feature.name, feature.kind) for feature in known]
    else:
        kinds = ((name, _kind(field)) for name, field in fields.items() if name not in other)
        wanted = [(name, kind) for name, kind in kinds if kind]
    features = []
    for name, kind in wanted:
        if name not in fields:
            raise unknown_column(name, fields)
        if name in other:
            raise JobError(
                "H600", f"'{name}' is the label, the group or left out", hint="take it off the list of columns"
            )
        if kind == "number" and not isinstance(fields[name].dataType, NumericType):
            type_name = fields[name].dataType.simpleString()
            raise JobError("H600", f"'{name}' is a {type_name}, no number", hint="put it under --categorical")
        comment = str(fields[name].metadata.get("comment", ""))
        is_whole = isinstance(fields[name].dataType, IntegralType)
        features.append(Feature(name, kind, comment or descriptions.get(name, ""), is_whole))
    if not features:
        raise JobError("H604", "there is no column to learn from", hint="name some with --numeric or --categorical")
    return features


def typed(feature: Feature) -> Column:
    """The column as the pipeline takes it: a number, a text where empty is null, a flag that is never null."""
    column = F.col(f"`{feature.name}`")
    if feature.kind == "number":
        return column.cast("bigint" if feature.is_whole else "double").alias(feature.name)
    if feature.kind == "flag":
        return F.coalesce(column.cast("boolean"), F.lit(False)).alias(feature.name)
    text = F.trim(column.cast("string"))
    return F.when(text != "", text).alias(feature.name)


def observe(frame: DataFrame, features: Sequence[Feature]) -> list[Feature]:
    """The features with ranges, labels and typical values, in two passes; one that has but nulls is left out."""
    ranges = _ranges(frame, [f.name for f in features if f.kind == "number"])
    counts = _counts(frame, [f.name for f in features if f.kind != "number"])
    observed = []
    for feature in features:
        if feature.kind == "number":
            low, high, middle = ranges[feature.name]
            if low is None:
                continue
            example = int(middle) if feature.is_whole else round(float(middle), 2)
            observed.append(replace(feature, minimum=float(low), maximum=float(high), example=example))
            continue
        labels = tuple(counts.get(feature.name, ()))[:MOST_CATEGORIES]
        if feature.kind == "flag":
            observed.append(replace(feature, example=labels[0] == "true"))
        elif labels:
            observed.append(replace(feature, labels=labels, example=labels[0]))
    return observed


def _kind(field: StructField) -> Kind | None:
    if isinstance(field.dataType, BooleanType):
        return "flag"
    if isinstance(field.dataType, NumericType):
        return "number"
    return "category" if isinstance(field.dataType, StringType) else None


def _ranges(frame: DataFrame, names: Sequence[str]) -> dict[str, tuple[Any, Any, Any]]:
    """Minimum, maximum and median of each number."""
    if not names:
        return {}
    row = frame.agg(
        *[
            F.struct(F.min(column), F.max(column), F.percentile_approx(column, 0.5, 1000)).alias(name)
            for name, column in ((name, F.col(f"`{name}`")) for name in names)
        ]
    ).first()
    return {name: tuple(row[name]) for name in names}


def _counts(frame: DataFrame, names: Sequence[str]) -> dict[str, list[str]]:
    """The values of each text and flag, the most frequent first, equals by name."""
    if not names:
        return {}
    pairs = F.array(
        *[F.struct(F.lit(name).alias("name"), F.col(f"`{name}`").cast("string").alias("value")) for name in names]
    )
    counted = frame.select(F.explode(pairs).alias("pair")).groupBy("pair.name", "pair.value").count()
    # More values than can be kept would only be carried to be thrown away: an identifier has millions.
    best = F.slice(F.sort_array(F.collect_list(F.struct(-F.col("count"), "value"))), 1, MOST_CATEGORIES)
    kept = counted.where("value IS NOT NULL").groupBy("name").agg(best.alias("best"))
    return {row["name"]: [pair["value"] for pair in row["best"]] for row in kept.collect()}
