"""A file in a form, as ``curl -F file=@rows.csv`` and the forms of browsers send it.

Source: RFC 7578, multipart/form-data.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

from serving.errors import ServingError

UPLOAD = "multipart/form-data"

_MOST_PARTS = 2
_HINT = "send one file, and beside it at most a field 'model': curl -F file=@rows.csv"


@dataclass(frozen=True)
class Upload:
    """The file, and the model that the form names, or ""."""

    model: str
    file: bytes


def read_upload(body: bytes, boundary: str) -> Upload:
    """The one file of a form. Raises: ServingError H512."""
    parser = MultiPartParser(stream_factory=lambda *_, **__: io.BytesIO(), max_form_parts=_MOST_PARTS)
    try:
        fields, files = parser.parse(io.BytesIO(body), boundary.encode(), len(body))
    except RequestEntityTooLarge:
        raise _no_upload("the form has more than a file and a model's name") from None
    except ValueError:
        raise _no_upload("the form cannot be read") from None
    strange = next((name for name in fields if name != "model"), None)
    if strange is not None:
        raise _no_upload(f"the form has a field {str(strange)[:100]!r}")
    found = [file for _, file in files.items(multi=True)]  # two may have one name
    if len(found) != 1:
        raise _no_upload(f"the form has {len(found)} files")
    return Upload(fields.get("model", ""), found[0].read())


def _no_upload(what: str) -> ServingError:
    return ServingError("H512", what, hint=_HINT)
