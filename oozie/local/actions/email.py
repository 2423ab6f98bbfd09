"""The email action: read and checked here, sent by :mod:`oozie.local.actions.email_process`.

Source: org.apache.oozie.action.email.EmailActionExecutor.
"""

from __future__ import annotations

import json
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path

from oozie.local.actions.executor import ActionRun, Executor, own_process
from oozie.local.errors import ActionError, failure
from oozie.local.supervisor import Command

OUTBOX = "outbox"
_NO_ATTACHMENTS = "\n Note: the attachments are left out, since oozie.email.attachment.enabled is false."


def _prepare(run: ActionRun) -> Command:
    if not run.text("to"):
        raise ActionError("EM001", "No recipients were specified in the to-address field.")
    sender = run.setting("oozie.email.from.address", "oozie@localhost")
    recipients = {tag: _addresses(run.text(tag)) for tag in ("to", "cc", "bcc")}
    _check((sender,), "EM002", "Bad from address specified in ${oozie.email.from.address}")
    everyone = [address for group in recipients.values() for address in group]
    _check(everyone, "EM004", "EM004: Bad address format in <to> or <cc> or <bcc>")
    body, attachments = run.text("body"), _attachments(run)
    if attachments and run.setting("oozie.email.attachment.enabled", "true").lower() != "true":
        body, attachments = body + _NO_ATTACHMENTS, []
    request = {
        "from": sender, **recipients, "subject": run.text("subject"), "body": body, "attachments": attachments,
        "content_type": run.text("content_type") or "text/plain", "smtp": _smtp(run),
        "outbox": str(run.state / OUTBOX / f"{run.job.id}-{run.name}-{run.folder.name}.eml"),
    }  # fmt: skip
    (run.folder / "request.json").write_text(json.dumps(request), "utf-8")
    (run.folder / "request.json").chmod(0o600)  # it may hold the server's password
    return own_process("oozie.local.actions.email_process", run)


def _smtp(run: ActionRun) -> dict[str, str] | None:
    """The SMTP server's settings, or None where mail goes into the outbox."""
    host = run.setting("oozie.email.smtp.host", OUTBOX)
    if host == OUTBOX:
        return None
    names = {"port": "25", "auth": "false", "username": "", "password": "", "starttls.enable": "false",
             "socket.timeout.ms": "10000"}  # fmt: skip
    return {"host": host, **{name: run.setting(f"oozie.email.smtp.{name}", value) for name, value in names.items()}}


def _addresses(text: str) -> list[str]:
    return [address.strip() for address in text.split(",") if address.strip()]


def _check(addresses: list[str] | tuple[str, ...], code: str, message: str) -> None:
    for address in addresses:
        spec = address.rpartition("<")[2].rstrip(">")
        try:
            Address(addr_spec=spec)
        except (ValueError, IndexError, MessageError) as error:
            raise ActionError(code, f"{message}: '{address}'") from error


def _attachments(run: ActionRun) -> list[str]:
    paths: list[Path] = []
    for uri in _addresses(run.text("attachment")):
        if uri.startswith("file:"):
            raise ActionError(
                "EM008", f"Encountered an error when attaching a file. A local file cannot be attached:{uri}"
            )
        path = run.local(uri)
        if not path.is_file():
            raise failure("EM007", f"Encountered an error while sending the email message over SMTP: no file {uri}")
        paths.append(path)
    return [str(path) for path in paths]


EXECUTOR = Executor(_prepare, lambda _status: "EM007")
