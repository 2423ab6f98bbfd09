"""Signatures: what they cover, and what a repository keeps of them."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from models.errors import SignatureError
from models.repository import Repository
from models.signing import check_signed, is_signed, key_id, read_private_key, read_public_key, sign
from storage.local import LocalDisk
from tests.unit.models.conftest import DESCRIBED, write_model


def private_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def repository(tmp_path):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    for number in range(2):
        with repository.stage("funnel") as staging:
            write_model(staging.spark_path, str(number))
            staging.publish(**DESCRIBED)
    return repository


def test_a_signature_is_of_one_manifest_and_one_key(repository, key):
    first, second = (repository.manifest("funnel", version) for version in (1, 2))
    signature = sign(first, read_private_key(private_pem(key)))
    public = read_public_key(public_pem(key))
    stranger = Ed25519PrivateKey.generate().public_key()
    assert is_signed(first, [signature], [stranger, public])
    assert not is_signed(second, [signature], [public])
    assert not is_signed(replace(first, version=2), [signature], [public])
    assert not is_signed(replace(first, description="another one"), [signature], [public])
    assert not is_signed(first, [signature], [stranger])
    assert not is_signed(first, [signature[:-1], b"", bytes(64)], [public])
    assert not is_signed(first, [], [public])


def test_a_repository_keeps_a_signature_of_each_key(repository, key):
    other = Ed25519PrivateKey.generate()
    manifest = repository.manifest("funnel", 1)
    for each in (key, other, key):
        repository.add_signature("funnel", 1, key_id(each.public_key()), sign(manifest, each))
    assert len(repository.signatures("funnel", 1)) == 2
    assert repository.signatures("funnel", 2) == []
    assert repository.verify("funnel", 1) == []
    for each in (key, other):
        check_signed(repository, manifest, [each.public_key()])
    with pytest.raises(SignatureError, match=r"H271 funnel@2 not signed by any key that is trusted here") as refused:
        check_signed(repository, repository.manifest("funnel", 2), [key.public_key(), other.public_key()])
    assert refused.value.code == "H271"


def test_signatures_go_with_their_version(repository, key):
    for version in (1, 2):
        manifest = repository.manifest("funnel", version)
        repository.add_signature("funnel", version, key_id(key.public_key()), sign(manifest, key))
    repository.delete_version("funnel", 1)
    repository.delete_remains("funnel")
    assert repository.signatures("funnel", 1) == []
    assert len(repository.signatures("funnel", 2)) == 1


def test_what_is_no_key_is_refused(key):
    rsa = generate_private_key(65537, 2048)
    for read, wrong in (
        (read_private_key, [b"", b"-----BEGIN", private_pem(rsa), public_pem(key)]),
        (read_public_key, [b"", b"-----BEGIN", public_pem(rsa), private_pem(key)]),
    ):
        for pem in wrong:
            with pytest.raises(SignatureError, match="Ed25519 key in PEM") as refused:
                read(pem, "key.pem")
            assert refused.value.code == "H270"
