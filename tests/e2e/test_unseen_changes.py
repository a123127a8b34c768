"""What no poll shows, on the whole program as processes: edits that hooks bring while polls sleep, silent drift, merged contacts.

And what no hook shows, which polls find.
"""

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
import pytest
from ruamel.yaml import YAML

import streams.mapping
from console.read_model import Links, read_links, read_records
from console.read_model.status import read_status
from console.read_model.surveys import read_surveys
from console.requests import request
from sandbox.broker.configuration import free_port
from sandbox.demo.processes import Processes
from sandbox.demo.servers import Server
from sandbox.demo.stack import CONNECTION, Stack, processes_of
from schemas.errors import RetriableError
from schemas.flows import SIDES, Flow, Side, entity_of
from schemas.records import JournalEntry
from streams.clock import now_ms
from streams.settings import load
from streams.sync.state import Link
from streams.topics import JOURNAL

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
WITHIN_S = 180
PEOPLE = 14
NEVER_S = 3_600
POLL_S = 1
HOOK_LATE_S = 2
PROMPT = {"delay_ms": 200}


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


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Start everything with hooks on; fourteen people of Keap have their twins."""
    folder = tmp_path_factory.mktemp("unseen")
    servers = [Server(side, f"http://127.0.0.1:{free_port()}", "for-this-test") for side in ("keap", "erp")]
    stack = Stack(folder, folder / "state.json", True, f"127.0.0.1:{free_port()}", servers[0], servers[1], Processes(folder / "logs"))
    try:
        stack.start()
        listen(stack)
        let_through(stack)
        configure(stack, poll_s=NEVER_S, hook_late_s=HOOK_LATE_S)
        httpx.put(f"{stack.keap.url}/_sandbox/hooks", json=PROMPT).raise_for_status()
        people = [
            {"given_name": f"Ann {number}", "email_addresses": [{"email": f"ann{number}@example.com", "field": "EMAIL1"}]}
            for number in range(PEOPLE)
        ]
        deal = {"opportunity_title": "Deal", "stage": "New Opportunity", "contact_id": {"$ref": ["contacts", 1]}}
        stack.keap.seed({"contacts": people, "opportunities": [deal]})
        stack.processes.start("hooks", "--config", str(stack.config), "hooks")
        stack.run()
        world = World(stack)
        world.until(lambda: sum(link.state == "linked" for link in world.links.all) == PEOPLE + 1)
        world.until(lambda: subscribed(stack))
        yield world
    finally:
        stack.end()


def configure(stack: Stack, **account: float) -> None:
    """Set something of both accounts, which have their hooks on."""
    settings: dict[str, Any] = YAML(typ="safe").load(stack.config.read_text())
    for each in settings["connections"][CONNECTION].values():
        each |= {"hooks": True, **account}
    save(stack, settings)


def let_through(stack: Stack) -> None:
    """Let deletions of contacts through to the ERP."""
    shipped = Path(streams.mapping.__file__).parent / "defaults" / "contact.yaml"
    folder = stack.folder / "mapping"
    folder.mkdir()
    (folder / "contact.yaml").write_text(f"{shipped.read_text()}delete: {{erp: delete}}\n")
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


def test_an_edit_reaches_the_other_side_without_waiting_for_a_poll(world: World) -> None:
    """Both ways, though polls come once an hour."""
    link = world.link("contact", "1")
    assert link.erp.id
    world.stack.keap.patch("contact", "1", {"job_title": "Buyer"})
    world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["job_title"] == "Buyer")
    world.stack.erp.patch("contact", link.erp.id, {"job_title": "Seller"})
    world.until(lambda: world.stack.keap.get("contact", "1")["job_title"] == "Seller")


def test_with_every_hook_lost_polls_find_the_edits_and_count_them(world: World) -> None:
    """Both ways, no later than a poll; the meter says how many no hook announced, and `status` tells of it."""
    link = world.link("contact", "4")
    missed, hinted = world.counted("missed"), world.counted("hinted")
    with world.deaf():
        world.stack.keap.patch("contact", "4", {"job_title": "Porter"})
        world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["job_title"] == "Porter")
        world.stack.erp.patch("contact", link.erp.id or "", {"job_title": "Waiter"})
        world.until(lambda: world.stack.keap.get("contact", "4")["job_title"] == "Waiter")
        world.until(lambda: all(world.counted("missed")[side] > missed[side] for side in SIDES))
        assert world.counted("hinted") == hinted
    for side in SIDES:
        assert any(f"{side}/contact: no hook announced" in warning for warning in read_status(world.stack.settings).warnings)


def test_five_silent_differences_are_found_and_repaired_in_one_pass(world: World) -> None:
    """Three in Keap, two in the ERP, none of which moved a time or a version."""
    in_keap = "UPDATE contacts SET document = json_set(document, '$.job_title', ?) WHERE id = ? AND live_to IS NULL"
    in_erp = "UPDATE records SET body = json_set(body, '$.job_title', ?) WHERE entity = 'contacts' AND id = ?"
    twins = [world.link("contact", number).erp.id or "" for number in ("8", "9")]
    assert world.audit()[0] == 0
    world.silently("keap", *((in_keap, (f"silent {number}", number)) for number in ("5", "6", "7")))
    world.silently("erp", *((in_erp, (f"silent {twin}", twin)) for twin in twins))
    code, printed = world.audit("--repair")
    assert code == 1
    assert "5 differences in 5 of them" in printed
    world.until(lambda: world.audit()[0] == 0)
    assert world.stack.erp.get("contact", world.link("contact", "5").erp.id or "")["job_title"] == "silent 5"
    assert world.stack.keap.get("contact", "8")["job_title"] == f"silent {twins[0]}"


def test_merged_contacts_lose_no_twin_and_their_orders_follow(world: World) -> None:
    """Contact 2 goes into contact 3: its order belongs to the other's twin then; its own is reviewed, not deleted as the policy has it."""
    loser, winner, order = world.link("contact", "2"), world.link("contact", "3"), world.link("opportunity", "1")
    keap, erp = world.stack.keap, world.stack.erp
    assert erp.get("opportunity", order.erp.id or "")["contact_id"] == loser.erp.id
    keap._call("POST", "/rest/v2/contacts:merge", {"contact_id": "3", "duplicate_contact_id": "2"})
    world.until(lambda: erp.get("opportunity", order.erp.id or "")["contact_id"] == winner.erp.id)
    for _ in range(2):  # no hook says that the duplicate is gone: two sweeps do
        world.sweep("keap", "contact")
    world.until(lambda: world.link("contact", "2").state != "linked")
    left = world.link("contact", "2")
    assert (left.state, left.reason) == ("review", "keap/contact/2 was merged into keap/contact/3, which has a twin of its own")
    assert left.candidates == ["keap/contact/3", f"erp/contact/{winner.erp.id}"]
    assert erp.get("contact", loser.erp.id or "")["deleted_at"] is None
    assert erp.get("opportunity", order.erp.id or "")["contact_id"] == winner.erp.id
    assert world.link("contact", "3").state == "linked"
    assert "merged" in {entry.kind for entry in read_records(world.stack.settings, JOURNAL, JournalEntry) if entry.link == left.id}


def test_a_contact_that_is_deleted_takes_its_twin_with_it(world: World) -> None:
    """The policy that spared the merged one's twin."""
    link = world.link("contact", "14")
    world.stack.keap._call("DELETE", "/rest/v2/contacts/14")
    for _ in range(2):
        world.sweep("keap", "contact")
    world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["deleted_at"])
