import pytest

from models.errors import ModelNameError
from models.names import check_alias, check_name, check_version, is_file_path, is_version, split_reference

BAD_NAMES = [
    "", ".", "..", "../x", "a/b", "a\\b", "/etc", ".hidden", "-a", "1", "a b", "a\n", "a\0", "%2e%2e", "ราคา", "a" * 65,
    "a.b", "a@b", "funnel/../../etc/passwd", "..%252f",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("check", [check_name, check_alias])
def test_what_could_lead_elsewhere_is_no_name(check, name):
    with pytest.raises(ModelNameError) as caught:
        check(name)
    assert caught.value.code == "H201"
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", ["funnel", "F", "a-b_c9", "a" * 64])
def test_names(name):
    assert check_name(name) == name


@pytest.mark.parametrize("version", [0, -1, True, 10**15, 1.0, "1", None])
def test_what_is_no_version(version):
    with pytest.raises(ModelNameError):
        check_version(version)


@pytest.mark.parametrize(("text", "answer"), [("1", True), ("10", True), ("0", False), ("01", False), ("+1", False),
                                              ("1 ", False), ("๑", False), ("9" * 16, False), ("", False)])  # fmt: skip
def test_versions_are_spelled_one_way(text, answer):
    assert is_version(text) is answer


@pytest.mark.parametrize("path", ["spark/metadata/part-00000", ".part-0.crc", "a b", "..."])
def test_paths_of_files(path):
    assert is_file_path(path)


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/..", ".", "a\\..\\b", "a\0", "a\n"])
def test_paths_that_could_lead_elsewhere(path):
    assert not is_file_path(path)


@pytest.mark.parametrize(
    ("reference", "parts"),
    [("funnel", ("funnel", "")), ("funnel@3", ("funnel", "3")), ("funnel@champion", ("funnel", "champion"))],
)
def test_references(reference, parts):
    assert split_reference(reference) == parts


@pytest.mark.parametrize("reference", ["", "@", "funnel@", "@3", "funnel@0", "funnel@3@4", "funnel@../x", "a/b@1"])
def test_what_is_no_reference(reference):
    with pytest.raises(ModelNameError):
        split_reference(reference)
