import json
from dataclasses import asdict

import pytest

from howdah.errors import CommandError
from howdah.stack.addresses import FILE_NAME, Addresses

ADDRESSES = Addresses(
    name_node="hdfs://localhost:8020",
    webhdfs="http://localhost:9870",
    resource_manager="localhost:8032",
    resource_manager_web="http://localhost:8088",
    history_web="http://localhost:19888",
    oozie="http://localhost:11000/oozie",
    hive_jdbc="jdbc:hive2://localhost:10010/default",
    database="mysql://user:password@127.0.0.1:33071/funnel_db",
    jdbc="jdbc:mysql://127.0.0.1:33071/funnel_db",
    user="hdfs",
    python="/usr/bin/python3",
    smtp_port=10025,
)


def test_what_is_written_is_read(tmp_path):
    ADDRESSES.write(tmp_path)
    assert Addresses.read(tmp_path) == ADDRESSES


@pytest.mark.parametrize("content", [None, "", "[]", '{"oozie": "http://localhost"}'])
def test_a_folder_of_no_stack(tmp_path, content):
    if content is not None:
        (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(CommandError, match="H720"):
        Addresses.read(tmp_path)


@pytest.mark.parametrize("wrong", [{"oozie": 5}, {"smtp_port": "10025"}, {"webhdfs": None}])
def test_a_value_of_another_type_is_none_of_ours(tmp_path, wrong):
    (tmp_path / FILE_NAME).write_text(json.dumps({**asdict(ADDRESSES), **wrong}))
    with pytest.raises(CommandError, match="H720"):
        Addresses.read(tmp_path)
