"""What a running service has counted of a model's versions, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote

from howdah.errors import CommandError
from models.watching.observation import Requests
from storage.errors import one_line

_TIMEOUT_S = 15.0
_LARGEST = 16 << 20  # bytes


def count_requests(service: str, model: str, token: str) -> dict[int, Requests]:
    """Version → its requests since the service was started. Raises: CommandError H782."""
    url = f"{service.rstrip('/')}/state/{quote(model)}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  the option takes http alone
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310  the option takes http alone
            document = json.loads(response.read(_LARGEST))
        return {int(each["version"]): _requests(each) for each in document["versions"]}
    except urllib.error.HTTPError as error:
        with error:
            raise _unanswered(url, f"it answered {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _unanswered(url, _reason(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unanswered(url, "it is not howdah serve that answers there") from error


def _requests(version: dict[str, Any]) -> Requests:
    return Requests(int(version["usage"]), int(version["errors"]["failed"]))


def _reason(error: Exception) -> str:
    """In words: what urllib wraps shows itself as Python's own objects."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def _unanswered(url: str, reason: str) -> CommandError:
    hint = "is it howdah serve, and does it serve this model? Where it wants a token: $HOWDAH_TOKEN"
    return CommandError("H782", f"{url}: {one_line(reason)[:200]}", hint=hint)
