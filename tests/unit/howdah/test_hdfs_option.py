"""Which HDFS a command writes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.hdfs_option import TOKEN_VARIABLE, open_hdfs
from storage.local import LocalDisk


@pytest.mark.parametrize(
    ("url", "authority", "properties", "uri"),
    [
        ("http://web:9870", "hdfs://nn:8020", {}, "webhdfs://web:9870/x"),
        ("https://web:9871/", "", {}, "swebhdfs://web:9871/x"),
        ("webhdfs://web:50070", "", {}, "webhdfs://web:50070/x"),
        ("", "hdfs://nn:8020", {}, "webhdfs://nn:9870/x"),
        ("", "", {"nameNode": "hdfs://other:8020"}, "webhdfs://other:9870/x"),
    ],
)
def test_where_it_is(url: str, authority: str, properties: dict[str, str], uri: str) -> None:
    found = open_hdfs(url, authority, properties, user="ann", authentication="none")
    assert found.uri("/x") == uri


def test_a_folder_stands_in_for_it(tmp_path: Path) -> None:
    found = open_hdfs(f"file://{tmp_path}", "hdfs://nn:8020", {}, user="ann", authentication="none")

    assert isinstance(found, LocalDisk)
    assert found.local_path("/x") == tmp_path / "x"


@pytest.mark.parametrize("name_node", ["", "${nameNode}", "hdfs://[", "/user/x"])
def test_where_nothing_says_it_the_option_is_named(name_node: str) -> None:
    with pytest.raises(CommandError) as caught:
        open_hdfs("", "", {"nameNode": name_node}, user="", authentication="none")
    assert caught.value.code == "H763"
    assert "--hdfs" in caught.value.diagnostics[0].hint


def test_a_token_goes_only_where_somebody_sent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "t0ken")
    with pytest.raises(CommandError) as caught:
        open_hdfs("", "hdfs://evil:8020", {}, user="ann", authentication="none")
    assert caught.value.code == "H763"
    assert "--hdfs http://evil:9870" in caught.value.diagnostics[0].hint
    assert open_hdfs("http://web:9870", "hdfs://evil:8020", {}, user="ann", authentication="none").uri("/x") == (
        "webhdfs://web:9870/x"
    )
