from __future__ import annotations

from howdah.console.logs import tail


def test_the_end_of_a_log_and_that_it_is_one() -> None:
    log = tail("Oozie", (str(number) for number in range(10)), most=3)

    assert (log.lines, log.is_cut) == (("7", "8", "9"), True)
    assert not tail("Oozie", ["a"], most=3).is_cut


def test_a_line_is_at_most_as_long_as_a_page_can_bear() -> None:
    assert len(tail("Oozie", ["x" * 100_000]).lines[0]) == 4000
