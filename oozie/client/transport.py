"""The conversation with an Oozie server: requests, who asks, and what an answer that is none means."""

from __future__ import annotations

import html
import importlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectTimeout,
    ProxyError,
    ReadTimeout,
    RequestException,
    SSLError,
)
from requests.exceptions import ConnectionError as LostConnectionError
from urllib3.exceptions import HTTPError, NewConnectionError

from oozie.client.errors import OozieAwayError, OozieClientError, OutcomeUnknownError
from oozie.client.ids import check_segment
from storage.login import login_name

Authentication = Literal["none", "kerberos", "token"]
Parameters = Mapping[str, "str | int | bool | None"]

XML = "application/xml;charset=UTF-8"
_COOKIE = "hadoop.auth"
_URL_HINT = "write it as http://host:11000/oozie"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REDIRECTS = range(300, 400)
_UNAUTHORISED, _FORBIDDEN, _FAILED = 401, 403, 500
_AWAY = (502, 503, 504)
# Of these a gateway says that it had asked, and was not answered.
_UNANSWERED = (502, 504)
_CHUNK_BYTES = 1 << 16
_LONGEST_LINE = 1 << 20


class Transport:
    """One server and one user, asked over a session that keeps its connection.

    Units: ``timeout_s`` in seconds, for a connection and for an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str,
        authentication: Authentication,
        token: str,
        do_as: str,
        timeout_s: tuple[float, float],
    ) -> None:
        """Raises: OozieClientError H800 for a URL that is none, H806 without Kerberos' package; H103 without a user."""
        self.url = _checked_url(url)
        self.user = user or login_name()
        self._timeout_s = timeout_s
        self._session = web_session(self.url, authentication)
        self._identity: dict[str, str] = {"doAs": do_as} if do_as else {}
        self._version = -1
        if authentication == "token":
            self._take_token(token)
        elif authentication == "none":
            self._identity["user.name"] = self.user

    def __repr__(self) -> str:
        return f"Transport('{self.url}')"

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    @property
    def version(self) -> int:
        """The newest version of the API that both sides speak, asked once. Raises: OozieClientError H804."""
        if self._version < 0:
            spoken = self._json(self._send("GET", "versions", {}))
            if not isinstance(spoken, list) or not all(isinstance(each, int) for each in spoken):
                raise stranger(self.url)
            self._version = max((each for each in spoken if each <= 2), default=0)
        if self._version < 1:
            raise OozieClientError(
                "H804", f"{self.url} speaks only version 0 of Oozie's API", hint="Oozie 3.2 or newer is needed"
            )
        return self._version

    def json(
        self, method: str, *place: str, body: bytes | None = None, since: int = 1, **parameters: str | int | bool | None
    ) -> Any:
        """The JSON of an answer; None where it is empty. ``since`` is the API's version that the call needs."""
        return self._json(self._ask(method, place, parameters, body, since))

    def text(self, method: str, *place: str, since: int = 1, **parameters: str | int | bool | None) -> str:
        """The text of an answer."""
        answer = self._ask(method, place, parameters, None, since)
        self._refuse_page(answer)
        return answer.content.decode("utf-8", "replace")

    def lines(self, method: str, *place: str, since: int = 1, **parameters: str | int | bool | None) -> Lines:
        """The lines of an answer that may be of any length."""
        answer = self._ask(method, place, parameters, None, since, stream=True)
        self._refuse_page(answer)
        return Lines(answer, self.url)

    def _ask(
        self,
        method: str,
        place: tuple[str, ...],
        parameters: Parameters,
        body: bytes | None,
        since: int,
        *,
        stream: bool = False,
    ) -> requests.Response:
        if self.version < since:
            raise OozieClientError(
                "H804",
                f"{self.url} is too old for that: it speaks version {self.version} of the API, not {since}",
                hint="Oozie 4.1 or newer has it",
            )
        path = "/".join([f"v{self.version}", *(quote(check_segment(each), safe="@:") for each in place)])
        return self._send(method, path, parameters, body, stream=stream)

    def _send(
        self, method: str, path: str, parameters: Parameters, body: bytes | None = None, *, stream: bool = False
    ) -> requests.Response:
        shown = {name.replace("_", "-"): _shown(value) for name, value in parameters.items() if value is not None}
        try:
            answer = self._session.request(
                method,
                f"{self.url}/{path}",
                params={**shown, **self._identity},
                data=body,
                headers={"Content-Type": XML} if method in ("POST", "PUT") else None,
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=stream,
            )
        except (RequestException, HTTPError) as error:
            if _is_change(method, path, shown) and _was_sent(error):
                raise _outcome_unknown(self.url, type(error).__name__) from error
            raise away(self.url, error) from error
        if not answer.ok or answer.status_code in _REDIRECTS:
            with answer:
                if _is_change(method, path, shown) and answer.status_code in _UNANSWERED:
                    raise _outcome_unknown(self.url, f"{answer.status_code} {answer.reason}")
                raise self._refusal(answer)
        return answer

    def _json(self, answer: requests.Response) -> Any:
        if not answer.content.strip():
            return None
        try:
            return json.loads(answer.content.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise stranger(self.url) from error

    def _refuse_page(self, answer: requests.Response) -> None:
        if "html" in answer.headers.get("Content-Type", ""):
            with answer:
                raise stranger(self.url)

    def _refusal(self, answer: requests.Response) -> OozieClientError:
        code = answer.headers.get("oozie-error-code", "")
        if code:
            return OozieClientError(code, _message(answer, code), hint=_HINTS.get(code, ""))
        status = answer.status_code
        if status in _REDIRECTS:
            hint = "give the URL that Oozie itself has; behind a gateway, log in with --auth kerberos or --auth token"
            where = _page_of(answer.headers.get("Location", "")) or "another page"
            return OozieClientError("H802", f"{self.url} sends us on to {where}", hint=hint)
        if status in (_UNAUTHORISED, _FORBIDDEN):
            return self._unknown_user(answer)
        if status in _AWAY:
            hint = "Oozie is starting, or away behind its gateway; try again in a minute"
            return OozieAwayError("H801", f"{self.url} answers {status} {answer.reason}", hint=hint)
        if status >= _FAILED:
            hint = "Oozie's own log on its host has the reason; the address may also be another program's"
            return OozieClientError("H802", f"{self.url} failed without a reason ({status} {answer.reason})", hint=hint)
        return stranger(self.url, f"{status} {answer.reason}")

    def _unknown_user(self, answer: requests.Response) -> OozieClientError:
        if "negotiate" in answer.headers.get("WWW-Authenticate", "").lower():
            hint = "run kinit, and ask with --auth kerberos"
        else:
            hint = "name another user with --user, or ask with --auth kerberos or --auth token"
        message = f"{self.url} does not let '{self.user}' ask ({answer.status_code} {answer.reason})"
        return OozieClientError("H803", message, hint=hint)

    def _take_token(self, token: str) -> None:
        """hadoop.auth's cookie is signed text with u=, p=, t=, e= and s= in it; all else is a delegation token."""
        if not token.strip():
            raise OozieClientError("H803", "there is no token to ask with", hint="put it into $OOZIE_TOKEN")
        token = token.strip().strip('"')
        if "u=" in token and "&s=" in token:
            self._session.cookies.set(_COOKIE, f'"{token}"')
        else:
            self._identity["delegation"] = token


class Lines(Iterator[str]):
    """The lines of a long answer, each without its end, read as they are asked for; close it when it is not read out.

    Raises: OozieAwayError H801 where the answer breaks off.
    """

    def __init__(self, answer: requests.Response, url: str) -> None:
        self._answer = answer
        self._url = url
        self._lines = split_lines(answer.iter_content(_CHUNK_BYTES))

    def __next__(self) -> str:
        try:
            return next(self._lines).decode("utf-8", "replace").rstrip("\r")
        except StopIteration:
            self.close()
            raise
        except (RequestException, HTTPError) as error:
            self.close()
            raise away(self._url, error) from error

    def close(self) -> None:
        """Let go of the connection."""
        self._answer.close()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in chunks, each without its end; one of more than a megabyte in parts."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


class _Session(requests.Session):
    """Follows no redirect, and does not look where one leads either: that need not be a URL."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def web_session(url: str, authentication: Authentication) -> requests.Session:
    """A session for ``url`` and its neighbours. Raises: OozieClientError H806 without the package for Kerberos."""
    session = _Session()
    # A proxy of the environment cannot reach this machine's own loopback.
    session.trust_env = urlsplit(url).hostname not in _LOOPBACK
    if authentication == "kerberos":
        session.auth = _kerberos()
    return session


def away(url: str, error: Exception) -> OozieAwayError:
    """The error for a server that does not answer."""
    hint = f"check host and port ({_URL_HINT}), and that Oozie runs"
    return OozieAwayError("H801", f"{url} does not answer ({type(error).__name__})", hint=hint)


def _outcome_unknown(url: str, said: str) -> OutcomeUnknownError:
    message = f"{url} did not answer ({said}): whether it did what it was asked is not known"
    return OutcomeUnknownError("H828", message, hint="see what howdah jobs shows before you do it again")


def _is_change(method: str, path: str, parameters: Mapping[str, str]) -> bool:
    asks_only = path.endswith("/validate") or parameters.get("action") == "dryrun" or parameters.get("dryrun") == "true"
    return method in ("POST", "PUT") and not asks_only


def _was_sent(error: Exception) -> bool:
    """Whether the server may have had the request, or some of it, before the failure."""
    if isinstance(error, (ConnectTimeout, ProxyError, SSLError)):
        return False
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NewConnectionError):
        return False
    return isinstance(error, (ReadTimeout, ChunkedEncodingError, LostConnectionError, HTTPError))


def stranger(url: str, answered: str = "") -> OozieClientError:
    """The error for a server that is not Oozie."""
    what = f" ({answered})" if answered else ""
    return OozieClientError("H802", f"what answers at {url} is not Oozie{what}", hint=_URL_HINT)


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment:
        raise OozieClientError("H800", f"'{url}' is not the URL of an Oozie", hint=_URL_HINT)
    return url.strip().rstrip("/")


def _kerberos() -> AuthBase:
    try:
        package = importlib.import_module("requests_kerberos")
    except ImportError as error:
        message = f"Kerberos needs a package: {error}"
        raise OozieClientError("H806", message, hint="pip install 'howdah[kerberos]'") from error
    made: AuthBase = package.HTTPKerberosAuth(mutual_authentication=package.OPTIONAL)
    return made


def _page_of(url: str) -> str:
    """Without what it carries in its query; "" of what is no URL of another page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else ""


def _shown(value: str | int | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _message(answer: requests.Response, code: str) -> str:
    """Oozie's message without its code; the header's bytes are Latin-1, the body's text is escaped for HTML."""
    message = answer.headers.get("oozie-error-message", "")
    with suppress(ValueError, KeyError, TypeError):  # older servers answer with a page; the header says the same
        message = html.unescape(str(answer.json()["errorMessage"]))
    return " ".join(message.removeprefix(f"{code}:").split()) or "Oozie says no more"


_HINTS = {
    "E0604": "howdah jobs lists the jobs; --kind coord the coordinators",
    "E0605": "howdah show JOB names the actions of a job",
    "E0002": "Oozie is in safe mode; its administrator ends that",
}
