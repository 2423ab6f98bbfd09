"""Values as the texts that Spark's cast to string makes of them.

Apart from the columns: a Spark node has neither pyarrow nor what reads with it.

Source: org.apache.spark.sql.catalyst.expressions.Cast; java.lang.Double.toString, java.lang.Float.toString.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from models.errors import ScoringError


class Single(float):
    """A number of 32 bits, which as a text is another one than that of 64 bits."""


def spark_text(value: object) -> str | None:
    """A value as Spark's cast to string writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_float(value) if isinstance(value, Single) else java_double(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple | dict):
        raise ScoringError("H232", f"a text is needed, not {value!r:.80}")
    return str(value)


def java_double(value: float) -> str:
    """A double as java.lang.Double.toString writes it: plain from 1e-3 to 1e7, else with an exponent."""
    return _java_number(np.float64(value))


def java_float(value: float) -> str:
    """A float of 32 bits as java.lang.Float.toString writes it."""
    return _java_number(np.float32(value))


def _java_number(value: np.floating[Any]) -> str:
    if value != value or value in (np.inf, -np.inf):
        return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = np.format_float_positional(value, unique=True, trim="0")
        return text if "." in text else text + ".0"
    mantissa, _, exponent = np.format_float_scientific(value, unique=True, trim="0").partition("e")
    return f"{mantissa}E{int(exponent)}"
