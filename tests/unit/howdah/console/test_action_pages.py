"""An action: how it went, why it failed, what it was told."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import OpenConsole, Shown

Look = Callable[..., Shown]


def test_why_a_shell_action_failed_is_what_it_wrote(look: Look, oozie: RecordedOozie) -> None:
    """Oozie itself says an exit code and no more."""
    page = look(f"/actions/{oozie.id_of('check-disk')}@measure")

    assert "exit code" in page.one("//p[@class='said']")
    assert page.one("//pre[contains(@class, 'telling')]") == "df: /data: No such file or directory"


def test_its_log_has_the_files_of_its_container_and_oozies_lines(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('check-disk')}@measure/log")

    titles = page.all("//h3")
    assert [title.split()[0] for title in titles][:2] == ["stderr", "stdout"]
    assert "df: /data: No such file or directory" in page.main
    assert "ShellActionExecutor" in page.main


def test_an_action_that_was_tried_again_has_its_attempts(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('put-away')}@put")

    assert len(page.all("//ol[@class='attempts']/li")) == 2
    assert "Tried again 1 of at most 1 times" in page.main


def test_what_it_gave_and_what_it_was_told(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('nightly-import')}@count-rows")

    assert "rows=42" in page.one("//pre[@aria-label='Captured output']")
    configuration = page.one("//pre[@aria-label='Resolved configuration']")
    assert "<exec>bash</exec>" in configuration
    assert "${" not in configuration


def test_a_failure_that_was_passed_over_says_where_it_went_on(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('nightly-import')}@summary-report")

    assert "It failed, and the workflow went on to refresh-marts" in page.main
    assert "FS006" in page.main


def test_an_action_that_was_not_reached(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('nightly-import')}@fail")

    assert page.status == 404
    assert "has not reached it" in page.main


def test_yarn_that_is_away_leaves_the_rest_of_the_page(look: Look, oozie: RecordedOozie) -> None:
    oozie.answers = {key: answer for key, answer in oozie.answers.items() if "/ws/" not in key}
    page = look(f"/actions/{oozie.id_of('check-disk')}@measure")

    assert page.status == 200
    assert "exit code" in page.one("//p[@class='said']")
    assert page.one("//section[contains(@class, 'why')]/p[@role='status']")
    assert look(f"/actions/{oozie.id_of('check-disk')}@measure/log").status == 200


def test_a_log_that_takes_long_holds_up_no_other(open_console: OpenConsole, oozie: RecordedOozie) -> None:
    """A busy Oozie looks through its log files for longer than a page may wait; YARN's are there at once."""
    address = f"/actions/{oozie.id_of('check-disk')}@measure/log"
    client = open_console(patience_s=0.5)
    oozie.slow_log_s = 1.0
    page = Shown(client, address)

    assert page.status == 200
    assert "df: /data: No such file or directory" in page.main
    assert "Oozie is still looking for its lines" in page.main
    assert int(page.one("//body/@data-follow-ms")) > 0
    oozie.slow_log_s = 0.0
    end = time.monotonic() + 10
    while "ShellActionExecutor" not in (page := Shown(client, address)).main:
        assert time.monotonic() < end
    assert page.one("//body/@data-follow-ms") == "0"


def test_an_instance_that_waits_says_for_what(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('daily-load')}@7")

    assert page.one("//*[@id='state']") == "WAITING"
    assert "raw/202611070100/_SUCCESS" in page.one("//section[@aria-labelledby='waits']")


def test_an_instance_has_its_workflow(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/actions/{oozie.id_of('daily-load')}@1")

    assert page.one("//h1").startswith("Number 1, 2026-11-01")
    (workflow,) = page.all("//ol[@class='attempts']//a/@href")
    assert look(workflow).one("//h1") == "load-day"
    assert look(f"/actions/{oozie.id_of('daily-load')}@1/log").status == 200
