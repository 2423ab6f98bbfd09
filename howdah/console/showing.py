"""A page about one job, with what stands on all of them."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from howdah.console.operations import operations_of
from oozie.client import Job


def show_job(job: Job, template: str, **values: Any) -> Response:
    """``template`` for ``job``; ``tab`` names the page among the job's."""
    values.setdefault("tab", "overview")
    page = render_template(template, job=job, kind=kind_word(job), operations=operations_of(job), **values)
    return make_response(page)


def kind_word(job: Job) -> str:
    """What a person calls this kind of job."""
    return type(job).__name__.lower()
