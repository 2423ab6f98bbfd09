from __future__ import annotations

from howdah.console.states import mark_of
from oozie.client.values import STATUSES


def test_every_state_that_can_be_filtered_by_has_a_mood_of_its_own() -> None:
    moods = {status: mark_of(status).mood for statuses in STATUSES.values() for status in statuses}

    assert [status for status, mood in moods.items() if mood == "waiting"] == ["PREP"]
    assert moods["DONEWITHERROR"] == "passed"


def test_a_state_that_no_oozie_of_today_has_is_shown_by_its_word() -> None:
    assert (mark_of("NEWER").mood, mark_of("NEWER").text) == ("waiting", "NEWER")
