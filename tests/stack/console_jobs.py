"""Jobs that have something to tell, put onto a real stack: a console is tried and recorded over them.

``python -m tests.stack.console_jobs STACK`` puts them there and says their ids. Only two of their actions want a
container of YARN: the shell actions.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from howdah.stack.addresses import Addresses
from oozie.client import OozieClient
from storage.webhdfs import WebHdfs

HOME = "/user/root/console"
SCRIPT_NAME = "<script>alert(1)</script>"

_KILL = '<kill name="fail"><message>stopped: ${wf:errorMessage(wf:lastErrorNode())}</message></kill><end name="end"/>'


def _fs(name: str, to: str, error: str = "fail", *, order: str = "", attributes: str = "") -> str:
    order = order or f'<mkdir path="${{nameNode}}{HOME}/out/{name}"/>'
    return f'<action name="{name}"{attributes}><fs>{order}</fs><ok to="{to}"/><error to="{error}"/></action>'


def _shell(name: str, script: str, to: str, *, more: str = "") -> str:
    return (
        f'<action name="{name}"><shell xmlns="uri:oozie:shell-action:1.0"><resource-manager>${{resourceManager}}'
        "</resource-manager><name-node>${nameNode}</name-node><exec>bash</exec><argument>-c</argument>"
        f'<argument>{script}</argument>{more}</shell><ok to="{to}"/><error to="fail"/></action>'
    )


def _workflow(name: str, first: str, *nodes: str) -> str:
    return (
        f'<workflow-app xmlns="uri:oozie:workflow:1.0" name="{name}"><start to="{first}"/>{"".join(nodes)}{_KILL}'
        "</workflow-app>"
    )


def _coordinator(name: str, every: str, days: str, zone: str, data: str, app: str) -> str:
    first, last = days.split("/")
    return f"""<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="{name}" frequency="${{{every}}}" start="{first}"
    end="{last}" timezone="{zone}"><controls><timeout>-1</timeout><concurrency>2</concurrency></controls>
  <datasets><dataset name="raw" frequency="${{{every}}}" initial-instance="{first}" timezone="UTC">
    <uri-template>${{nameNode}}{HOME}/{data}/${{YEAR}}${{MONTH}}${{DAY}}${{HOUR}}${{MINUTE}}</uri-template>
    <done-flag>_SUCCESS</done-flag></dataset></datasets>
  <input-events><data-in name="in" dataset="raw"><instance>${{coord:current(0)}}</instance></data-in></input-events>
  <action><workflow><app-path>${{nameNode}}{HOME}/{app}</app-path><configuration><property><name>day</name>
    <value>${{coord:formatTime(coord:nominalTime(), "dd")}}</value></property></configuration></workflow></action>
</coordinator-app>"""


_MOVE_NOTHING = f'<move source="${{nameNode}}{HOME}/nothing" target="${{nameNode}}{HOME}/elsewhere"/>'
_TOUCH_NOTHING = f'<chmod path="${{nameNode}}{HOME}/nothing" permissions="755"/>'
_COUNT = _shell("count-rows", "echo rows=42; echo counted", "enough", more="<capture-output/>")
_DISK = "echo checking /data; echo 'df: /data: No such file or directory' &gt;&amp;2; exit 3"
_CHILD = (
    f'<action name="refresh-marts"><sub-workflow><app-path>${{nameNode}}{HOME}/small</app-path>'
    '<propagate-configuration/></sub-workflow><ok to="end"/><error to="fail"/></action>'
)

# app -> its definition
APPS: Mapping[str, str] = {
    "nightly": _workflow(
        "nightly-import",
        "prepare",
        _fs("prepare", "count-rows"),
        _COUNT,
        '<decision name="enough"><switch><case to="split">${wf:actionData("count-rows")["rows"] gt 10}</case>'
        '<case to="fail">${wf:conf("strict") eq "yes"}</case><default to="end"/></switch></decision>'
        '<fork name="split"><path start="load-customers"/><path start="load-orders"/><path start="load-stock"/></fork>',
        _fs("load-customers", "together"),
        _fs("load-orders", "clean-orders"),
        _fs("clean-orders", "together"),
        _fs("load-stock", "together"),
        '<join name="together" to="summary-report"/>',
        _fs("summary-report", "refresh-marts", "refresh-marts", order=_MOVE_NOTHING),
        _CHILD,
    ),
    "small": _workflow("refresh-marts", "make", _fs("make", "end")),
    "exit": _workflow("check-disk", "measure", _shell("measure", _DISK, "end")),
    "again": _workflow(
        "put-away", "put", _fs("put", "end", order=_TOUCH_NOTHING, attributes=' retry-max="1" retry-interval="1"')
    ),
    # Tried three times again, it holds its job RUNNING for minutes with no container.
    "held": _workflow(
        "wait-for-export", "look",
        _fs("look", "end", order=_TOUCH_NOTHING, attributes=' retry-max="3" retry-interval="1"'),
    ),
    "script": _workflow(SCRIPT_NAME.replace("<", "&lt;").replace(">", "&gt;"), "make", _fs("make", "end")),
    "daily": _workflow(
        "load-day", "which",
        '<decision name="which"><switch><case to="broken">${day eq "03"}</case><case to="slow">${day eq "06"}</case>'
        '<default to="load"/></switch></decision>',
        _fs("load", "end"), _fs("broken", "end", order=_MOVE_NOTHING),
        _fs("slow", "end", order=_TOUCH_NOTHING, attributes=' retry-max="3" retry-interval="1"'),
    ),
}  # fmt: skip
COORDINATORS: Mapping[str, str] = {
    "coord-days": _coordinator(
        "daily-load", "coord:days(1)", "2026-11-01T01:00Z/2026-11-30T01:00Z", "Asia/Bangkok", "raw", "daily"
    ),
    "coord-quarters": _coordinator(
        "quarter-hourly", "coord:minutes(15)", "2026-11-20T00:00Z/2026-11-21T00:00Z", "UTC", "quarters", "small"
    ),
}
# A coordinator in a bundle has its instances at once; another one waits minutes for its turn.
BUNDLE = f"""<bundle-app xmlns="uri:oozie:bundle:0.2" name="warehouse"><coordinator name="quarter-hourly">
  <app-path>${{nameNode}}{HOME}/coord-quarters</app-path></coordinator><coordinator name="daily-load">
  <app-path>${{nameNode}}{HOME}/coord-days</app-path></coordinator></bundle-app>"""
DAYS_WITH_DATA = (1, 2, 3, 4, 5, 6, 8, 9)


@dataclass(frozen=True)
class Placed:
    """Where the apps lie, and who submits them."""

    client: OozieClient
    addresses: Addresses

    def submit(self, app: str, kind: str = "wf", **properties: str) -> str:
        """Start ``app``; its id."""
        known = {
            "nameNode": self.addresses.name_node,
            "resourceManager": self.addresses.resource_manager,
            "oozie.use.system.libpath": "true",
            f"oozie.{kind}.application.path": f"{self.addresses.name_node}{HOME}/{app}",
        }
        return self.client.submit({**known, **properties}, start=kind == "wf")


def place(client: OozieClient, addresses: Addresses) -> Placed:
    """Put all apps, and the data that there is, into HDFS."""
    hdfs = WebHdfs(addresses.webhdfs.replace("http://", "webhdfs://"), user=addresses.user)
    files = {f"{app}/workflow.xml": text for app, text in APPS.items()}
    files |= {f"{app}/coordinator.xml": text for app, text in COORDINATORS.items()}
    files |= {f"raw/202611{day:02d}0100/_SUCCESS": "" for day in DAYS_WITH_DATA}
    files["bundle/bundle.xml"] = BUNDLE
    for path, text in files.items():
        with hdfs.create(f"{HOME}/{path}", overwrite=True) as file:
            file.write(text.encode())
    return Placed(client, addresses)


def main(stack: str) -> None:
    """Submit each of them once."""
    addresses = Addresses.read(Path(stack))
    with OozieClient(addresses.oozie, user=addresses.user) as client:
        placed = place(client, addresses)
        for app in ("held", "again", "script", "exit", "nightly"):
            sys.stdout.write(f"{app} {placed.submit(app)}\n")
        sys.stdout.write(f"bundle {placed.submit('bundle', 'bundle')}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
