"""The process of an email action: writes the message into the outbox, or sends it over SMTP.

Source: org.apache.oozie.action.email.EmailActionExecutor.email.
"""

from __future__ import annotations

import json
import smtplib
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from oozie.local.errors import ActionError, failure

_POLICY = SMTP.clone(max_line_length=998)  # what SMTP allows: an error message stays readable in the outbox


def _say(line: str) -> None:
    """One line of the action's log."""
    sys.stdout.write(line + "\n")


def _message(request: dict[str, Any]) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = request["from"]
    for header in ("to", "cc", "bcc"):
        if request[header]:
            message[header.title()] = ", ".join(request[header])
    message["Subject"] = " ".join(request["subject"].split())
    subtype = request["content_type"].partition(";")[0].partition("/")[2].strip() or "plain"
    message.set_content(request["body"], subtype=subtype)
    for path in map(Path, request["attachments"]):
        message.add_attachment(path.read_bytes(), maintype="application", subtype="octet-stream", filename=path.name)
    return message


def _send(message: EmailMessage, settings: dict[str, str]) -> None:
    timeout_s = int(settings["socket.timeout.ms"]) / 1000
    try:
        with smtplib.SMTP(settings["host"], int(settings["port"]), timeout=timeout_s) as server:
            if settings["starttls.enable"].lower() == "true":
                server.starttls()
            if settings["auth"].lower() == "true":
                server.login(settings["username"], settings["password"])
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings['host']}:{settings['port']}"
        raise failure(
            "EM007", f"Encountered an error while sending the email message over SMTP to {where}: {error}"
        ) from error


def _main(folder: Path) -> None:
    request = json.loads((folder / "request.json").read_text("utf-8"))
    message = _message(request)
    recipients = ", ".join(request["to"] + request["cc"] + request["bcc"])
    if request["smtp"] is not None:
        _send(message, request["smtp"])
        _say(f"sent to {recipients} by {request['smtp']['host']}")
        return
    target = Path(request["outbox"])
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_suffix(".new")
    whole.write_bytes(message.as_bytes())
    whole.replace(target)
    _say(f"mail to {recipients} written to {target}")


if __name__ == "__main__":
    launch = Path(sys.argv[1])
    try:
        _main(launch)
    except ActionError as error:
        (launch / "error.json").write_text(json.dumps({"code": error.code, "message": error.message}), "utf-8")
        sys.exit(f"{error.code}: {error.message}")
