"""Files of keys, as options name them."""

from __future__ import annotations

from pathlib import Path

from models.errors import SignatureError
from models.signing import read_public_key


def read_key_file(file: Path) -> bytes:
    """What is in the file. Raises: SignatureError H270."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SignatureError("H270", f"{file}: {error.strerror}", hint="name a key in PEM") from error


def read_trusted_key(file: Path) -> bytes:
    """A public key in PEM. Raises: SignatureError H270."""
    pem = read_key_file(file)
    read_public_key(pem, str(file))
    return pem
