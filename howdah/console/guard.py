"""What a request must pass, and what an answer tells the browser to keep to.

A web page elsewhere can send a browser to this console: by a name of its own that points here (so the Host header is
checked), or by a form (so that a change is a POST with the session's token, from an origin that is ours). Where the
console acts with a person's own Kerberos ticket or token, other users of this machine are kept out by a secret in the
address that it prints: who comes with it is given a session that says so.
"""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from howdah.console.errors import ConsoleError
from howdah.console.settings import Settings
from serving.settings import is_loopback

TOKEN_FIELD = "token"  # noqa: S105  the name of a field
_ENTERED = "entered"
# What the page that refuses needs too.
_OPEN_TO_ALL = frozenset({"static", "flow_style", "look", "sign"})
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def token() -> str:
    """The token of this session, for the forms of its pages."""
    if TOKEN_FIELD not in session:
        session[TOKEN_FIELD] = secrets.token_urlsafe(32)
    return str(session[TOKEN_FIELD])


def add_guard(app: Flask, settings: Settings) -> None:
    """Check every request of ``app``, and mark every answer."""
    names = frozenset(name.lower() for name in settings.allowed_hosts)
    app.secret_key = secrets.token_bytes(32)
    # Cookies do not know ports: two consoles on one machine each need a name of their own.
    app.config["SESSION_COOKIE_NAME"] = f"howdah-console-{settings.port}"
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["MAX_CONTENT_LENGTH"] = 64 << 10

    @app.before_request
    def check() -> AnyResponse | None:
        host = request.environ.get("HTTP_HOST", "")
        if not _is_ours(host, names):
            hint = "start it with --allow-host for that name"
            raise ConsoleError("H752", f"this console is not called {host[:100]!r}", hint=hint)
        if settings.secret and not session.get(_ENTERED) and request.endpoint not in _OPEN_TO_ALL:
            return _enter(settings.secret)
        if request.method in _CHANGES:
            _check_change(host, settings)
        return None

    @app.after_request
    def mark(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
        return response


def _enter(secret: str) -> AnyResponse:
    """To the first page, without the secret in its address. Raises: ConsoleError H775."""
    if not hmac.compare_digest(request.args.get(TOKEN_FIELD, "").encode("utf-8", "replace"), secret.encode()):
        hint = "open the address with ?token= that the console printed at its start, in this browser"
        raise ConsoleError("H775", "this console is another user's, or was started anew", hint=hint)
    session[_ENTERED] = True
    return redirect(url_for("home"), code=303)


def _check_change(host: str, settings: Settings) -> None:
    if settings.is_read_only:
        raise ConsoleError("H754", "this console only looks", hint="start it without --read-only to change jobs")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if (origin and urlsplit(origin).netloc.lower() != host.lower()) or site != "same-origin":
        raise ConsoleError("H753", "the form was sent from another site", hint="use the console's own pages")
    sent = request.form.get(TOKEN_FIELD, "")
    if not hmac.compare_digest(sent.encode(), token().encode()):
        hint = "the console was started anew, or the page is an old one: go back, load it again and confirm once more"
        raise ConsoleError("H753", "the form does not carry the token of this session", hint=hint)


def _is_ours(header: str, names: frozenset[str]) -> bool:
    host = re.sub(r":\d*$", "", header).lower()
    return host in names or is_loopback(host)
