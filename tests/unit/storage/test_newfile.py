import gc
import io

import pytest

from storage.errors import NoSpaceError
from storage.newfile import NewFile, temporary_name


class Recorded(NewFile):
    def __init__(self, log, stream=None, fail=None):
        self.log, self.fail = log, fail
        super().__init__(stream or io.BytesIO())

    def _publish(self):
        if self.fail:
            raise self.fail
        self.log.append(("published", self._stream.getvalue()))

    def _abandon(self):
        self.log.append("abandoned")


def test_closing_publishes_once():
    log = []
    with Recorded(log) as file:
        assert file.writable()
        file.write(b"da")
        file.write(b"ta")
        assert not file.closed
    file.close()
    file.discard()
    assert log == [("published", b"data")]
    assert file.closed


def test_an_error_abandons_once():
    log = []
    with pytest.raises(ZeroDivisionError), Recorded(log):
        raise ZeroDivisionError
    assert log == ["abandoned"]


def test_a_publication_that_fails_abandons():
    log = []
    file = Recorded(log, fail=NoSpaceError("H105", "full"))
    with pytest.raises(NoSpaceError):
        file.close()
    assert log == ["abandoned"]
    assert file.closed


def test_a_file_that_nobody_closed_is_not_published():
    log = []
    Recorded(log).write(b"half")
    gc.collect()
    assert log == ["abandoned"]


def test_temporary_names_are_hidden_neighbours():
    names = {temporary_name("/a/b") for _ in range(10)}
    assert len(names) == 10
    assert all(name.startswith("/a/.b.") for name in names)
    assert temporary_name("/b").startswith("/.b.")
