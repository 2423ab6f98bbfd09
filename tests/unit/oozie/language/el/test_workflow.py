"""What expressions learn of a running workflow."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from oozie.language.el import ElError, NodeSnapshot, WorkflowSnapshot, evaluate, evaluate_in_xml, workflow_scope
from storage.filesystem import FileStatus


class MemoryFiles:
    """Files by path and length; a directory ends with a slash."""

    def __init__(self, lengths: dict[str, int]) -> None:
        self.lengths = lengths

    def exists(self, pattern: str) -> bool:
        return any(fnmatchcase(path.rstrip("/"), pattern) for path in self.lengths)

    def status(self, uri: str) -> FileStatus | None:
        if f"{uri}/" in self.lengths:
            return FileStatus(uri, True, 0, 0)
        return FileStatus(uri, False, self.lengths[uri], 0) if uri in self.lengths else None

    def children(self, uri: str) -> list[FileStatus]:
        inside = [p for p in self.lengths if p.startswith(f"{uri}/") and "/" not in p[len(uri) + 1 :].rstrip("/")]
        return [FileStatus(p.rstrip("/"), p.endswith("/"), self.lengths[p], 0) for p in inside if p != f"{uri}/"]

    def block_size(self, uri: str) -> int:
        return 128 * 1024**2


STATE = WorkflowSnapshot(
    id="0000007-W",
    name="funnel",
    app_path="hdfs://hw1/app",
    configuration={
        "queue": " daily ",
        "oozie.x": "dotted",
        "amp": "&",
        "xml": "&lt;",
        "KB": "mine",
        "tag": "<b>1</b>",
        "end": "]]>",
    },
    user="joe",
    run=2,
    last_error_node="imp",
    callback_url="http://hw1/callback?id=7&status=$status",
    nodes={
        "imp": NodeSnapshot("fail", "JA018", "boom & <bust>", {"rows": "5"}, "job_1", "hw1:8032", "FAILED/KILLED"),
        "mr": NodeSnapshot("end", counters={"org.apache.hadoop.mapred.Task$Counter": {"MAP_INPUT_RECORDS": 12}}),
        "pick": NodeSnapshot("train"),
    },
)
FILES = MemoryFiles({"/d/": 0, "/d/a.csv": 10, "/d/b.csv": 5, "/d/sub/": 0, "/d/sub/c": 100})
SCOPE = workflow_scope(STATE, files=FILES, hadoop={"fs.defaultFS": "hdfs://hw1"})

VALUES = {
    "${wf:id()}/${wf:name()}/${wf:appPath()}": "0000007-W/funnel/hdfs://hw1/app",
    "${wf:user()} ${wf:group()} ${wf:run()}": "joe  2",
    "${queue}": "daily",
    "${wf:conf('queue')}|${wf:conf('oozie.x')}|${wf:conf('absent')}": " daily |dotted|",
    "${KB}": "mine",
    "${wf:errorMessage(wf:lastErrorNode())}": "boom & <bust>",
    "${wf:errorCode('imp')} ${wf:errorCode('mr')} ${wf:errorCode('never')}": "JA018  ",
    "${wf:transition('pick')}": "train",
    "${wf:actionData('imp')['rows'] gt 3}": "true",
    "${wf:actionData('imp')['none']}${wf:actionData('never')['rows']}": "",
    "${wf:actionExternalId('imp')} ${wf:actionTrackerUri('imp')}": "job_1 hw1:8032",
    "${wf:actionExternalStatus('imp')}": "FAILED/KILLED",
    "${hadoop:counters('mr')[RECORDS][MAP_IN]}": "12",
    "${hadoop:conf('hw1:8020', 'fs.defaultFS')}|${hadoop:conf('hw1:8020', 'x')}": "hdfs://hw1|",
    "${wf:callback('$jobStatus')}": "http://hw1/callback?id=7&status=$jobStatus",
    "${fs:exists('/d/*.csv')} ${fs:exists('/e')}": "true false",
    "${fs:isDir('/d')} ${fs:isDir('/d/a.csv')} ${fs:isDir('/e')}": "true false false",
    "${fs:dirSize('/d')} ${fs:dirSize('/d/a.csv')}": "15 -1",
    "${fs:fileSize('/d/a.csv')} ${fs:fileSize('/e')}": "10 -1",
    "${fs:blockSize('/d/a.csv') / MB} ${fs:blockSize('/e')}": "128.0 -1",
    "${fs:fileSize('/d/a.csv') gt 10 * 1024}": "false",
}


@pytest.mark.parametrize("text", VALUES)
def test_value(text: str) -> None:
    assert evaluate(text, SCOPE) == VALUES[text]


@pytest.mark.parametrize(
    ("text", "raw", "in_xml"),
    [
        ("${amp}", "&amp;", "&"),
        ("${xml}", "&lt;", "<"),
        ("${end}", "]]&gt;", "]]>"),
        ("a < ${queue} & b", "a < daily & b", "a < daily & b"),
        ("${1 gt 2} > 0", "false > 0", "false > 0"),
    ],
)
def test_an_actions_xml_is_evaluated_as_it_is_escaped(text: str, raw: str, in_xml: str) -> None:
    assert evaluate(text, SCOPE) == raw
    assert evaluate_in_xml(text, SCOPE) == in_xml


@pytest.mark.parametrize(
    ("text", "code", "offset"),
    [
        ("<a> ${1 < 2}", "EL_ERROR", 8),
        ("${1 && 2}", "EL_ERROR", 4),
        ("${wf:errorMessage('imp')}", "XML_ERROR", 0),
        ("${tag}", "XML_ERROR", 0),
    ],
)
def test_what_cannot_stand_in_an_actions_xml(text: str, code: str, offset: int) -> None:
    with pytest.raises(ElError) as caught:
        evaluate_in_xml(text, SCOPE)
    assert (caught.value.code, caught.value.offset) == (code, offset)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("${coord:nominalTime()}", "coordinator.xml"),
        ("${hcat:exists('hcat://x')}", "cluster"),
        ("${hadoop:counters('imp')}", "map-reduce"),
    ],
)
def test_functions_that_do_not_work_here_say_where(text: str, hint: str) -> None:
    with pytest.raises(ElError) as caught:
        evaluate(text, SCOPE)
    assert hint in caught.value.diagnostics[0].hint


def test_without_files_and_server() -> None:
    scope = workflow_scope(WorkflowSnapshot())
    for text in ("${fs:exists('/d')}", "${wf:callback('x')}"):
        with pytest.raises(ElError):
            evaluate(text, scope)
