from __future__ import annotations

from generator.values import ErrorRoute, Kill


def test_only_a_message_of_its_own_needs_a_kill_of_its_own() -> None:
    assert not ErrorRoute().names_a_kill
    assert ErrorRoute(message="no data").names_a_kill
    assert not ErrorRoute(then="continue", message="no data").names_a_kill


def test_places_do_not_count() -> None:
    assert Kill("m", place=("a", 1)) == Kill("m", place=("b", 2))
