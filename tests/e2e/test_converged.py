"""One small system after its first run, with an ERP that trims, upper-cases and rounds what it is told, and adds fields of its own.

It stays as it is when nobody edits, an edit travels as it was typed, a stop is orderly, feeding all changes through again writes nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from console.audit import Reader, World
from console.read_model import read_links, read_records
from console.read_model.status import read_status
from sandbox.chaos.moves import Moves
from sandbox.chaos.storm import plant, stillness
from sandbox.chaos.system import System
from sandbox.data import generate
from sandbox.demo.quiet import Stillness, unsettled
from sandbox.demo.servers import Server
from sandbox.demo.stack import CONNECTION
from sandbox.erp.habits import Habits
from schemas.flows import Fields
from schemas.records import JournalEntry
from streams.topics import JOURNAL
from tests.engine.polling import wait_for

if TYPE_CHECKING:
    from streams.sync.state import Link

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
STOP_S = 20
"""What a stop may take: a drain of what is in hand, not a time-out."""
SILENCE_S = 4
"""Several polls: an echo would have come round."""
HABITS = Habits(
    trim=True, upper=("job_title", "notes", "billing_address.city"), round={"unit_price": 1, "amount_estimate": 0}, derived=True
)


@dataclass(frozen=True, slots=True)
class Converged:
    """A system after its first run."""

    system: System
    calm: Stillness


@pytest.fixture(scope="module")
def converged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Converged]:
    """Yield a system whose first run is over, its workers running; each test leaves it so."""
    seeds = generate(40, 3)
    with System(tmp_path_factory.mktemp("converged")) as system:
        plant(system, seeds)
        behave(system.stack.erp, HABITS)
        system.run()
        calm = stillness(system, seeds)
        calm.wait()
        yield Converged(system, calm)


def test_what_the_erp_stores_differently_converges_and_is_no_edit(converged: Converged) -> None:
    """Every field is equal, or in the ERP it is what the ERP makes of Keap's value; then nothing is written on either side."""
    settings = converged.system.stack.settings
    links = read_links(settings)
    with Reader(settings, CONNECTION) as reader:
        world = reader.world(links)
    linked = links.chosen(state="linked")

    assert len(linked) > 60
    assert [difference for link in linked for difference in differences(world, link)] == []
    assert unsettled(links) == []
    moves = Moves(converged.system)
    time.sleep(SILENCE_S)
    assert moves.since() == []


def test_what_the_erp_stores_differently_is_told_once_for_each_row(converged: Converged) -> None:
    """However many records show it: in the journal, and in what `status` says."""
    entries = journal(converged.system)
    told = [entry.detail for entry in entries if entry.kind == "mapping_warning"]
    many = Counter(f"{entry.flow}.{entry.field}: {entry.detail} in erp" for entry in entries if entry.kind == "stored_differently")

    assert sorted(told) == sorted(many)
    assert many["contact.job_title: stored differently than sent in erp"] > 1
    assert sorted(warnings(converged.system)) == sorted(told)


def test_a_field_that_the_erp_ignores_is_told_once_and_left_alone(converged: Converged) -> None:
    """One warning for the row, and no write answers another; once it is ignored no more, the next edit is written.

    Of two people whom we made there: one who was there before the ERP had its habits takes them on with whatever is written.
    """
    stack, calm = converged.system.stack, converged.calm
    made = {entry.link for entry in journal(converged.system) if (entry.kind, entry.side) == ("create", "erp")}
    people = [link for link in read_links(stack.settings).chosen("contact", "linked") if link.id in made][:2]
    before = [site(stack.erp, link) for link in people]
    moves = Moves(converged.system)
    with behaving(stack.erp, replace(HABITS, ignore=("website",))):
        write_sites(stack.keap, people, "https://example.com/ignored")
        calm.wait()

    assert [site(stack.erp, link) for link in people] == before
    assert {site(stack.keap, link) for link in people} == {"https://example.com/ignored"}
    assert moves.since() == ["2 commands for erp", "2 writes in keap"]
    ignored = sorted(entry.link for entry in journal(converged.system) if (entry.field, entry.detail) == ("website", "not applied"))
    assert ignored == sorted(link.id for link in people)
    assert [warning for warning in warnings(converged.system) if "website" in warning] == ["contact.website: not applied in erp"]

    write_sites(stack.keap, people, "https://example.com/taken")
    calm.wait()
    assert {site(stack.erp, link) for link in people} == {"https://example.com/taken"}


def test_an_edit_that_the_erp_stores_differently_stays_as_it_was_typed(converged: Converged) -> None:
    """Keap keeps the spelling its people chose, the ERP its own, and no write answers another."""
    stack = converged.system.stack
    link = read_links(stack.settings).chosen("contact", "linked")[0]
    moves = Moves(converged.system)
    stack.keap.patch("contact", link.keap.id or "", {"job_title": "Chief Poet"})
    converged.calm.wait()

    assert stack.erp.get("contact", link.erp.id or "")["job_title"] == "CHIEF POET"
    assert stack.keap.get("contact", link.keap.id or "")["job_title"] == "Chief Poet"
    assert moves.since() == ["1 commands for erp", "1 writes in keap", "1 writes in erp"]


def test_a_stop_is_orderly_and_a_restart_goes_on(converged: Converged) -> None:
    """`run` ends with 0 within seconds; an edit made meanwhile travels after the restart, and nothing else does."""
    system, calm = converged.system, converged.calm
    link = read_links(system.stack.settings).chosen("contact", "linked")[1]
    asked = time.monotonic()

    assert system.stop_workers() == 0
    assert time.monotonic() - asked < STOP_S

    system.stack.erp.patch("contact", link.erp.id or "", {"website": "https://example.com/late"})
    moves = Moves(system)
    system.run()

    wait_for(lambda: system.stack.keap.get("contact", link.keap.id or "")["website"] == "https://example.com/late")
    calm.wait()
    assert moves.since() == ["1 commands for keap", "1 writes in keap"]


def test_a_replay_writes_nothing(converged: Converged) -> None:
    """With the workers running: every change is a duplicate."""
    moves = Moves(converged.system)

    assert replay(converged.system, "2h") > 100

    converged.calm.wait()
    assert moves.since() == []


def test_a_replay_to_stopped_workers_without_their_data_writes_nothing(converged: Converged) -> None:
    """The local stores are caches: they come back from their changelogs, and then every change is a duplicate."""
    system = converged.system
    assert system.stop_workers() == 0
    shutil.rmtree(system.stack.settings.data_dir)
    moves = Moves(system)

    assert replay(system, "0") > 100
    system.run()

    converged.calm.wait()
    assert moves.since() == []


@contextmanager
def behaving(erp: Server, habits: Habits) -> Iterator[None]:
    """Give the ERP other habits while the block lasts."""
    behave(erp, habits)
    try:
        yield
    finally:
        behave(erp, HABITS)


def behave(erp: Server, habits: Habits) -> None:
    """Give the ERP its habits."""
    httpx.put(f"{erp.url}/_sandbox/habits", json=msgspec.to_builtins(habits)).raise_for_status()


def write_sites(keap: Server, people: list[Link], website: str) -> None:
    """Give people of Keap a website."""
    for link in people:
        keap.patch("contact", link.keap.id or "", {"website": website})


def site(server: Server, link: Link) -> str | None:
    """Return the website a server shows of somebody."""
    website: str | None = server.get("contact", link.side(server.side).id or "")["website"]
    return website


def journal(system: System) -> list[JournalEntry]:
    """Return what was decided so far."""
    return list(read_records(system.stack.settings, JOURNAL, JournalEntry))


def warnings(system: System) -> list[str]:
    """Return what `status` says of the mapping's rows."""
    said = (warning.removeprefix(f"{CONNECTION}: ") for warning in read_status(system.stack.settings).warnings)
    return [warning for warning in said if warning.endswith(" in erp")]


def differences(world: World, link: Link) -> list[str]:
    """Return the fields whose ERP value is neither Keap's nor what the ERP makes of it."""
    keap, erp = (world.records[side, link.flow][link.side(side).id or ""] for side in ("keap", "erp"))
    return [
        f"{link.flow}.{row.name}: keap {keap.get(row.name)!r}, erp {erp.get(row.name)!r}"
        for row in world.mapping[link.flow].rows
        if row.keap and row.erp and not row.create_only and not (row.default and None in (keap.get(row.name), erp.get(row.name)))
        if not world.same(link.flow, row.name, keap.get(row.name), erp.get(row.name))
        and not world.same(link.flow, row.name, _stored(row.erp, keap).get(row.erp), erp.get(row.name))
    ]


def _stored(path: str, keap: Fields) -> Fields:
    """Return what the ERP makes of a value."""
    value = keap.get(path)
    return HABITS.apply("", {path: value}) if value is not None else {}


def replay(system: System, start: str) -> int:
    """Run `keapsync replay`; returns how many changes it says."""
    command = [sys.executable, "-m", "console", "--config", str(system.stack.config), "replay", "--from", start]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KEAPSYNC_")}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=ours).stdout
    return int(said.split()[1])
