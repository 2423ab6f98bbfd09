import json
from dataclasses import replace

import pytest

from models.errors import TransitionError
from models.transitions import Log, State, Transition

ENTRY = Transition(
    number=3,
    time="2026-01-31T23:59:59.123Z",
    who="ann",
    why="ราคา: better",
    action="promote",
    versions=(7,),
    alias="champion",
    before=6,
    digest="0" * 64,
    state=State({"champion": 7}, {"champion": (5, 6)}, (4,), (1, 2)),
)


@pytest.fixture
def log(disk):
    return Log(disk, "/models/funnel/log")


def test_an_entry_comes_back_as_it_was(log):
    assert log.append(ENTRY)
    assert log.last() == ENTRY
    assert log.numbers() == [3]


def test_a_number_is_given_once_and_nothing_is_rewritten(log):
    assert log.append(ENTRY)
    assert not log.append(replace(ENTRY, who="bob"))
    assert log.last().who == "ann"


def test_entries_are_told_backwards_and_strange_files_are_none(log, disk):
    assert (log.last(), log.numbers(), list(log.newest_first())) == (None, [], [])
    for number in (2, 10, 9):
        log.append(replace(ENTRY, number=number))
    for name in (".000000000000011.json.x.tmp", "12.json", "notes.txt"):
        with disk.create(f"/models/funnel/log/{name}"):
            pass
    disk.make_directory("/models/funnel/log/000000000000013.json")
    assert [each.number for each in log.newest_first()] == [10, 9, 2]


def document(**more):
    return {**json.loads(ENTRY.to_json()), **more}


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", "[" * 100_000, json.dumps(document(format=2)), json.dumps(document(action="steal")),
        json.dumps(document(time="now")), json.dumps(document(versions=[0])), json.dumps(document(versions=7)),
        json.dumps(document(who=None)), json.dumps(document(strange=1)), json.dumps(document(number=True)),
        json.dumps(document(state={})), json.dumps({"format": 1}),
        json.dumps(document(state={"aliases": {"../x": 1}, "history": {}, "retired": [], "collected": []})),
    ],
)  # fmt: skip
def test_what_is_no_entry_is_one_line_and_a_hint(log, disk, text):
    with disk.create("/models/funnel/log/000000000000003.json") as stream:
        stream.write(text.encode())
    with pytest.raises(TransitionError, match="H244") as caught:
        log.last()
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.diagnostics[0].hint


def test_an_entry_of_another_number_is_none(log, disk):
    log.append(ENTRY)
    disk.rename("/models/funnel/log/000000000000003.json", "/models/funnel/log/000000000000004.json")
    with pytest.raises(TransitionError, match="number 3"):
        log.last()
