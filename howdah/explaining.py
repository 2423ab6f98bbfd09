"""Why an action failed, in the lines that a person is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from howdah.oozie_option import OozieServer, YarnAddresses
from oozie.client.errors import YarnError
from oozie.client.reasons import Reason, why
from oozie.client.values import WorkflowAction
from oozie.client.yarn import Yarn, applications_of

# An application's logs are between its nodes and their keeper for a moment after its end.
_ATTEMPTS = 4
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Explanation:
    """What is known: the logs' own lines, what Oozie says, and why there is no more."""

    reason: Reason | None
    message: str
    trouble: YarnError | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The telling lines: the logs' where they have some, else Oozie's."""
        if self.reason is not None:
            return self.reason.lines
        return (self.message,) if self.message else ()


@dataclass(frozen=True)
class Explainer:
    """Asks YARN for the reasons of failures, once for each attempt of an action."""

    server: OozieServer
    addresses: YarnAddresses
    sleep: Callable[[float], None] = time.sleep
    _known: dict[tuple[str, str], Explanation] = field(default_factory=dict)

    def explain(self, action: WorkflowAction) -> Explanation:
        """Never raises what the logs' keepers answer: it is a part of the explanation."""
        key = (action.id, action.external_id)
        if key not in self._known:
            self._known[key] = self._explain(action)
        return self._known[key]

    def yarn(self, action: WorkflowAction) -> Yarn:
        """The cluster that the action ran on."""
        return Yarn.near(
            action,
            resource_manager=self.addresses.resource_manager,
            history=self.addresses.history,
            user=self.server.user,
            authentication=self.server.authentication,
        )

    def _explain(self, action: WorkflowAction) -> Explanation:
        message = message_of(action)
        if not has_logs_that_say_why(action):
            return Explanation(None, message)
        for _ in range(_ATTEMPTS - 1):
            explanation = self._ask(action, message)
            if explanation.trouble is None or explanation.trouble.code != "H809":
                return explanation
            self.sleep(_PAUSE_S)
        return self._ask(action, message)

    def _ask(self, action: WorkflowAction, message: str) -> Explanation:
        try:
            with self.yarn(action) as yarn:
                return Explanation(why(action, yarn), message)
        except YarnError as error:
            return Explanation(None, message, error)


def explained(action: WorkflowAction, explainer: Explainer | None) -> Explanation:
    """What ``explainer`` finds; without one what Oozie says, and nobody else is asked."""
    return explainer.explain(action) if explainer else Explanation(None, message_of(action))


def has_logs_that_say_why(action: WorkflowAction) -> bool:
    """Whether it ran on YARN and was not killed: the logs of one that was end with whatever it said last."""
    return action.status != "KILLED" and bool(applications_of(action))


def message_of(action: WorkflowAction) -> str:
    """Oozie's own message with its code; a code that is an exit status, or stands in the message, is not repeated."""
    code, message = action.error_code, action.error_message
    if not code or code.lstrip("-").isdecimal() or message.startswith(code):
        return message
    return f"{code}: {message}" if message else code
