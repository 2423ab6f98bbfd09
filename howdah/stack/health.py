"""Whether a service answers, asked as a client would ask."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from howdah.stack.ports import Ports

_TIMEOUT_S = 5.0
_LOOPBACK = "127.0.0.1"
# The loopback is asked directly, whatever proxy the environment names.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_JMX = "/jmx?qry=Hadoop:service="


def get_json(url: str, *, method: str = "GET", timeout_s: float = _TIMEOUT_S) -> Any:
    """What ``url`` answers; None when it does not, or not yet with JSON."""
    request = urllib.request.Request(url, method=method, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with _DIRECT.open(request, timeout=timeout_s) as answer:
            return json.load(answer)
    except (OSError, HTTPException, ValueError):
        return None


def is_listening(port: int) -> bool:
    """Whether something takes connections at ``port``."""
    with socket.socket() as probe:
        probe.settimeout(_TIMEOUT_S)
        return probe.connect_ex((_LOOPBACK, port)) == 0


def _url(ports: Ports, name: str, path: str) -> str:
    return f"http://localhost:{ports[name]}{path}"


def is_namenode_up(ports: Ports, _started: float) -> bool:
    """It answers WebHDFS."""
    return get_json(_url(ports, "namenode-web", "/webhdfs/v1/?op=LISTSTATUS")) is not None


def is_datanode_up(ports: Ports, _started: float) -> bool:
    """It is registered, and with its blocks the NameNode has left its safe mode."""
    state = _bean(_url(ports, "namenode-web", f"{_JMX}NameNode,name=FSNamesystemState"))
    own = _bean(_url(ports, "datanode-web", f"{_JMX}DataNode,name=DataNodeInfo"))
    return (
        state.get("FSState") == "Operational"
        and state.get("NumLiveDataNodes", 0) > 0
        and '"RUNNING"' in str(own.get("BPServiceActorInfo", ""))
    )


def is_resourcemanager_up(ports: Ports, _started: float) -> bool:
    """It answers, as the active one."""
    found = get_json(_url(ports, "resourcemanager-web", "/ws/v1/cluster/info")) or {}
    return bool(found.get("clusterInfo", {}).get("state") == "STARTED")


def is_nodemanager_up(ports: Ports, started: float) -> bool:
    """The ResourceManager has heard from it since ``started``; the one before it would be believed in for minutes."""
    found = get_json(_url(ports, "resourcemanager-web", "/ws/v1/cluster/nodes")) or {}
    nodes = (found.get("nodes") or {}).get("node", [])
    return any(node["state"] == "RUNNING" and node["lastHealthUpdate"] >= (started - 1) * 1000 for node in nodes)


def is_historyserver_up(ports: Ports, _started: float) -> bool:
    """It answers, and takes clients."""
    info = get_json(_url(ports, "historyserver-web", "/ws/v1/history/info"))
    return info is not None and is_listening(ports["historyserver"])


def is_hive_up(ports: Ports, _started: float) -> bool:
    """It takes clients; it opens the port when it is ready for them."""
    return is_listening(ports["hive"])


def is_oozie_up(ports: Ports, _started: float) -> bool:
    """Its system mode is NORMAL."""
    found = get_json(_url(ports, "oozie", "/oozie/v2/admin/status")) or {}
    return bool(found.get("systemMode") == "NORMAL")


def is_mariadb_up(ports: Ports, _started: float) -> bool:
    """It greets who connects."""
    try:
        with socket.create_connection((_LOOPBACK, ports["mariadb"]), _TIMEOUT_S) as connection:
            connection.settimeout(_TIMEOUT_S)
            return bool(connection.recv(1))
    except OSError:
        return False


def update_share_lib(ports: Ports, limit_s: float) -> bool:
    """Tell Oozie's server to use the newest share lib. Returns: whether it did within ``limit_s``."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if get_json(_url(ports, "oozie", "/oozie/v2/admin/update_sharelib"), timeout_s=limit_s) is not None:
            return True
        time.sleep(0.2)
    return False


def _bean(url: str) -> dict[str, Any]:
    beans = (get_json(url) or {}).get("beans") or [{}]
    found: dict[str, Any] = beans[0]
    return found
