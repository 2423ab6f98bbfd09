"""What a client sent: strict JSON, and in it one record or many."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from serving.errors import ServingError

_ENVELOPE = frozenset({"model", "record", "records"})
_SHAPES = 'send one record {"field": value, …}, a list of records, or {"model": NAME, "records": […]}'


@dataclass(frozen=True)
class Question:
    """The records of one request; ``single`` when the client sent one that was not in a list. ``model`` may be "".

    ``lines`` are those of a file at which the records end; empty where they came from none. ``request_id`` is what the
    answer is tracked under.
    """

    model: str
    records: Sequence[Mapping[str, object]]
    single: bool
    lines: Sequence[int] = ()
    request_id: str = ""

    def place(self, index: int) -> str:
        """How a client finds the record."""
        return f"line {self.lines[index]}" if self.lines else f"record {index}"


def read_json(data: bytes) -> object:
    """The value that ``data`` holds in JSON and UTF-8.

    NaN and Infinity, which are not JSON but which many writers emit, come through as numbers, so that the field with
    one can be named. Raises: ServingError H501.
    """
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(data)
        # It takes the last of two equal keys without a word. Each key has a colon: where there are no more colons than
        # keys, no key stands twice. Else, and of all that it refuses, the exact reader decides, in thrice the time.
        if data.count(b":") == _count_keys(value):
            return value
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise _not_json(f"byte {error.start} is not UTF-8", "encode the body in UTF-8") from None
    except json.JSONDecodeError as error:
        raise _not_json(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _not_json("it is nested too deep", "a record is flat: a name and a value for each field") from None
    except ValueError:  # Python's own limit on the digits of a whole number
        raise _not_json("a number has too many digits") from None


def read_question(data: bytes, named: str, max_records: int, request_id: str = "") -> Question:
    """The question in a body; ``named`` is the model that the address names, or "".

    Raises: ServingError H501, H509, H512.
    """
    value = read_json(data)
    model, content = _unwrapped(value)
    model = name_once(named, model)
    single = isinstance(content, dict)
    records = [content] if single else content
    if not isinstance(records, list) or not records:
        raise ServingError("H512", "the body holds no record", hint=_SHAPES)
    if len(records) > max_records:
        raise ServingError("H509", f"{len(records)} records in one request", hint=f"send at most {max_records} at once")
    for index, record in enumerate(records):
        if not isinstance(record, dict):
            raise ServingError("H512", f"record {index} is not an object", hint=_SHAPES)
    return Question(model, records, single, request_id=request_id)


def name_once(address: str, body: str) -> str:
    """The model that the address or the body names, or "". Raises: ServingError H512 where they differ."""
    if address and body and address != body:
        raise ServingError("H512", f"the address names model '{address}', the body '{body}'", hint="name it once")
    return address or body


def _unwrapped(value: object) -> tuple[str, Any]:
    """The model's name and the records, out of ``{"model": …, "records": […]}`` or as they stand."""
    if not isinstance(value, dict) or not _is_envelope(value):
        return "", value
    if "record" in value and "records" in value:
        raise ServingError("H512", "the body has both 'record' and 'records'", hint=_SHAPES)
    model = value.get("model", "")
    if not isinstance(model, str):
        raise ServingError("H512", "'model' is not text", hint=_SHAPES)
    return model, value["records"] if "records" in value else value["record"]


def _is_envelope(value: dict[str, object]) -> bool:
    """A record may have fields of these names too: only an object or a list in them makes an envelope."""
    if not value.keys() <= _ENVELOPE:
        return False
    return isinstance(value.get("records"), list) or isinstance(value.get("record"), dict)


def _count_keys(value: Any) -> int:
    """The keys of an object, of those in a list, or of those in a list in an object: the shapes of a question."""
    if type(value) is dict:
        return len(value) + sum(_count_keys(each) for each in value.values() if type(each) is list)
    return sum(len(each) for each in value if type(each) is dict) if type(value) is list else 0


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _not_json(f"the key {json.dumps(twice[:100])} stands twice in one object")
    return made


def _not_json(what: str, hint: str = "") -> ServingError:
    return ServingError("H501", f"the body is not JSON: {what}", hint=hint)
