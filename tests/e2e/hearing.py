"""A stack that hears of changes by hooks while its polls sleep, and what a test does to it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from ruamel.yaml import YAML

import streams.mapping
from console.read_model import Links, read_links
from console.read_model.surveys import read_surveys
from console.requests import request
from sandbox.broker.configuration import free_port
from sandbox.demo.stack import CONNECTION, Stack, processes_of
from schemas.errors import RetriableError
from schemas.flows import SIDES, Flow, Side, entity_of
from streams.clock import now_ms
from streams.settings import load
from streams.sync.state import Link

WITHIN_S = 180
NEVER_S = 3_600
POLL_S = 1
PROMPT = {"delay_ms": 200}
POLICIES: dict[Flow, str] = {"contact": "{erp: delete, keap: delete}", "product": "{keap: deactivate}"}
"""What happens on a side to the twin of a record that is gone from the other."""


@dataclass
class World:
    """Both systems linked, polls asleep."""

    stack: Stack

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for it; says what a process left in its log when one ended."""
        deadline = time.monotonic() + WITHIN_S
        while not _holds(holds):
            assert not (reason := self.stack.processes.ended()), reason
            assert time.monotonic() < deadline, {name: self.stack.processes.tail(name) for name in self.stack.processes.running}
            time.sleep(0.1)

    @property
    def links(self) -> Links:
        """The link table."""
        return read_links(self.stack.settings)

    def link(self, flow: Flow, keap: str) -> Link:
        """Return the link of a record of Keap."""
        return next(
            link for link in self.links.all if link.flow == flow and keap in (link.keap.id, *(ref.split("/")[-1] for ref in link.former))
        )

    def audit(self, *options: str) -> tuple[int, str]:
        """Run `keapsync audit`; returns its exit code and the last line."""
        command = [sys.executable, "-m", "console", "--config", str(self.stack.config), "audit", "--wait", "1", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def sweep(self, side: Side, flow: Flow) -> None:
        """Ask for a sweep and wait for its end."""
        asked_at = now_ms()
        request(self.stack.settings, CONNECTION, "sweep", side=side, flow=flow)
        place = (side, entity_of(flow, side))
        self.until(
            lambda: any((each.swept_at or 0) > asked_at for each in read_surveys(self.stack.settings) if place == (each.side, each.entity))
        )

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Drop every hook of both systems, and let capture poll, while the block lasts."""
        stack = self.stack
        drop, offers = httpx.put(f"{stack.keap.url}/_sandbox/hooks", json={"drop": 1}), f"{stack.erp.url}/_sandbox/capabilities"
        drop.raise_for_status()
        httpx.put(offers, json={"webhooks": False}).raise_for_status()
        self.restart_capture(poll_s=POLL_S)
        try:
            yield
        finally:
            httpx.put(f"{stack.keap.url}/_sandbox/hooks", json=PROMPT).raise_for_status()
            httpx.put(offers, json={}).raise_for_status()
            self.restart_capture(poll_s=NEVER_S)

    def restart_capture(self, **account: float) -> None:
        """Let capture, which its supervisor starts again, come back with other settings of both accounts."""
        configure(self.stack, **account)
        before = processes_of(self.stack.state)["capture"]
        assert before
        os.kill(before.pid, signal.SIGKILL)
        self.until(lambda: processes_of(self.stack.state).get("capture") not in (before, None))

    def counted(self, what: Literal["missed", "hinted"]) -> dict[Side, int]:
        """Return how many changes of contacts no hook announced, or hooks brought."""
        surveys = [each for each in read_surveys(self.stack.settings) if each.entity == "contact"]
        return {side: sum(getattr(each, what) for each in surveys if each.side == side) for side in SIDES}

    def silently(self, file: str, *statements: tuple[str, tuple[str, ...]]) -> None:
        """Write behind a system's back: no time moves, no version, no hook."""
        with sqlite3.connect(self.stack.folder / f"{file}.sqlite", timeout=30) as database:
            for statement, values in statements:
                assert database.execute(statement, values).rowcount == 1
        database.close()


def _holds(holds: Callable[[], object]) -> bool:
    """Ask; topics just made have no leader for a moment."""
    try:
        return bool(holds())
    except RetriableError:
        return False


def configure(stack: Stack, **account: float) -> None:
    """Set something of both accounts, which have their hooks on."""
    settings: dict[str, Any] = YAML(typ="safe").load(stack.config.read_text())
    for each in settings["connections"][CONNECTION].values():
        each |= {"hooks": True, **account}
    save(stack, settings)


def let_through(stack: Stack) -> None:
    """Let deletions through to the other side, as the policies have it."""
    folder = stack.folder / "mapping"
    folder.mkdir()
    for flow, policy in POLICIES.items():
        shipped = Path(streams.mapping.__file__).parent / "defaults" / f"{flow}.yaml"
        (folder / f"{flow}.yaml").write_text(f"{shipped.read_text()}delete: {policy}\n")
    save(stack, YAML(typ="safe").load(stack.config.read_text()) | {"mapping_dir": str(folder)})


def listen(stack: Stack) -> None:
    """Say where hooks arrive."""
    port = free_port()
    receiver = {"url": f"http://127.0.0.1:{port}", "secret": "not-to-be-guessed", "port": port}
    save(stack, YAML(typ="safe").load(stack.config.read_text()) | {"hooks": receiver})


def save(stack: Stack, settings: dict[str, Any]) -> None:
    """Write the settings."""
    with stack.config.open("w") as file:
        YAML().dump(settings, file)
    stack.settings = load(stack.config)


def subscribed(stack: Stack) -> bool:
    """Tell whether both systems announce to us."""
    keap = httpx.get(f"{stack.keap.url}/rest/v1/hooks", headers={"authorization": f"Bearer {stack.keap.token}"}).json()
    erp = httpx.get(f"{stack.erp.url}/api/v1/webhooks", headers={"authorization": f"Bearer {stack.erp.token}"}).json()
    return len(keap) == 12 and {hook["status"] for hook in keap} == {"Verified"} and len(erp["items"]) == 1
