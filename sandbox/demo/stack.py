"""The parts of a demo on free ports: broker, Keap simulator, reference ERP, topics, workers; and the file that says where they are."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from console.supervise import state_file
from console.supervise.birth import birth
from sandbox.broker.configuration import free_port
from sandbox.demo.processes import Noted, Processes, end_by_pid
from sandbox.demo.servers import Server, on_free_ports
from schemas.errors import ConfigurationError, RetriableError
from streams.admin import create_topics
from streams.settings import Settings

HOME = Path(".keapsync")
CONNECTION = "demo"
PER_SECOND = 50
"""Calls a second each server allows: fast enough for a demo of a minute, slow enough that pacing is real."""
BROKER_S = 120
"""Until the broker answers: a JVM starts in seconds, on a machine that is busy with much else in a minute."""


@dataclass(slots=True)
class Stack:
    """Everything a demo runs on."""

    folder: Path
    state: Path
    own_broker: bool
    kafka: str
    keap: Server
    erp: Server
    processes: Processes
    connection: str = CONNECTION
    settings: Settings = field(init=False)

    @property
    def config(self) -> Path:
        """The demo's configuration file."""
        return self.folder / "keapsync.yaml"

    def start(self) -> None:
        """Start everything but the workers, and create the topics."""
        if self.own_broker:
            port = self.kafka.rpartition(":")[2]
            self.processes.start("broker", "broker", "--data", str(self.folder / "broker"), "--port", port)
        self.serve()
        self._configure()
        self._write_state()
        for server in (self.keap, self.erp):
            server.wait(self.processes.ended)
            server.allow(PER_SECOND)
        self._create_topics()

    def serve(self, prefix: str = "") -> None:
        """Start the two servers, under their sides' names behind a prefix."""
        for server in (self.keap, self.erp):
            name, port = prefix + server.side, server.url.rpartition(":")[2]
            data = str(self.folder / f"{name}.sqlite")
            self.processes.start(name, "sandbox", server.side, "--port", port, "--data", data, "--token", server.token)

    def run(self) -> None:
        """Start the workers."""
        self.processes.start("run", "--config", str(self.config), "run", "--state", str(self.state))

    def end(self) -> None:
        """Stop everything and forget it."""
        for server in (self.keap, self.erp):
            server.close()
        self.processes.end()
        self.state.unlink(missing_ok=True)

    def _create_topics(self) -> None:
        deadline = time.monotonic() + BROKER_S
        while True:
            if reason := self.processes.ended():
                raise RetriableError(reason)
            try:
                created = create_topics(self.settings)
            except RetriableError:
                if time.monotonic() > deadline:
                    raise
            else:
                break
        if not created and not self.own_broker:
            raise ConfigurationError(f"KEAPSYNC_KAFKA: {self.kafka} has the topics of another run; the demo needs a broker of its own")

    def _write_state(self) -> None:
        pids: dict[str, int | None] = dict.fromkeys(("run", "capture", "sync", "write-keap", "write-erp", "broker", "keap", "erp"))
        pids |= {name: process.pid for name, process in self.processes.running.items()}
        places: dict[str, Any] = {server.side: {"url": server.url, "token": server.token} for server in (self.keap, self.erp)}
        born = {name: birth(pid) for name, pid in pids.items() if pid}
        state_file.write(self.state, {"kafka": self.kafka, **places, "processes": pids, "born": born})

    def _configure(self) -> None:
        account = {"poll_s": 0.5, "replica_lag_s": 0.2, "per_second": PER_SECOND}
        accounts = {server.side: {"url": server.url, "token": server.token, **account} for server in (self.keap, self.erp)}
        settings: dict[str, Any] = {
            "kafka": self.kafka,
            "data_dir": str((self.folder / "data").absolute()),
            "instance": CONNECTION,
            "connections": {self.connection: accounts},
        }
        with self.config.open("w") as file:
            YAML().dump(settings, file)
        self.settings = Settings(**settings)


def prepare(home: Path = HOME) -> Stack:
    """Return a stack on free ports in an empty folder; raises ConfigurationError while another demo runs."""
    folder, state = home / "demo", home / "demo.json"
    if running := [name for name, process in processes_of(state).items() if process.runs()]:
        raise ConfigurationError(f"{state}: a demo is running ({', '.join(running)}); `keapsync demo --stop` ends it")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    given = os.environ.get("KEAPSYNC_KAFKA")
    keap, erp = on_free_ports()
    return Stack(
        folder=folder,
        state=state,
        own_broker=not given,
        kafka=given or f"127.0.0.1:{free_port()}",
        keap=keap,
        erp=erp,
        processes=Processes(folder / "logs"),
    )


def stop(home: Path = HOME) -> list[str]:
    """End a demo that was kept: the supervisor with its workers first, the broker last. Returns the names of what ran."""
    state = home / "demo.json"
    found = processes_of(state)
    order = ("run", "capture", "sync", "write-keap", "write-erp", "keap", "erp", "broker")
    ended = end_by_pid({name: found[name] for name in order if name in found})
    state.unlink(missing_ok=True)
    return ended


def processes_of(state: Path) -> dict[str, Noted]:
    """Return the processes in a demo's file, {} when there is none."""
    found = state_file.read(state)
    born = found.get("born", {})
    return {name: Noted(pid, born.get(name)) for name, pid in found.get("processes", {}).items() if pid}
