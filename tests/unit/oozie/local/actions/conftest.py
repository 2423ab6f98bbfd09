"""A Java that does nothing, for what is decided before Java starts."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def silent_java(tmp_path, monkeypatch):
    java = tmp_path / "java"
    (java / "bin").mkdir(parents=True)
    (java / "bin" / "java").write_text("#!/bin/sh\n")
    (java / "bin" / "java").chmod(0o755)
    (java / "release").write_text('JAVA_VERSION="17.0.1"\n')
    monkeypatch.setenv("JAVA_HOME", str(java))


@pytest.fixture
def command_of(host):
    """What a launch's ``command.json`` says."""

    def read(job, name="a"):
        return json.loads((host.engine.launch_folder(job.id, name, 1) / "command.json").read_text())

    return read
