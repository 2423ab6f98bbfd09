from __future__ import annotations

import tarfile
import zipfile

from oozie.local.states import JobStatus

SHELL = '<shell xmlns="uri:oozie:shell-action:0.3"><exec>{command}</exec>{more}</shell>'


def run(host, command, more, *, files=(), properties=None):
    node = host.action("a", SHELL.format(command=command, more=more))
    return host.run(node, files=files, properties=properties)


def test_files_are_there_under_their_names_and_executable(host):
    files = (("scripts/x.sh", "#!/bin/sh\ncat data.txt\n"), ("d.txt", "hello\n"), ("lib/beside.jar", ""))
    job = run(host, "go.sh", "<file>scripts/x.sh#go.sh</file><file>d.txt#data.txt</file>", files=files)
    assert (job.status, host.log(job, "a")) == (JobStatus.SUCCEEDED, "hello\n")
    assert (host.engine.launch_folder(job.id, "a", 1) / "work" / "beside.jar").is_file()


def test_archives_are_unpacked_under_their_names(host):
    host.put(host.shell("a", "true"))
    app = host.engine.root / "apps" / "app"
    (app / "inner.txt").write_text("inside\n")
    with zipfile.ZipFile(app / "z.zip", "w") as archive:
        archive.write(app / "inner.txt", "inner.txt")
    with tarfile.open(app / "t.tgz", "w:gz") as archive:
        archive.add(app / "inner.txt", "inner.txt")
    job = run(host, "cat", "<argument>one/inner.txt</argument><argument>t.tgz/inner.txt</argument>"
                           "<archive>z.zip#one</archive><archive>t.tgz</archive>")  # fmt: skip
    assert (job.status, host.log(job, "a")) == (JobStatus.SUCCEEDED, "inside\ninside\n")


def test_an_archive_that_leads_out_is_refused(host):
    host.put(host.shell("a", "true"))
    app = host.engine.root / "apps" / "app"
    with tarfile.open(app / "t.tgz", "w:gz") as archive:
        archive.add(app / "workflow.xml", "../../evil")
    job = run(host, "true", "<archive>t.tgz</archive>")
    assert job.actions["a"].error_code == "JA009"


def test_environment_arguments_and_configuration(host):
    body = (
        '<shell xmlns="uri:oozie:shell-action:0.3"><configuration><property><name>k</name>'
        "<value>v&amp;w</value></property></configuration>"
        "<exec>sh</exec><argument>-c</argument><argument>echo $GREETING; cat $OOZIE_ACTION_CONF_XML"
        "</argument><env-var>GREETING=a b</env-var></shell>"
    )
    job = host.run(host.action("a", body))
    assert host.log(job, "a").startswith("a b\n<configuration>")
    assert "<name>k</name><value>v&amp;w</value>" in host.log(job, "a")


def test_a_program_that_is_nowhere(host):
    job = run(host, "no-such-program", "")
    assert job.actions["a"].error_code == "JA018"
    assert "no-such-program" in job.error_message


def test_prepare_and_job_xml(host):
    (host.engine.root / "data").mkdir()
    (host.engine.root / "data" / "old").touch()
    settings = "<configuration><property><name>k</name><value>file</value></property></configuration>"
    body = (
        '<shell xmlns="uri:oozie:shell-action:0.3"><prepare><delete path="${nameNode}/data/*"/>'
        '<mkdir path="${nameNode}/data/new"/></prepare><job-xml>s.xml</job-xml><exec>true</exec></shell>'
    )
    job = host.run(host.action("a", body), files=(("s.xml", settings),))
    assert job.status is JobStatus.SUCCEEDED
    assert [path.name for path in (host.engine.root / "data").iterdir()] == ["new"]
    assert "<value>file</value>" in (host.engine.launch_folder(job.id, "a", 1) / "action.xml").read_text()
