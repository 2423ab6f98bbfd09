"""Habits that Oozie accepts and that hurt later: H0xx, each with the reason and the way out.

docs/lints.md explains every one of them; how one is switched off stands in :mod:`oozie.language.lints.switches`.
"""

from oozie.language.lints.workflow import property_lints, workflow_lints

__all__ = ["property_lints", "workflow_lints"]
