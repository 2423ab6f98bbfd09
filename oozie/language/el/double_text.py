"""A Double's text as Java 8 to 18 write it: not always the shortest that reads back equal, which is what Python writes.

Source: jdk.internal.math.FloatingDecimal (dtoa), after Steele and White.
"""

from __future__ import annotations

import math
import struct

_FRACTION_BITS = 52
_BIAS = 1023
_SMALL_EXPONENTS = range(-21, 63)
_MOST_FIVES = 27  # powers of five that a long holds


def double_to_text(number: float) -> str:
    """Double.toString: plain from 0.001 up to 10,000,000, else with an exponent; always with a decimal point."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    sign = "-" if math.copysign(1, number) < 0 else ""
    if number == 0:
        return f"{sign}0.0"
    digits, shift = _digits(abs(number))
    if -3 <= shift < 7:
        padded = "0" * -shift + digits if shift < 0 else digits.ljust(shift + 2, "0")
        point = max(shift, 0) + 1
        return f"{sign}{padded[:point]}.{padded[point:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{shift}"


def _digits(number: float) -> tuple[str, int]:
    """The significant digits, and the power of ten of the first one."""
    (bits,) = struct.unpack(">q", struct.pack(">d", number))
    exponent, fraction = bits >> _FRACTION_BITS, bits & ((1 << _FRACTION_BITS) - 1)
    significant = _FRACTION_BITS + 1
    if exponent:
        fraction |= 1 << _FRACTION_BITS
    else:  # a number too small to be normalised
        significant = fraction.bit_length()
        fraction <<= _FRACTION_BITS + 1 - significant
        exponent = significant - _FRACTION_BITS
    exponent -= _BIAS
    tail = (fraction & -fraction).bit_length() - 1
    wanted = _FRACTION_BITS + 1 - tail
    if exponent in _SMALL_EXPONENTS and wanted - exponent - 1 <= 0:
        return _whole(fraction, exponent, significant)
    return _developed(fraction, exponent, significant, tail)


def _whole(fraction: int, exponent: int, significant: int) -> tuple[str, int]:
    """A whole number of a long: its digits, but for those that are beyond a Double's."""
    shift = exponent - _FRACTION_BITS
    value = fraction << shift if shift >= 0 else fraction >> -shift
    dropped = 0
    beyond = exponent - significant - 1
    if beyond > 1:
        dropped = int(beyond * math.log10(2))
        value, rest = divmod(value, 10**dropped)
        value += rest >= 10**dropped // 2 and dropped > 0
    digits = str(value)
    return digits.rstrip("0"), len(digits) - 1 + dropped


def _estimate(fraction: int, exponent: int) -> int:
    """The power of ten, or one too many."""
    mantissa = fraction / (1 << _FRACTION_BITS)
    return math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)


def _developed(fraction: int, exponent: int, significant: int, tail: int) -> tuple[str, int]:
    """Digit after digit, until what is left is less than half the distance to the next Double."""
    wanted = _FRACTION_BITS + 1 - tail
    tiny = max(0, wanted - exponent - 1)
    power = _estimate(fraction, exponent)
    b5, s5 = max(0, -power), max(0, power)
    b2, s2 = b5 + tiny + exponent, s5 + tiny
    m2 = b2 - significant
    b2 -= wanted - 1
    common = min(b2, s2)
    b2, s2, m2 = b2 - common, s2 - common, m2 - common - (wanted == 1)
    if m2 < 0:
        b2, s2, m2 = b2 - m2, s2 - m2, 0
    width = _width(wanted + b2 + _bits_of_five(b5), s2 + 1 + _bits_of_five(s5 + 1))
    number = (fraction >> tail) * 5**b5 << b2
    return _generate(number, 5**s5 << s2, 5**b5 << m2, power, width)


def _bits_of_five(power: int) -> int:
    if power >= _MOST_FIVES:
        return power * 3
    return (5**power).bit_length() if power else 0


def _width(number: int, tens: int) -> int:
    """Java's int, long, or, as 0, a big integer: in the first two a sum may overflow, and ties end otherwise."""
    return next((width for width in (32, 64) if number < width and tens < width), 0)


def _generate(number: int, scale: int, margin: int, power: int, width: int) -> tuple[str, int]:
    tens = scale * 10
    digits: list[int] = []
    low = high = False
    is_first = True
    while is_first or not (low or high):
        digit, rest = divmod(number, scale)
        number, margin = 10 * rest, _wrapped(margin * 10, width)
        if width and margin <= 0:
            low = high = True
        else:
            low = number < margin
            total = _wrapped(number + margin, width)
            high = total > tens if width else total >= tens
        if is_first and digit == 0 and not high:
            power -= 1
        else:
            digits.append(digit)
        if is_first and not -3 <= power < 8:  # an exponent follows, and a digit behind the point
            low = high = False
        is_first = False
    if high and (not low or _rounds_up(2 * number - tens, digits[-1])):
        power += _round_up(digits)
    text = "".join(map(str, digits)).rstrip("0")
    return text or "0", power


def _rounds_up(difference: int, last: int) -> bool:
    return difference > 0 or (difference == 0 and last % 2 == 1)


def _wrapped(number: int, width: int) -> int:
    """``number`` in an integer of ``width`` bits, 0 being as many as it takes."""
    if not width:
        return number
    half = 1 << width - 1
    return (number + half) % (2 * half) - half


def _round_up(digits: list[int]) -> int:
    """One more in the last place; 1 when that makes the number ten times as large."""
    for place in range(len(digits) - 1, -1, -1):
        if digits[place] < 9:
            digits[place] += 1
            return 0
        digits[place] = 0
    digits[0] = 1
    return 1
