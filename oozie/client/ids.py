"""The ids of jobs and of their actions: what kind they are of, and that nothing else gets into a URL."""

from __future__ import annotations

import re

from oozie.client.errors import OozieClientError
from oozie.client.values import Kind

# What may stand in an id or in the name of one of Oozie's own pages; never a slash, a blank or a question mark.
_SEGMENT = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.:@-]{1,300}\Z")
_KIND_OF: dict[str, Kind] = {"W": "wf", "C": "coord", "B": "bundle"}
_NAMES: dict[Kind, str] = {"wf": "workflow", "coord": "coordinator", "bundle": "bundle"}


def kind_of(job_id: str) -> Kind:
    """The kind of job that an id is of, by its last letter; of an action's id, that of its job.

    Raises: OozieClientError H805.
    """
    job, _, _ = job_id.partition("@")
    kind = _KIND_OF.get(job.rpartition("-")[2])
    if kind is None:
        hint = "ids end with -W, -C or -B, as 0000012-261121120000000-oozie-root-W; howdah jobs lists them"
        raise OozieClientError("H805", f"'{job_id:.120}' is not the id of a job", hint=hint)
    return kind


def check_kind(job_id: str, kind: Kind) -> None:
    """Refuse an id of another kind: Oozie would answer with fields that mean nothing. Raises: OozieClientError."""
    found = kind_of(job_id)
    if "@" in job_id or found != kind:
        is_a = f"an action of a {_NAMES[found]}" if "@" in job_id else f"a {_NAMES[found]}"
        hint = f"name a {_NAMES[kind]}; howdah jobs lists them"
        raise OozieClientError("H805", f"'{job_id:.120}' is {is_a}, not a {_NAMES[kind]}", hint=hint)


def check_segment(text: str) -> str:
    """``text``, an id that may stand in a URL. Raises: OozieClientError H805."""
    if not _SEGMENT.match(text):
        hint = "ids are as 0000012-261121120000000-oozie-root-W; howdah jobs lists them"
        raise OozieClientError("H805", f"'{text:.120}' is not the id of a job", hint=hint)
    return text
