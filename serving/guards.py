"""What every request must pass before it is answered, and what every answer carries."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException

from serving.access import Caller, Role, Tokens, role_for
from serving.errors import STATUS, ServingError
from serving.rates import RateLimit
from serving.replies import JSON
from serving.settings import Settings, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_PORT = re.compile(r":\d*$")

_DRAIN_S = 5.0
_DRAIN_PIECE_BYTES = 1 << 16

# What a browser must keep to on a page of ours; an answer in JSON is never one.
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def add_guards(app: Flask, settings: Settings) -> None:
    """Check each request's Host, Origin, token and rate, and give each answer its headers."""
    names = frozenset(name.lower() for name in settings.allowed_hosts)
    guarded = settings.is_loopback or bool(names)
    tokens = Tokens(settings.tokens) if settings.tokens else None
    rate = RateLimit(settings.rate_per_s)

    @lru_cache(maxsize=1024)
    def role_of(endpoint: str | None, method: str) -> Role:
        return "open" if endpoint == "static" else role_for(app.view_functions.get(endpoint or ""), method)

    @app.before_request
    def begin() -> None:
        environ, here = request.environ, g._get_current_object()
        here.started = time.perf_counter()
        here.caller = None
        asked = environ.get("HTTP_X_REQUEST_ID", "")
        here.request_id = asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(16)
        host = environ.get("HTTP_HOST")  # HTTP/1.0 has none, and browsers always send one
        if guarded and host is not None and not _is_ours(host, names):
            raise ServingError(
                "H510", f"this service is not called {host[:100]!r}", hint="start it with --allow-host for that name"
            )
        _check_origin(environ, host, names)
        needed = role_of(request.endpoint, environ["REQUEST_METHOD"])
        if needed != "open":
            _admit(environ, needed, tokens, rate, settings)

    app.after_request(_finish)


def _check_origin(environ: WSGIEnvironment, host: str | None, names: frozenset[str]) -> None:
    """A browser says which page lets it change something: a page elsewhere must not, whatever the browser knows.

    Raises: ServingError H533.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
        return
    page = origin.partition("://")[2].lower()
    # A proxy may ask us by another name than the browser asked it: the owner's names are all ours.
    if page and (page == (host or "").lower() or _PORT.sub("", page) in names):
        return
    raise ServingError(
        "H533", f"a page of {origin[:100]!r} may not ask here", hint="ask from a program, or from our own page"
    )


def _admit(environ: WSGIEnvironment, needed: Role, tokens: Tokens | None, rate: RateLimit, settings: Settings) -> None:
    """Know the caller, and count him. Raises: ServingError H534, H535, H536."""
    caller: Caller | None = tokens.find(environ.get("HTTP_AUTHORIZATION", "")) if tokens else None
    wait_s = rate.wait_s(f"token {caller.name}" if caller else environ.get("REMOTE_ADDR", ""))
    if wait_s:
        raise ServingError("H536", "you ask too often", hint=f"wait {wait_s:.2f} s, and ask more slowly")
    if tokens is None:
        if needed == "admin" and not settings.is_loopback:
            raise ServingError(
                "H535", "without tokens nobody may do that from afar", hint="start it with --tokens FILE"
            )
        return
    if caller is None:
        raise ServingError(
            "H534", "a token is needed", hint="send Authorization: Bearer TOKEN; a browser takes it as the password"
        )
    if not caller.may(needed):
        raise ServingError("H535", f"the token of {caller.name} may not do that", hint="it needs the role admin")
    g.caller = caller


@lru_cache(maxsize=256)
def _is_ours(header: str, names: frozenset[str]) -> bool:
    """Whether a Host header means us: a web page elsewhere can point its own name at this machine, and it tells."""
    host = _PORT.sub("", header).lower()
    return host in names or is_loopback(host)


def _finish(response: Response) -> Response:
    """What every answer carries; of a refused request the rest of the body goes."""
    headers = response.headers
    if response.content_type != JSON:
        for name, value in _PAGE_HEADERS.items():
            headers[name] = value
    headers.add("X-Content-Type-Options", "nosniff")
    headers.add("X-Request-Id", g.request_id)
    if "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
    if response.status_code >= 400 and response.status_code != STATUS["H514"]:
        environ = request.environ
        response.call_on_close(lambda: _drain(environ))
    return response


def _drain(environ: WSGIEnvironment) -> None:
    """Throw away the rest of a refused body: a client that still sends when we close never sees the refusal."""
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return
    end = time.monotonic() + _DRAIN_S
    with suppress(OSError, ParseException):  # the client has its answer; how it leaves is its own affair
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            if not environ["wsgi.input"].read(_DRAIN_PIECE_BYTES):
                return
