"""The real Oozie as the contract tests use it: put an app into HDFS, ask for a dry run, submit, look.

Small on purpose and without the product's own client: it is what the product is held against.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import requests

from howdah.stack.addresses import Addresses

_PUT_S, _ASK_S = 30, 120


class RefusedError(Exception):
    """Oozie refused a request, with its code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def _request(method: str, url: str, **more: Any) -> requests.Response:
    # Proxies of the environment are not for this machine; and pytest changes it while threads would read it.
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, **more)


@dataclass(frozen=True)
class Driver:
    """One HDFS folder on one stack, and its Oozie."""

    stack: Addresses
    folder: str

    @property
    def uri(self) -> str:
        """The folder with its name node."""
        return f"{self.stack.name_node}{self.folder}"

    # --- HDFS ---------------------------------------------------------------------------------------------------------

    def put(self, name: str, content: bytes | str) -> str:
        """Write ``name`` below the folder (or an absolute path); gives its URI."""
        path = name if name.startswith("/") else f"{self.folder}/{name}"
        data = content.encode() if isinstance(content, str) else content
        self._hdfs("PUT", path, "CREATE", data, overwrite="true")
        return f"{self.stack.name_node}{path}"

    def make_folder(self, name: str) -> None:
        """A folder below the folder (or an absolute path)."""
        self._hdfs("PUT", name if name.startswith("/") else f"{self.folder}/{name}", "MKDIRS")

    def delete(self, name: str = "") -> None:
        """Delete ``name`` below the folder, or all of it."""
        self._hdfs("DELETE", f"{self.folder}/{name}".rstrip("/"), "DELETE", recursive="true")

    def exists(self, path: str) -> bool:
        """Whether there is anything at an absolute path."""
        url = f"{self.stack.webhdfs}/webhdfs/v1{path}"
        answer = _request("GET", url, params={"op": "GETFILESTATUS", "user.name": self.stack.user}, timeout=_PUT_S)
        return answer.status_code == requests.codes.ok

    def _hdfs(self, method: str, path: str, operation: str, data: bytes = b"", **more: str) -> None:
        url = f"{self.stack.webhdfs}/webhdfs/v1{path}"
        parameters = {"op": operation, "user.name": self.stack.user, **more}
        answer = _request(method, url, params=parameters, allow_redirects=False, timeout=_PUT_S)
        if answer.is_redirect:
            answer = _request(method, answer.headers["Location"], data=data, timeout=_PUT_S)
        answer.raise_for_status()

    # --- Oozie --------------------------------------------------------------------------------------------------------

    def submit(self, properties: Mapping[str, str], action: str = "start") -> str:
        """Submit a job and, unless ``action`` is "", start it; gives its id. Raises: RefusedError."""
        return str(self._jobs(properties, action)["id"])

    def dry_run(self, properties: Mapping[str, str]) -> str:
        """What Oozie would do: for a coordinator its materialised actions. Raises: RefusedError."""
        answer = self._jobs(properties, "dryrun")
        return str(answer.get("dryrun") or answer.get("id", ""))

    def info(self, job_id: str, **parameters: str) -> dict[str, Any]:
        """The job as Oozie shows it, up to 1000 actions of a coordinator."""
        return dict(self._ask("GET", f"v2/job/{job_id}", {"show": "info", "offset": "1", "len": "1000", **parameters}))

    def change(self, job_id: str, action: str, **parameters: str) -> None:
        """kill, suspend, resume, change ... Raises: RefusedError."""
        self._ask("PUT", f"v1/job/{job_id}", {"action": action, **parameters})

    def rerun(self, job_id: str, properties: Mapping[str, str]) -> None:
        """Set a workflow job that has ended to run again. Raises: RefusedError."""
        self._ask("PUT", f"v1/job/{job_id}", {"action": "rerun"}, self._configuration(properties))

    def wait_for(
        self, job_id: str, is_enough: Callable[[dict[str, Any]], bool], timeout_s: float = 120.0
    ) -> dict[str, Any]:
        """The job when it ``is_enough``, or as it is after ``timeout_s``."""
        end = time.monotonic() + timeout_s
        while True:
            found = self.info(job_id)
            if is_enough(found) or time.monotonic() > end:
                return found
            time.sleep(0.5)

    def _jobs(self, properties: Mapping[str, str], action: str) -> dict[str, Any]:
        return dict(self._ask("POST", "v2/jobs", {"action": action} if action else {}, self._configuration(properties)))

    def _configuration(self, properties: Mapping[str, str]) -> bytes:
        given = {"user.name": self.stack.user, **properties}
        rows = "".join(
            f"<property><name>{escape(name)}</name><value>{escape(value)}</value></property>"
            for name, value in given.items()
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><configuration>{rows}</configuration>'.encode()

    def _ask(self, method: str, path: str, parameters: Mapping[str, str], body: bytes | None = None) -> Any:
        url = f"{self.stack.oozie}/{path}"
        parameters = {"user.name": self.stack.user, **parameters}
        headers = {} if body is None else {"Content-Type": "application/xml;charset=UTF-8"}
        answer = _request(method, url, params=parameters, data=body, headers=headers, timeout=_ASK_S)
        if not answer.ok:
            code = answer.headers.get("oozie-error-code", str(answer.status_code))
            raise RefusedError(code, answer.headers.get("oozie-error-message", answer.text[:500]))
        return answer.json() if answer.content.strip() else {}
