from datetime import date

import pytest

from models.tracked.records import as_key, day_of


@pytest.mark.parametrize(
    ("value", "key"), [("c7", "c7"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (True, "true"), (None, None)]
)
def test_a_key_is_the_same_text_wherever_it_comes_from(value, key):
    assert as_key(value) == key


def test_a_day_is_one_in_utc():
    assert day_of(1_795_219_199_999_999) == date(2026, 11, 20)
    assert day_of(1_795_219_200_000_000) == date(2026, 11, 21)
    assert day_of(-1) == date(1969, 12, 31)
