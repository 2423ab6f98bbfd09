"""Apps that are said to the letter: nothing is added, and nothing comes from a profile but values of properties.

``app`` is the whole, ``workflow_app``, ``coordinator_app`` and ``bundle_app`` are its files. The steps are those of
:mod:`generator.declare` and :mod:`generator.cluster_actions`, and those that only such an app has. A new workflow is
said with ``generator.declare.workflow``.
"""

from generator.texts import as_is, cdata
from generator.verbatim.definitions import (
    app,
    async_dataset,
    bundle_app,
    controls,
    coordinator_app,
    data_in,
    data_out,
    dataset,
    member,
    workflow_app,
)
from generator.verbatim.sections import launcher, parameter, places, shared, sla, xml
from generator.verbatim.steps import action, fork, goto, join

__all__ = [
    "action",
    "app",
    "as_is",
    "async_dataset",
    "bundle_app",
    "cdata",
    "controls",
    "coordinator_app",
    "data_in",
    "data_out",
    "dataset",
    "fork",
    "goto",
    "join",
    "launcher",
    "member",
    "parameter",
    "places",
    "shared",
    "sla",
    "workflow_app",
    "xml",
]
