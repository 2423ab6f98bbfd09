import errno

import pytest

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathExistsError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)
from storage.os_errors import NAME_IS_TAKEN, mapped_os_errors


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOENT, PathNotFoundError, "H101"),
        (errno.EEXIST, PathExistsError, "H102"),
        (errno.ENOTEMPTY, PathExistsError, "H102"),
        (errno.EACCES, AccessDeniedError, "H103"),
        (errno.EROFS, AccessDeniedError, "H103"),
        (errno.EIO, UnreachableError, "H104"),
        (errno.ENOSPC, NoSpaceError, "H105"),
        (errno.EDQUOT, NoSpaceError, "H105"),
        (errno.EFBIG, NoSpaceError, "H105"),
        (errno.ELOOP, StorageError, "H109"),
    ],
)
def test_each_error_of_the_system_is_one_of_ours(number, kind, code):
    with pytest.raises(StorageError) as caught, mapped_os_errors("/a"):
        raise OSError(number, "the system's words")
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert "'/a'" in str(caught.value)
    assert caught.value.diagnostics[0].hint


def test_an_error_without_a_number():
    with pytest.raises(StorageError, match="its words"), mapped_os_errors("/a"):
        raise OSError("its words")


def test_a_name_that_is_taken():
    with pytest.raises(PathExistsError), mapped_os_errors("/a", NAME_IS_TAKEN):
        raise OSError(errno.ENOTDIR, "")


def test_other_errors_pass():
    with pytest.raises(ZeroDivisionError), mapped_os_errors("/a"):
        raise ZeroDivisionError
