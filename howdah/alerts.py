"""How alerts of `howdah watch` go out: as a line of its output, to a webhook, by mail."""

from __future__ import annotations

import http.client
import json
import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage
from typing import Any

from howdah.errors import CommandError
from models.watching.incidents import Step
from models.watching.policy import Mail, Policy
from models.watching.response import Alert, Channel
from storage.errors import one_line

_TIMEOUT_S = 15.0


def channels(policy: Policy) -> list[Channel]:
    """Where the alerts of ``policy`` go."""
    found: list[Channel] = [Line()]
    found += [Webhook(policy.webhook)] if policy.webhook else []
    found += [ByMail(policy.mail)] if policy.mail else []
    return found


class Line:
    """The command prints what comes of each step: there is nothing else to do."""

    step: Step = "line"

    def send(self, alert: Alert) -> str:
        """The line."""
        return alert.subject


class Webhook:
    """POST of JSON, with the incident's id as ``Idempotency-Key``, by which a receiver knows a second delivery."""

    step: Step = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, alert: Alert) -> str:
        """Raises: CommandError H783."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": alert.id}
        body = json.dumps(_document(alert)).encode()
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310  the policy takes http alone
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310  the policy takes http alone
                return f"the webhook answered {response.status}"
        except urllib.error.HTTPError as error:
            with error:
                raise _undelivered(f"the webhook answered {error.code}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise _undelivered(f"the webhook does not answer: {error}") from error


class ByMail:
    """A mail whose Message-ID is of the incident's id, so that a second delivery is the same message."""

    step: Step = "mail"

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def send(self, alert: Alert) -> str:
        """Raises: CommandError H783."""
        message = EmailMessage()
        try:
            message["From"], message["To"] = self._mail.sender, ", ".join(self._mail.to)
            message["Subject"], message["Message-ID"] = alert.subject, f"<{alert.id}@howdah>"
            message.set_content("\n".join([*alert.findings, "", _since(alert)]) + "\n")
            with smtplib.SMTP(self._mail.host, self._mail.port, timeout=_TIMEOUT_S) as server:
                server.send_message(message)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise _undelivered(f"{self._mail.host} does not take the mail: {error}") from error
        return f"mail to {', '.join(self._mail.to)}"


def _document(alert: Alert) -> dict[str, Any]:
    return {
        "incident": alert.id,
        "subject": alert.subject,
        "model": alert.model,
        "version": alert.version,
        "kind": alert.kind,
        "opened": alert.opened,
        "findings": list(alert.findings),
    }


def _since(alert: Alert) -> str:
    return f"Incident {alert.id}, open since {alert.opened}. All of it: howdah watch {alert.model}@{alert.version}"


def _undelivered(message: str) -> CommandError:
    return CommandError("H783", one_line(message)[:300], hint="it is tried again after an hour")
