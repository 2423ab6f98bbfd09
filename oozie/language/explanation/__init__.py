"""An app in plain words: facts as values and phrases, which a command prints or gives as JSON."""

from oozie.language.explanation.coordinator import (
    BundleFacts,
    CoordinatorFacts,
    Data,
    explain_bundle,
    explain_coordinator,
)
from oozie.language.explanation.workflow import Step, WorkflowSteps, explain_workflow

__all__ = [
    "BundleFacts",
    "CoordinatorFacts",
    "Data",
    "Step",
    "WorkflowSteps",
    "explain_bundle",
    "explain_coordinator",
    "explain_workflow",
]
