"""A stack that hears of changes by hooks while its polls sleep, and what a test does to it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import streams.mapping
from console.read_model.status import read_heads
from console.read_model.surveys import read_surveys
from sandbox.broker.configuration import free_port
from sandbox.demo.stack import CONNECTION, Stack, processes_of
from schemas.flows import SIDES, Flow, Side
from streams.clock import now_ms
from streams.sync.state import Link
from tests.e2e.stacked import Stacked, save, settings_of
from tests.engine.polling import wait_for

NEVER_S = 3_600
POLL_S = 1
PROMPT = {"delay_ms": 200}
POLICIES: dict[Flow, str] = {"contact": "{erp: delete, keap: delete}", "product": "{keap: deactivate}"}
"""What happens on a side to the twin of a record that is gone from the other."""


class World(Stacked):
    """Both systems linked, polls asleep."""

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
        """Let capture, which its supervisor starts again, come back with other settings of both accounts, and look once at every flow.

        It ends in order: killed, it would carry out once more what it was asked for. Its first polls read two minutes again, and would find
        what is done behind a system's back before them.
        """
        configure(self.stack, **account)
        before = processes_of(self.stack.state)["capture"]
        os.kill(before.pid, signal.SIGTERM)
        wait_for(lambda: not before.runs())
        ended_at = now_ms()
        self.until(lambda: all((head.polled_at or 0) > ended_at for head in read_heads(self.stack.settings)))

    def missed(self) -> dict[Side, int]:
        """Return how many changes of contacts no hook announced."""
        surveys = [each for each in read_surveys(self.stack.settings) if each.entity == "contact"]
        return {side: sum(each.missed for each in surveys if each.side == side) for side in SIDES}

    def silently(self, file: str, *statements: tuple[str, tuple[str, ...]]) -> None:
        """Write behind a system's back: no time moves, no version, no hook."""
        with sqlite3.connect(self.stack.folder / f"{file}.sqlite", timeout=30) as database:
            for statement, values in statements:
                assert database.execute(statement, values).rowcount == 1
        database.close()


def configure(stack: Stack, **account: float) -> None:
    """Set something of both accounts, which have their hooks on."""
    settings = settings_of(stack)
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
    save(stack, settings_of(stack) | {"mapping_dir": str(folder)})


def listen(stack: Stack) -> None:
    """Say where hooks arrive."""
    port = free_port()
    receiver = {"url": f"http://127.0.0.1:{port}", "secret": "not-to-be-guessed", "port": port}
    save(stack, settings_of(stack) | {"hooks": receiver})


def subscribed(stack: Stack) -> bool:
    """Tell whether both systems announce to us."""
    keap = httpx.get(f"{stack.keap.url}/rest/v1/hooks", headers={"authorization": f"Bearer {stack.keap.token}"}).json()
    erp = httpx.get(f"{stack.erp.url}/api/v1/webhooks", headers={"authorization": f"Bearer {stack.erp.token}"}).json()
    return len(keap) == 12 and {hook["status"] for hook in keap} == {"Verified"} and len(erp["items"]) == 1
