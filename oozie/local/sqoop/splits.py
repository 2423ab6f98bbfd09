"""Where one part file ends and the next begins: Sqoop's ranges over the split column, by the column's type.

Source: org.apache.sqoop.mapreduce.db.*Splitter of Sqoop 1.4.7.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction

from oozie.local.sqoop.columns import SqlType
from oozie.local.sqoop.databases.database import Bounds
from oozie.local.sqoop.errors import ArgumentError, SourceError

_SMALLEST_FLOAT = 10000 * 5e-324
_MILLISECONDS = 1000
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock of the source, as its rows
_PLACE = 65536
_MAX_CHARACTERS = 8
# More digits than eight characters of a text make.
_EXACT = Context(prec=1000)


def split_conditions(bounds: Bounds, column: str, parts: int, limit: int = 0) -> list[str]:
    """One SQL condition a part file. ``limit`` is the widest range of a whole number, in its own units or seconds.

    Raises: SourceError H425 for a type that cannot be split, ArgumentError H421 for ``--split-limit`` on such a type.
    """
    if bounds.low is None and bounds.high is None:
        return [f"{column} IS NULL"]
    splitter = _SPLITTERS.get(bounds.sql_type)
    if splitter is None:
        raise SourceError(
            "H425",
            f"no splitter for the type of {column} (java.sql.Types {bounds.sql_type})",
            hint="use another --split-by column, or -m 1",
        )
    if limit and splitter not in (_integers, _dates):
        raise ArgumentError("H421", "--split-limit works with whole numbers and dates only", hint="leave it out")
    return splitter(bounds, column, parts, limit)


def integer_points(low: int, high: int, parts: int, limit: int = 0) -> list[int]:
    """The ends of the ranges, the first and the last value included."""
    if limit > 0 and (high - low) / parts > limit:
        more = (high - low) // limit
        return integer_points(low, high, more if more != parts else more + 1, limit)
    size, rest = divmod(high - low, parts)
    points, current = [], low
    for index in range(parts + 1):
        points.append(current)
        if current >= high:
            break
        current += size + (1 if index < rest else 0)
    if len(points) == 1 or high - low <= parts:
        points.append(high)
    return points


def decimal_points(low: Decimal, high: Decimal, parts: int) -> list[Decimal]:
    """The ends of the ranges of a decimal."""
    size = _divide(_EXACT.subtract(high, low), parts)
    points, current = [], low
    if size <= 0:
        return [low, high]
    while current <= high:
        points.append(current)
        current = _EXACT.add(current, size)
    if len(points) == 1 or points[-1] != high:
        points.append(high)
    return points


def _divide(number: Decimal, parts: int) -> Decimal:
    """Exact where that ends, else rounded up at the digits that ``number`` has: java.math.BigDecimal.divide."""
    ratio = Fraction(number) / parts
    denominator = ratio.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator == 1:
        return _EXACT.divide(number, Decimal(parts))
    return _EXACT.divide(number, Decimal(parts)).quantize(Decimal(1).scaleb(_exponent(number)), ROUND_UP, _EXACT)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _ranges(column: str, points: Sequence[str]) -> list[str]:
    last = len(points) - 2
    return [
        f"{column} >= {low} AND {column} {'<=' if index == last else '<'} {high}"
        for index, (low, high) in enumerate(itertools.pairwise(points))
    ]


def _with_nulls(conditions: list[str], bounds: Bounds, column: str) -> list[str]:
    return [*conditions, f"{column} IS NULL"] if bounds.low is None or bounds.high is None else conditions


def _integers(bounds: Bounds, column: str, parts: int, limit: int) -> list[str]:
    low, high = (int(Decimal(text or 0)) for text in (bounds.low, bounds.high))
    points = [str(point) for point in integer_points(low, high, parts, limit)]
    return _with_nulls(_ranges(column, points), bounds, column)


def _decimals(bounds: Bounds, column: str, parts: int, _limit: int) -> list[str]:
    low, high = (Decimal(text or 0) for text in (bounds.low, bounds.high))
    return _with_nulls(_ranges(column, [str(point) for point in decimal_points(low, high, parts)]), bounds, column)


def _floats(bounds: Bounds, column: str, parts: int, _limit: int) -> list[str]:
    low, high = (float(text or 0) for text in (bounds.low, bounds.high))
    size = max((high - low) / parts, _SMALLEST_FLOAT)
    points, upper = [low], low + size
    while upper < high:
        points.append(upper)
        upper += size
    # Sqoop 1.4.7 begins its last range one step too late and loses those rows; this one does not.
    return _with_nulls(_ranges(column, [repr(point) for point in [*points, high]]), bounds, column)


def _booleans(bounds: Bounds, column: str, _parts: int, _limit: int) -> list[str]:
    low, high = ((text or "").lower() not in ("", "0", "f", "false", "\0") for text in (bounds.low, bounds.high))
    conditions = [f"{column} = FALSE"] if not low else []
    return _with_nulls([*conditions, f"{column} = TRUE"] if high else conditions, bounds, column)


def _dates(bounds: Bounds, column: str, parts: int, limit: int) -> list[str]:
    texts = [text or bounds.high or bounds.low or "" for text in (bounds.low, bounds.high)]
    low, high = (_milliseconds(text) for text in texts)
    points = integer_points(low, high, parts, limit * _MILLISECONDS)
    show = _SHOW[bounds.sql_type]
    ends = [show(point) for point in points]
    if bounds.sql_type == SqlType.TIMESTAMP:
        # What a millisecond cannot hold comes back at both ends.
        ends[0], ends[-1] = texts
    return _with_nulls(_ranges(column, [f"'{end}'" for end in ends]), bounds, column)


def _milliseconds(text: str) -> int:
    if len(text) <= len("00:00:00.000000") and ":" in text:
        text = f"1970-01-01 {text}"
    try:
        moment = datetime.datetime.fromisoformat(_six_digits(text))
    except ValueError:
        raise SourceError("H425", f"the boundary value '{text}' is no date", hint="use another --split-by") from None
    return (moment.replace(tzinfo=None) - _EPOCH) // datetime.timedelta(milliseconds=1)


def _six_digits(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return f"{whole}.{fraction[:6]:0<6}" if point else whole


def _moment(milliseconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(milliseconds=milliseconds)


def _show_timestamp(milliseconds: int) -> str:
    moment = _moment(milliseconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{f'{moment.microsecond:06}'.rstrip('0') or '0'}"


_SHOW: dict[int, Callable[[int], str]] = {
    SqlType.DATE: lambda point: _moment(point).date().isoformat(),
    SqlType.TIME: lambda point: _moment(point).time().isoformat("seconds"),
    SqlType.TIMESTAMP: _show_timestamp,
}


def _texts(bounds: Bounds, column: str, parts: int, _limit: int) -> list[str]:
    low, high = bounds.low or "", bounds.high
    if high is None:
        return [f"{column} IS NULL"]
    shared = 0
    while shared < min(len(low), len(high)) and low[shared] == high[shared]:
        shared += 1
    prefix, low, high = low[:shared], low[shared:], high[shared:]
    if _fraction_of(low) > _fraction_of(high):
        raise SourceError(
            "H425",
            f"the smallest value of {column} sorts after the largest outside the database",
            hint="use another --split-by column, or -m 1",
        )
    texts = [prefix + _text_of(point) for point in decimal_points(_fraction_of(low), _fraction_of(high), parts)]
    if texts[0] != prefix + low:
        texts.insert(0, prefix + low)
    if len(texts) == 1 or texts[-1] != prefix + high:
        texts.append(prefix + high)
    points = ["'" + text.replace("'", "''") + "'" for text in texts]
    return _with_nulls(_ranges(column, points), bounds, column)


def _fraction_of(text: str) -> Decimal:
    """The text as a number between 0 and 1, each character a digit to base 65536."""
    total, place = Decimal(0), Decimal(_PLACE)
    for char in text[:_MAX_CHARACTERS]:
        total = _EXACT.add(total, _EXACT.divide(Decimal(ord(char)), place))
        place *= _PLACE
    return total


def _text_of(number: Decimal) -> str:
    out = ""
    for _ in range(_MAX_CHARACTERS):
        number = _EXACT.multiply(number, Decimal(_PLACE))
        code = int(number)
        if code == 0:
            break
        number = _EXACT.subtract(number, Decimal(code))
        out += chr(code)
    # A lone surrogate is no character of a database; both ranges that meet there get the same replacement.
    return out.encode("utf-8", "replace").decode()


_Splitter = Callable[[Bounds, str, int, int], list[str]]

_SPLITTERS: dict[int, _Splitter] = {
    **dict.fromkeys((SqlType.TINYINT, SqlType.SMALLINT, SqlType.INTEGER, SqlType.BIGINT), _integers),
    **dict.fromkeys((SqlType.NUMERIC, SqlType.DECIMAL), _decimals),
    **dict.fromkeys((SqlType.REAL, SqlType.DOUBLE), _floats),
    **dict.fromkeys((SqlType.DATE, SqlType.TIME, SqlType.TIMESTAMP), _dates),
    **dict.fromkeys((SqlType.CHAR, SqlType.VARCHAR, SqlType.LONGVARCHAR), _texts),
    SqlType.BIT: _booleans,
}

TEXT_TYPES = frozenset(kind for kind, splitter in _SPLITTERS.items() if splitter is _texts)
