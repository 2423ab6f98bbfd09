"""The bytes of a result, good and bad, from a stand-in for PyMySQL's connection."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pymysql
import pytest

from oozie.local.sqoop.databases.mysql_wire import LostConnectionError, Rows

EOF = b"\xfe\x00\x00\x02\x00"


def packet(payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + b"\x01" + payload


class Stream:
    """A connection that answers every query with one text column and these bytes."""

    def __init__(self, data: bytes) -> None:
        self._rfile = io.BytesIO(data)
        field = SimpleNamespace(name="a", type_code=253, length=9, scale=0, flags=0, charsetnr=45)
        self._result = SimpleNamespace(fields=[field], unbuffered_active=True)

    def query(self, sql: str, unbuffered: bool) -> None:
        assert unbuffered


def chunks(*packets: bytes) -> bytes:
    return b"".join(chunk.data for chunk in Rows(Stream(b"".join(packets)), "q").chunks())


def test_rows():
    long = b"y" * 300
    assert chunks(packet(b"\x02ab"), packet(b"\xfc\x2c\x01" + long), packet(b"\x00"), packet(EOF)) == b"ab" + long


def test_first_row_and_nothing():
    assert Rows(Stream(packet(b"\x02ab") + packet(EOF)), "q").first() == ("ab",)
    assert Rows(Stream(packet(b"\xfb") + packet(EOF)), "q").first() == (None,)
    assert Rows(Stream(packet(EOF)), "q").first() == ()


@pytest.mark.parametrize("cut", [0, 2, 4, 6, 9])
def test_a_stream_that_ends_early(cut):
    data = packet(b"\x02ab") + packet(b"\x02cd")
    with pytest.raises(LostConnectionError):
        list(Rows(Stream(data[:cut]), "q").chunks())


def test_an_error_in_the_middle():
    with pytest.raises(pymysql.MySQLError, match="interrupted"):
        chunks(packet(b"\x02ab"), packet(b"\xff\x25\x05#70100interrupted"))


def test_a_row_that_the_server_could_not_build():
    with pytest.raises(pymysql.DataError, match="max_allowed_packet"):
        chunks(packet(b"\xfb"), packet(EOF))
