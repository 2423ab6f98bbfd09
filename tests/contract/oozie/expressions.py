"""Expressions on the real Oozie: a kill node says their values.

A job takes seconds. So the texts that are expected to have a value share one, with a sign between them; what is
expected to be refused has a job of its own, and so has each text of a job that said something else than expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from xml.sax.saxutils import escape

from tests.contract.oozie.driver import Driver, RefusedError

_APP = """<workflow-app name="expression" xmlns="uri:oozie:workflow:0.5">
  <start to="told"/><kill name="told"><message>{message}</message></kill><end name="end"/>
</workflow-app>"""
_ENDED = frozenset({"SUCCEEDED", "KILLED", "FAILED"})
_REFUSED = "E0756"
_BETWEEN = "\u241e"
_TOGETHER = 440  # characters; Oozie keeps 500 of a message
_ATTEMPTS = 4
_LONGEST_S = 60


class RealExpressions:
    """Texts of jobs that have ``properties``, one HDFS folder for all of them."""

    def __init__(self, driver: Driver, properties: Mapping[str, str]) -> None:
        self.driver = driver
        self.properties = properties
        self._numbers = count()

    def values(self, expected: Sequence[tuple[str, str | None]], at_once: int) -> list[str | None]:
        """What each text comes to, None when Oozie refuses it; beside each stands what it is expected to come to.

        Raises: RefusedError when a job cannot be submitted.
        """
        shared = list(_shared(expected))
        with ThreadPoolExecutor(at_once) as pool:
            found: dict[str, str | None] = {}
            for texts, said in zip(
                shared, pool.map(lambda texts: self.said(_BETWEEN.join(texts)), shared), strict=True
            ):
                values = (said or "").split(_BETWEEN)
                found |= dict(zip(texts, values, strict=True)) if len(values) == len(texts) and said else {}
            alone = [text for text, value in expected if text not in found or found[text] != value]
            found |= dict(zip(alone, pool.map(self.said, alone), strict=True))
        return [found[text] for text, _ in expected]

    def said(self, message: str) -> str | None:
        """What the message of a kill node comes to, None when Oozie refuses it.

        Oozie's embedded Derby now and then refuses a lock, upon which a job may stand still: then again.
        """
        app = self.driver.put(f"el{next(self._numbers)}/workflow.xml", _APP.format(message=escape(message)))
        for _ in range(_ATTEMPTS):
            found = self._told(app)
            if found is not None:
                code, text = found
                return None if code == _REFUSED else text
        raise RefusedError("E0603", f"no answer to {message!r}")

    def _told(self, app: str) -> tuple[str, str] | None:
        """The kill node's code and message, None when the job did not get there."""
        try:
            job_id = self.driver.submit({"oozie.wf.application.path": app, **self.properties})
        except RefusedError as error:
            if "E0603" in error.message or error.code == "E0603":
                return None
            raise
        job = self.driver.wait_for(job_id, lambda job: job["status"] in _ENDED, _LONGEST_S)
        if job["status"] not in _ENDED:
            self.driver.change(job_id, "kill")
            return None
        node = next((action for action in job["actions"] if action["type"] == ":KILL:"), None)
        return None if node is None else (node["errorCode"] or "", node["errorMessage"] or "")


def _shared(expected: Sequence[tuple[str, str | None]]) -> Iterator[list[str]]:
    """The texts that are expected to have values, as many together as a message has room for."""
    together: list[str] = []
    length = 0
    for text, value in expected:
        if value is None or "#{" in text or len(value) > _TOGETHER // 2:
            continue
        if length + len(value) > _TOGETHER:
            yield together
            together, length = [], 0
        together.append(text)
        length += len(value) + 1
    if together:
        yield together
