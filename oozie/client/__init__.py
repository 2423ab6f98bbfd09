"""Oozie's REST API, for a real server and for the local one."""

from oozie.client.client import OozieClient
from oozie.client.errors import OozieAwayError, OozieClientError
from oozie.client.ids import kind_of
from oozie.client.transport import Authentication
from oozie.client.values import (
    Attempt,
    Bundle,
    Coordinator,
    CoordinatorAction,
    Job,
    Kind,
    Page,
    Run,
    Waiting,
    Workflow,
    WorkflowAction,
)

__all__ = [
    "Attempt",
    "Authentication",
    "Bundle",
    "Coordinator",
    "CoordinatorAction",
    "Job",
    "Kind",
    "OozieAwayError",
    "OozieClient",
    "OozieClientError",
    "Page",
    "Run",
    "Waiting",
    "Workflow",
    "WorkflowAction",
    "kind_of",
]
