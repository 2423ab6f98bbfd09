"""Signatures of versions: who holds the key says that this manifest, and so every file it lists, is what was meant.

A signature is Ed25519 (RFC 8032) over the model's name, its version and the manifest's digest; it is kept beside the
versions, one small file a key. Keys are PEM: ``openssl genpkey -algorithm ed25519 -out key.pem`` makes one, ``openssl
pkey -in key.pem -pubout -out public.pem`` its public half.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.errors import SignatureError
from models.manifest import Manifest
from models.source import ModelSource
from storage.errors import Diagnostic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64

_PURPOSE = "howdah model manifest 1"
_HOW = "openssl genpkey -algorithm ed25519 -out key.pem makes one; -pubout gives its public half"


def read_private_key(pem: bytes, place: str = "") -> Ed25519PrivateKey:
    """The key in a PEM file without a passphrase. Raises: SignatureError H270."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise _no_key("private", place) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key("private", place)
    return key


def read_public_key(pem: bytes, place: str = "") -> Ed25519PublicKey:
    """The public key in a PEM file. Raises: SignatureError H270."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise _no_key("public", place) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key("public", place)
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """What a key's signatures are filed under: 16 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """The signature of a version, 64 bytes."""
    return key.sign(_message(manifest))


def is_signed(manifest: Manifest, signatures: Sequence[bytes], keys: Sequence[Ed25519PublicKey]) -> bool:
    """Whether one of ``keys`` made one of ``signatures`` for just this manifest."""
    return any(_holds(manifest, signature, key) for signature in signatures for key in keys)


def find_unsigned(source: ModelSource, manifest: Manifest, keys: Sequence[Ed25519PublicKey]) -> list[Diagnostic]:
    """H271 for a version that none of ``keys`` has signed. Raises: StorageError."""
    if is_signed(manifest, source.signatures(manifest.name, manifest.version), keys):
        return []
    reference = f"{manifest.name}@{manifest.version}"
    hint = f"whoever answers for it signs it: howdah models sign {reference} --key FILE"
    return [Diagnostic("H271", "not signed by any key that is trusted here", hint, reference)]


def check_signed(source: ModelSource, manifest: Manifest, keys: Sequence[Ed25519PublicKey]) -> None:
    """Nothing, where one of ``keys`` has signed the version. Raises: SignatureError H271, StorageError."""
    found = find_unsigned(source, manifest, keys)
    if found:
        raise SignatureError.of(found)


def _holds(manifest: Manifest, signature: bytes, key: Ed25519PublicKey) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, _message(manifest))
    except InvalidSignature:
        return False
    return True


def _message(manifest: Manifest) -> bytes:
    return f"{_PURPOSE}\n{manifest.name}\n{manifest.version}\n{manifest.digest}\n".encode()


def _no_key(kind: str, place: str) -> SignatureError:
    return SignatureError("H270", f"there is no {kind} Ed25519 key in PEM", hint=_HOW, path=place)
