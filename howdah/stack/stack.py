"""A stack as a whole: up, down, what runs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from howdah.errors import CommandError
from howdah.stack import fetching, health, ports, procfs, settings, sharelib, spark
from howdah.stack.addresses import HOW_TO_MAKE_ONE, Addresses
from howdah.stack.layout import (
    Choice,
    Deployment,
    Layout,
    Software,
    check_plain,
    check_room,
    current_user,
    existing,
    yarn_memory_mb,
)
from howdah.stack.prerequisites import Machine
from howdah.stack.processes import Processes, end, records_of
from howdah.stack.services import (
    BY_NAME,
    DATABASE,
    DATABASE_PASSWORD,
    DATABASE_USER,
    SERVICES,
    Service,
    last_line,
)
from howdah.stack.steps import Board, Ready, Step, pause, run_steps
from storage.errors import HowdahError
from storage.locks import take_lock
from storage.webhdfs import WebHdfs

State = Literal["up", "not answering", "died", "down"]

_CONTAINERS_S = 5.0
_CONTAINER = "CONTAINER_ID="  # YARN gives it to all that runs in a container
_SHARE_LIB_S = 60.0
# In HDFS, with who may write there: everybody makes a home and temporary files, as on a cluster.
_HDFS_FOLDERS = {
    "/tmp": "1777",  # noqa: S108 HDFS's own, made by nobody but us
    "/tmp/logs": "1777",  # noqa: S108
    "/tmp/hive": "733",  # noqa: S108
    "/tmp/hive4": "733",  # noqa: S108
    "/user": "1777",
    "/user/hive": "1777",
    "/user/hive/warehouse": "1777",
    "/user/hive/warehouse4": "1777",
}


@dataclass(frozen=True)
class ServiceStatus:
    """What one service is doing. Units: ``seconds`` since it began."""

    name: str
    state: State
    pid: int
    seconds: int
    memory_mb: int
    ports: dict[str, int]
    log: str
    problem: str = ""


class Stack:
    """One stack, by its folder."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.processes = Processes(layout.run)
        self._cancel = threading.Event()  # set once a step of up has failed

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One command at a time. Raises: CommandError H728."""
        self.layout.make()
        with (self.layout.run / "lock").open("a+") as lock:
            holder = take_lock(lock.fileno())
            if holder is not None:
                hint = "wait for it, or end it with Ctrl-C where it runs"
                message = f"another command (pid {holder}) is at work on {self.layout.folder}"
                raise CommandError("H728", message, hint=hint)
            yield

    def choice(self) -> Choice:
        """What was chosen for it. Raises: CommandError H720 where no stack was ever made."""
        found = Choice.read(self.layout)
        if found is None:
            raise CommandError("H720", f"'{self.layout.folder}' is not the folder of a stack", hint=HOW_TO_MAKE_ONE)
        return found

    def alive(self) -> list[str]:
        """The services whose process runs."""
        return [service.name for service in SERVICES if self.processes.is_alive(service.name)]

    # -- up ----------------------------------------------------------------------------------------------------------

    def up(self, deployment: Deployment, board: Board) -> Addresses:
        """Start what does not run, in parallel, and wait until all of it answers.

        What this call has started is stopped again when it does not reach its end.

        Raises: HowdahError H722 for ports that are taken, H726, H727, H729.
        """
        self.end_unrecorded()
        before = set(self.alive())
        if "hive" in before and self.choice().hive != deployment.choice.hive:
            self._stop(BY_NAME["hive"])
            before.discard("hive")
        wrong = ports.taken(deployment.ports, {service.name for service in SERVICES} - before)
        if wrong:
            raise HowdahError.of(wrong)
        if len(before) < len(SERVICES):
            self.layout.check_room()
        deployment.choice.write(self.layout)
        settings.write(deployment)
        if "nodemanager" not in before:
            self.end_containers()
        try:
            run_steps(self._steps(deployment), board, self._cancel)
        except BaseException:
            self.stop([name for name in self.alive() if name not in before])
            raise
        addresses = addresses_of(deployment)
        addresses.write(self.layout.folder)
        return addresses

    def _steps(self, deployment: Deployment) -> list[Step]:
        filesystem = WebHdfs(deployment.webhdfs, user=deployment.user)
        home = f"/user/{deployment.user}"

        def make_folders(ready: Ready) -> str:
            ready()
            for path, permission in {**_HDFS_FOLDERS, home: "755"}.items():
                query = f"op=MKDIRS&permission={permission}&user.name={deployment.user}"
                url = deployment.url("namenode-web", f"/webhdfs/v1{path}?{query}")
                if health.get_json(url, method="PUT") is None:
                    raise CommandError(
                        "H729", f"the folder {path} could not be made in HDFS", hint="howdah stack logs namenode"
                    )
            return "made"

        def put_share_lib(ready: Ready) -> str:
            libs = sharelib.collect(deployment.software)
            ready()
            return (
                "put"
                if sharelib.upload(filesystem, f"{home}/share/lib", libs, datetime.now(timezone.utc), ready)
                else "kept"
            )

        def use_share_lib(ready: Ready) -> str:
            ready()
            if not health.update_share_lib(deployment.ports, _SHARE_LIB_S):
                raise CommandError("H727", "Oozie does not take up its share lib", hint="howdah stack logs oozie")
            return "in use"

        return [
            *(self._service_step(service, deployment) for service in SERVICES),
            Step("hdfs folders", ("namenode", "datanode"), make_folders),
            Step("share lib", ("hdfs folders",), put_share_lib),
            Step("share lib in use", ("oozie", "share lib"), use_share_lib),
        ]

    def _service_step(self, service: Service, deployment: Deployment) -> Step:
        def run(ready: Ready) -> str:
            was_running = self.processes.is_alive(service.name)
            if not was_running:
                if service.prepare:
                    service.prepare(deployment)
                ready()
                command = service.command(deployment)
                self.processes.start(service.name, command, self.layout.logs / f"{service.name}.log")
            self._wait_for(service, deployment)
            if service.finish:
                service.finish(deployment)
            return "was running" if was_running else "up"

        return Step(service.name, service.needs, run)

    def _wait_for(self, service: Service, deployment: Deployment) -> None:
        record = self.processes.record(service.name)
        started = procfs.started_at(record.start_ticks) if record else time.time()
        deadline = time.monotonic() + service.limit_s
        log = self.layout.logs / f"{service.name}.log"
        while time.monotonic() < deadline:
            if not self.processes.is_alive(service.name):
                status = self.processes.exit_status(service.name)
                how = f"{service.name} ended while it started" + (f" ({status})" if status is not None else "")
                raise CommandError("H726", f"{how}: {last_line(log)}", hint=f"howdah stack logs {service.name}")
            if service.is_up(deployment.ports, started):
                return
            pause(self._cancel)
        raise CommandError(
            "H727", f"{service.name} does not answer after {service.limit_s:.0f} s",
            hint=f"howdah stack logs {service.name}; then howdah stack down and up",
        )  # fmt: skip

    # -- down --------------------------------------------------------------------------------------------------------

    def stop(self, names: Sequence[str]) -> None:
        """Stop the services of ``names``, each before those that it needs. Raises: CommandError H727."""
        for wave in _waves(names):
            with ThreadPoolExecutor(len(wave)) as pool:
                list(pool.map(lambda name: self._stop(BY_NAME[name]), wave))
            if "nodemanager" in wave:
                self.end_containers()

    def _stop(self, service: Service) -> None:
        if not self.processes.stop(service.name, term_s=service.term_s):
            record = self.processes.record(service.name)
            which = f"process {record.pid}" if record else "its process"
            raise CommandError(
                "H727", f"{service.name} cannot be ended: {which} stays", hint="see what it waits for: ps"
            )

    def end_containers(self) -> None:
        """End what a NodeManager that was killed has left running."""
        left = [
            pid
            for pid in self._working_below(self.layout.containers)
            if self._names_the_folder(pid) or any(each.startswith(_CONTAINER) for each in procfs.environment(pid))
        ]
        end(records_of(left), term_s=_CONTAINERS_S, kill_s=_CONTAINERS_S)

    def end_unrecorded(self) -> None:
        """End what a launcher that was killed had just begun: a step of the set-up, a service not yet recorded."""
        records = map(self.processes.record, BY_NAME)
        known = {record.pid for record in records if record is not None}
        # Every process that a launcher starts works below these two and names the stack's folder in its arguments.
        places = (self.layout.tmp, self.layout.data / "mariadb")
        left = [
            pid
            for place in places
            for pid in self._working_below(place)
            if procfs.session(pid) not in known and self._names_the_folder(pid)
        ]
        end(records_of(left), term_s=_CONTAINERS_S, kill_s=_CONTAINERS_S)

    def _working_below(self, place: Path) -> list[int]:
        """But for this very program and the shell that it was called from, wherever a person has gone with it."""
        own = procfs.with_ancestors(os.getpid())
        return [pid for pid in procfs.working_below(place) if pid not in own]

    def _names_the_folder(self, pid: int) -> bool:
        return f"{self.layout.folder}/" in procfs.command_line(pid)

    def down(self) -> list[str]:
        """Stop everything. Returns: the services that ran."""
        self.end_unrecorded()
        running = self.alive()
        self.stop([service.name for service in SERVICES])
        return running

    def reset(self) -> None:
        """Delete the state; nothing of it may run. Raises: CommandError H720."""
        self.layout.delete()

    # -- status ------------------------------------------------------------------------------------------------------

    def status(self) -> list[ServiceStatus]:
        """What each service is doing. Raises: CommandError H720."""
        choice = self.choice()
        with ThreadPoolExecutor(len(SERVICES)) as pool:
            return list(pool.map(lambda service: self._status(service, choice), SERVICES))

    def _status(self, service: Service, choice: Choice) -> ServiceStatus:
        log = self.log_of(service.name)
        own = {name: number for name, number in choice.ports.items() if ports.service_of(name) == service.name}
        found = ServiceStatus(service.name, "down", 0, 0, 0, own, log)
        record = self.processes.record(service.name)
        if record is None:
            return found
        if not record.is_alive:
            return replace(found, state="died", problem=last_line(self.layout.logs / f"{service.name}.log"))
        started = procfs.started_at(record.start_ticks)
        return replace(
            found, state="up" if service.is_up(choice.ports, started) else "not answering", pid=record.pid,
            seconds=max(0, int(time.time() - started)), memory_mb=procfs.memory_mb(record.pid),
        )  # fmt: skip

    def log_of(self, name: str) -> str:
        """The file where ``name`` says most. Raises: CommandError H723."""
        if name not in BY_NAME:
            raise CommandError("H723", f"there is no service '{name}'", hint=f"they are {', '.join(BY_NAME)}")
        own = BY_NAME[name].own_log
        return str(self.layout.logs / (own or f"{name}.log"))


def _waves(names: Sequence[str]) -> Iterator[list[str]]:
    """``names`` in groups that can be stopped at once: first what works on YARN and HDFS, at last HDFS."""
    order = (("oozie", "hive", "historyserver", "mariadb"), ("nodemanager",), ("resourcemanager", "datanode"),
             ("namenode",))  # fmt: skip
    for wave in order:
        chosen = [name for name in wave if name in names]
        if chosen:
            yield chosen


def deploy(layout: Layout, choice: Choice, tell: fetching.Tell) -> Deployment:
    """All that ``choice`` needs, fetched if need be. Raises: HowdahError H701, H721, H724, H725."""
    cache = fetching.cache_folder()
    check_plain(cache, "the cache")
    names = fetching.ALL if choice.hive == "hive" else fetching.ALWAYS
    fetched_mb = _to_fetch_mb(cache, names)
    if fetched_mb:  # minutes before Stack.up asks
        is_one_disk = existing(cache).stat().st_dev == layout.folder.stat().st_dev
        layout.check_room(fetched_mb if is_one_disk else 0)
    java_home = Machine().check(maven=bool(fetching.missing(cache, names)))
    software = assemble(cache, names, java_home, tell)
    return Deployment(layout, choice, software, current_user(), yarn_memory_mb())


def assemble(cache: Path, names: Sequence[str], java_home: Path, tell: fetching.Tell) -> Software:
    """The programs, in ``cache`` or on this machine. Raises: HowdahError H701, H724, H725."""
    fetched_mb = _to_fetch_mb(cache, names)
    if fetched_mb:
        check_room(cache, fetched_mb, "fetching the software needs", "HOWDAH_CACHE=DIR")
    found = fetching.distributions(cache, names, java_home, tell)
    sparks = spark.find(cache, tell)
    for path in (sparks.home, sparks.python):
        check_plain(path, "the folder of Python and PySpark")
    return Software(
        java_home=java_home,
        hadoop=found["hadoop"],
        oozie=found["oozie"],
        sqoop=found["sqoop"],
        hive=found.get("hive"),
        spark=sparks.home,
        python=sparks.python,
        loopback=fetching.loopback_agent(cache, java_home, tell),
    )


def _to_fetch_mb(cache: Path, names: Sequence[str]) -> int:
    """The disk that is needed in ``cache`` for what does not lie there yet."""
    return fetching.room_mb(fetching.missing(cache, names)) + spark.room_mb(cache)


def addresses_of(deployment: Deployment) -> Addresses:
    """Where the services answer."""
    number = deployment.ports
    database = f"127.0.0.1:{number['mariadb']}/{DATABASE}"
    return Addresses(
        name_node=deployment.name_node,
        webhdfs=deployment.webhdfs,
        resource_manager=f"localhost:{number['resourcemanager']}",
        resource_manager_web=deployment.url("resourcemanager-web"),
        history_web=deployment.url("historyserver-web"),
        oozie=deployment.url("oozie", "/oozie"),
        hive_jdbc=f"jdbc:hive2://localhost:{number['hive']}/default",
        database=f"mysql://{DATABASE_USER}:{DATABASE_PASSWORD}@{database}",
        jdbc=f"jdbc:mysql://{database}",
        user=deployment.user,
        python=str(deployment.software.python),
        smtp_port=number["smtp"],
    )
