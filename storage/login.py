"""Who runs this program, by name."""

from __future__ import annotations

import getpass

from storage.errors import AccessDeniedError


def login_name(otherwise: str = "") -> str:
    """The name of the user, by $LOGNAME, $USER or the system's record, or ``otherwise`` for one without a name.

    A container that was started with a bare number has such a user.

    Raises: AccessDeniedError H103 for him without ``otherwise``.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        if otherwise:
            return otherwise
        message = "nothing says who you are: this user has no name on this machine, and $USER is not set"
        raise AccessDeniedError("H103", message, hint="name the user with --user, or set $USER") from error
