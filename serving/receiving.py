"""A request's body: read from the server in bounds, of a type that is taken."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge

from serving.body import read_json
from serving.errors import ServingError
from serving.replies import JSON

_HINT = "send JSON with Content-Type: application/json; POST /predict takes CSV, a file in a form and Arrow streams too"


def check_json() -> None:
    """Nothing, when the body is sent as JSON in UTF-8. Raises: ServingError H503."""
    if request.environ.get("CONTENT_TYPE") == JSON:
        return
    if request.mimetype != JSON:
        sent = request.mimetype or "nothing"
        raise ServingError("H503", f"the Content-Type is {sent[:100]!r}", hint=_HINT)
    check_charset()


def check_charset() -> None:
    """Nothing, when a text is in UTF-8. Raises: ServingError H503."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise ServingError("H503", f"the charset {charset[:50]!r} is not taken", hint="encode the body in UTF-8")


def receive(most_bytes: int) -> bytes:
    """The body, straight from the server: never more than ``most_bytes`` of it.

    Raises: ServingError H503, H513, H514.
    """
    environ = request.environ
    encoding = environ.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise ServingError("H503", f"a body in {encoding[:50]!r} is not taken", hint="send it without Content-Encoding")
    length = request.content_length
    if length is None and not environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > most_bytes:
        raise RequestEntityTooLarge
    try:
        data: bytes = environ["wsgi.input"].read(most_bytes + 1 if length is None else length)
    except ParseException as error:
        raise ServingError("H513", f"the body's chunks cannot be read: {error}"[:200]) from error
    except OSError:  # the socket's timeout is one
        data = b""
    if len(data) > most_bytes:
        raise RequestEntityTooLarge
    if len(data) < (length or 0):
        raise ServingError("H514", f"the body ends before the {length} bytes that were announced")
    return data


def receive_fields(most_bytes: int, kinds: Mapping[str, type | tuple[type, ...]]) -> dict[str, object]:
    """The members of the JSON object in the body, each of its kind; those that are absent are left out.

    Raises: ServingError H501, H503, H512.
    """
    check_json()
    value = read_json(receive(most_bytes))
    if not isinstance(value, dict):
        raise ServingError("H512", "the body is not an object", hint=f"its fields: {', '.join(kinds)}")
    for name, each in value.items():
        if name not in kinds:
            raise ServingError("H512", f"there is no field {name[:100]!r} here", hint=f"there are: {', '.join(kinds)}")
        if isinstance(each, float) and each.is_integer():
            each = value[name] = int(each)  # 5.0 is a whole number in JSON
        if not isinstance(each, kinds[name]) or (isinstance(each, bool) and kinds[name] is not bool):
            raise ServingError("H512", f"the field '{name}' is of another kind", hint="GET /openapi.json describes it")
    return value
