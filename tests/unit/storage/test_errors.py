import pytest

from storage.errors import Diagnostic, HowdahError, StorageError, one_line


def test_one_error_is_one_line_with_its_code():
    error = StorageError("H109", "what happened", hint="what to do", path="a.xml", line=3)
    assert str(error) == "H109 a.xml:3 what happened"
    assert error.code == "H109"
    assert error.diagnostics == (Diagnostic("H109", "what happened", "what to do", "a.xml", 3),)


def test_many_diagnostics_are_one_error():
    found = [Diagnostic("H101", "one", path="a"), Diagnostic("H102", "two")]
    error = StorageError.of(found)
    assert isinstance(error, StorageError)
    assert isinstance(error, HowdahError)
    assert str(error) == "H101 a one\nH102 two"
    assert error.code == "H101"


def test_a_hint_stands_below_its_line_and_neither_breaks():
    assert Diagnostic("H101", "no\nfile", "look\rhere", "a.xml", 3).lines == [
        r"H101 a.xml:3 no\nfile",
        r"      look\rhere",
    ]
    assert Diagnostic("H101", "no file").lines == ["H101 no file"]


@pytest.mark.parametrize("order", ["\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\u2028", "\ud800"])
def test_what_a_terminal_would_obey_is_written_out(order):
    assert one_line(f"a{order}é") == "a" + order.encode("unicode_escape").decode("ascii") + "é"
