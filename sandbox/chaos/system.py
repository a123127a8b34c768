"""A stack whose every process can be killed and come back: same port, same data.

The supervisor brings its workers back; broker, servers and the supervisor itself are started again here.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import httpx
from confluent_kafka import KafkaException
from ruamel.yaml import YAML

from console.supervise import WORKERS
from console.supervise.birth import birth
from sandbox.broker.configuration import free_port
from sandbox.demo.processes import Noted, Processes
from sandbox.demo.servers import Server, on_free_ports
from sandbox.demo.stack import CONNECTION, Stack, processes_of
from schemas.errors import RetriableError
from streams.admin import check_topics
from streams.settings import load
from streams.topics import partition_of

STAGES = tuple(worker.name for worker in WORKERS)
PARTS = ("broker", "keap", "erp")
NEIGHBOUR = "next"
"""A second connection. Its name puts it into partition 0, the first one is in 3 of 4: of two workers of a stage each gets one of them."""
GONE_S = 40
"""Longer than a worker's drain: after it a process that was told to end is stuck."""
POLL_S = 1.0
"""Looking twice as often takes a tenth of a core, from whatever is judged."""
TIMEOUT_S = 10
"""Of a call. As long a lost create is waited for; the servers answer in milliseconds, even on a busy machine."""


RECEIVER = "hooks"
"""The one worker that the supervisor does not keep."""
PROMPT = {"delay_ms": 200, "retry_ms": [500, 2000]}
"""How Keap delivers hooks; by default it takes its time."""


class Remembering(Processes):
    """Processes that remember how they were started."""

    def __init__(self, logs: Path) -> None:
        """Begin with none."""
        Processes.__init__(self, logs)
        self._arguments: dict[str, tuple[str, ...]] = {}

    def start(self, name: str, *arguments: str) -> int:
        """Start a process and remember how."""
        self._arguments[name] = arguments
        return Processes.start(self, name, *arguments)

    def again(self, name: str) -> int:
        """Start a process that ended as it was started before."""
        return self.start(name, *self._arguments[name])

    def ended(self) -> str | None:
        """Return what a process that ended by itself left in its log; the receiver comes back, as by a service manager."""
        if (receiver := self.running.get(RECEIVER)) and receiver.poll() is not None:
            self.again(RECEIVER)
        return Processes.ended(self)

    def forget(self, name: str) -> None:
        """End a process in order; it is not missed any more."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(GONE_S)


class System:
    """One stack in a folder of its own, broker included; use it as a context manager."""

    def __init__(self, folder: Path, *, named: bool = True, lacking: Sequence[Collection[str]] = ((),), hears: bool = False) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            folder: where everything is.
            named: whether workers have names in their groups, and so come back without waiting for the session of the dead (KIP-345).
            lacking: what the ERP of each connection does not offer (`sandbox.erp.capabilities`). A second connection has two servers of its
                own, that nothing happens to.
            hears: whether hooks are received, of both sides where both announce changes; polls go on beside them.
        """
        self._named = named
        self._receiver = free_port() if hears else None
        folder.mkdir(parents=True, exist_ok=True)
        keap, erp = on_free_ports()
        self.processes = Remembering(folder / "logs")
        self.kills: Counter[str] = Counter()
        """Kind of process -> how many of it were killed."""
        self.taken_over: Counter[str] = Counter()
        """Stage -> how often a second worker of it took a connection over."""
        self.pauses: Counter[str] = Counter()
        """Stage -> how often a worker of it woke up beside its successor."""
        self.noticed: Counter[str] = Counter()
        """Stage -> how many of those ended by themselves."""
        self.stack = Stack(
            folder=folder,
            state=folder / "state.json",
            own_broker=True,
            kafka=f"127.0.0.1:{free_port()}",
            keap=keap,
            erp=erp,
            processes=self.processes,
        )
        self.stacks = [self.stack]
        """The same, as each connection sees it."""
        for _ in lacking[1:]:
            keap, erp = on_free_ports()
            self.stacks.append(replace(self.stack, connection=NEIGHBOUR, keap=keap, erp=erp))
        self._lacking = {stack.connection: lacked for stack, lacked in zip(self.stacks, lacking, strict=True)}

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        for stack in self.stacks[1:]:
            stack.keap.close()
            stack.erp.close()
        self.stack.end()

    @property
    def servers(self) -> list[Server]:
        """The servers of all connections."""
        return [server for stack in self.stacks for server in (stack.keap, stack.erp)]

    @property
    def partitions(self) -> set[int]:
        """Those that hold a connection."""
        return {partition_of(stack.connection.encode(), stack.settings.partitions) for stack in self.stacks}

    def start(self) -> None:
        """Start everything but the workers."""
        for stack in self.stacks[1:]:
            stack.serve(f"{stack.connection}-")
        self.stack.start()
        self.configure(self.stack.config, "first", self.stack.settings.data_dir)
        for server in self.servers:
            server.wait(self.processes.ended)
        settings = load(self.stack.config)
        for stack in self.stacks:
            stack.settings = settings
            lacking = dict.fromkeys(self._lacking[stack.connection], False)
            httpx.put(f"{stack.erp.url}/_sandbox/capabilities", json=lacking).raise_for_status()
            httpx.put(f"{stack.keap.url}/_sandbox/hooks", json=PROMPT).raise_for_status()
        if self._receiver:
            self.processes.start(RECEIVER, "--config", str(self.stack.config), "hooks")

    def configure(self, path: Path, name: str, data: Path) -> None:
        """Write the settings of workers under a name of their own."""
        yaml = YAML()
        settings: dict[str, Any] = yaml.load(self.stack.config.read_text())
        accounts = settings["connections"][CONNECTION]
        settings["connections"] = {stack.connection: self._connection(stack, accounts) for stack in self.stacks}
        if self._receiver:
            settings["hooks"] = {"url": f"http://127.0.0.1:{self._receiver}", "secret": "not-to-be-guessed", "port": self._receiver}
        with path.open("w") as file:
            yaml.dump({**settings, "data_dir": str(data.absolute()), "instance": name if self._named else ""}, file)

    def _connection(self, stack: Stack, accounts: dict[str, Any]) -> dict[str, Any]:
        """Return a connection's settings; its accounts are those of the demo but for the place."""
        connection: dict[str, Any] = {
            server.side: {**accounts[server.side], "url": server.url, "token": server.token, "poll_s": POLL_S, "timeout_s": TIMEOUT_S}
            for server in (stack.keap, stack.erp)
        }
        if self._receiver:
            connection["keap"]["hooks"] = True
            connection["erp"]["hooks"] = "webhooks" not in self._lacking[stack.connection]
        connection["breaker"] = {"updates": 0, "deletes": 0}  # ten minutes of a storm are more edits than any business makes
        if "external_id" in self._lacking[stack.connection]:  # nothing but a stamp tells orders apart: they run on the operator's word
            connection["flows"] = {"opportunity": {"best_effort": True}}
        return connection

    def kill(self, name: str) -> bool:
        """Kill -9 a process by the name of its stage or part, and start what no supervisor brings back; returns whether it was alive."""
        if name in STAGES:
            return self.slay(name, self.living(name))
        killed = self.slay(name, self.noted(name))
        self.processes.running[name].wait()
        if name == "run":
            self.run()
        else:
            self.processes.again(name)
            self.wait()
        return killed

    def living(self, stage: str) -> Noted | None:
        """Return the worker of a stage; one that is between two lives is waited for, but not for ever."""
        deadline = time.monotonic() + GONE_S
        while time.monotonic() < deadline:
            if (process := processes_of(self.stack.state).get(stage)) and process.runs():
                return process
            time.sleep(0.05)
        return None

    def noted(self, name: str) -> Noted:
        """Return one of our own processes."""
        pid = self.processes.running[name].pid
        return Noted(pid, birth(pid))

    def run(self) -> None:
        """Start the supervisor, for the first time or again, and wait until it has workers.

        Before that it checks everything, and ends at the first account that does not answer.
        """
        before = processes_of(self.stack.state)
        self.stack.run()
        deadline = time.monotonic() + GONE_S
        while any(processes_of(self.stack.state).get(stage) == before.get(stage) for stage in STAGES):
            if (reason := self.processes.ended()) or time.monotonic() > deadline:
                raise RetriableError(reason or "the supervisor started no workers")
            time.sleep(0.05)

    def wait(self) -> None:
        """Wait until broker and servers answer."""
        for server in self.servers:
            server.wait(self.processes.ended)
        while True:
            try:
                check_topics(self.stack.settings)
            except (RetriableError, KafkaException):  # the second: a broker that is back may not know yet who its controller is
                if reason := self.processes.ended():
                    raise RetriableError(reason) from None
            else:
                return

    def slay(self, kind: str, process: Noted | None) -> bool:
        """Kill -9 a process if it is alive; returns whether it was."""
        alive = process is not None and process.runs()
        if process and alive:
            os.kill(process.pid, signal.SIGKILL)
            self.kills[kind] += 1
        return alive

    def pause(self, name: str, seconds: float) -> None:
        """Stop one of our own processes for a while, connections open."""
        process = self.processes.running[name]
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def stop_workers(self) -> int | None:
        """End the supervisor with its workers in order; returns its exit code."""
        process = self.processes.running["run"]
        self.processes.forget("run")
        return process.returncode

    def kill_workers(self) -> None:
        """Kill -9 the supervisor and all its workers, and leave them down."""
        self.slay("run", self.noted("run"))
        self.processes.running.pop("run").wait()
        left = {stage: worker for stage in STAGES if (worker := processes_of(self.stack.state).get(stage))}
        for stage, worker in left.items():
            self.slay(stage, worker)
        deadline = time.monotonic() + GONE_S
        while any(worker.runs() for worker in left.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
