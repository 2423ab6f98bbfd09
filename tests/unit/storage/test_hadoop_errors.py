import pytest

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathExistsError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)
from storage.hadoop_errors import hadoop_error


@pytest.mark.parametrize(
    ("name", "message", "kind", "code"),
    [
        ("FileNotFoundException", "File does not exist: /a", PathNotFoundError, "H101"),
        ("java.io.FileNotFoundException", "", PathNotFoundError, "H101"),
        ("org.apache.hadoop.fs.FileAlreadyExistsException", "x", PathExistsError, "H102"),
        ("PathIsNotEmptyDirectoryException", "x", PathExistsError, "H102"),
        ("IOException", "rename destination directory is not empty: /a", PathExistsError, "H102"),
        ("org.apache.hadoop.security.AccessControlException", "denied", AccessDeniedError, "H103"),
        ("AccessControlException", "/a/file (is not a directory)", PathExistsError, "H102"),
        ("org.apache.hadoop.security.token.SecretManager$InvalidToken", "expired", AccessDeniedError, "H103"),
        ("StandbyException", "standby", UnreachableError, "H104"),
        ("SafeModeException", "safe mode", UnreachableError, "H104"),
        ("java.net.ConnectException", "refused", UnreachableError, "H104"),
        ("DSQuotaExceededException", "quota", NoSpaceError, "H105"),
        ("IOException", "could only be written to 0 of the 1 minReplication nodes", NoSpaceError, "H105"),
        ("java.io.IOException", "No space left on device", NoSpaceError, "H105"),
        ("IOException", "anything", StorageError, "H109"),
        ("", "", StorageError, "H109"),
    ],
)
def test_the_class_decides_and_where_it_cannot_the_message(name, message, kind, code):
    error = hadoop_error(name, message, "/a")
    assert type(error) is kind
    assert error.code == code
    assert error.diagnostics[0].hint


def test_only_the_first_line_is_told():
    error = hadoop_error("AccessControlException", "denied\n\tat a.b.C\n\tat d", "/a")
    assert str(error) == "H103 '/a': denied"
