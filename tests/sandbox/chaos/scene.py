"""A pair of contacts after a storm, as evidence: what both show, what was commanded, what the journal says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.audit import World
from console.read_model import Links
from sandbox.chaos.evidence import Evidence
from sandbox.chaos.people import Edit
from schemas.flows import FLOWS, SIDES, Side, Value
from schemas.records import Command, JournalEntry, Outcome
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.state import Link, SideState

MAPPING = load_mapping(None, MappingOptions())
LINK = "link-1"
PATHS = {"keap": "job_title", "erp": "job_title"}


def scene(shown: Value, **changes: Any) -> Evidence:
    """Return the evidence of one contact whose job title both sides show."""
    link = Link(id=LINK, connection="main", flow="contact", state="linked", keap=SideState(id="1"), erp=SideState(id="co-1", version=3))
    ids = {"keap": "1", "erp": "co-1"}
    records = {(side, flow): {ids[side]: {"job_title": shown}} if flow == "contact" else {} for side in SIDES for flow in FLOWS}
    quiet = Evidence(
        world=World(records, MAPPING, {"keap/contact/1": LINK, "erp/contact/co-1": LINK}),
        links=Links((link,)),
        journal=(),
        commands=(),
        outcomes=(),
        letters=(),
        marked_at={(flow, side): 0 for flow in FLOWS for side in SIDES},
        calls={"keap": (), "erp": ()},
        stamps={},
    )
    return replace(quiet, **changes)


def edit(side: Side, value: str, at: int, *, confirmed: bool = True) -> Edit:
    """Return an edit of the job title, accepted 10 ms after it was sent."""
    return Edit(side, "contact", "1" if side == "keap" else "co-1", "job_title", value, at, at + 10 if confirmed else None)


def command(side: Side, value: str, at: int, *, name: str = "c1", op: Any = "update") -> Command:
    """Return a command that writes the job title."""
    target = "1" if side == "keap" else "co-1"
    return Command(name, "main", LINK, at, side, "contact", op, {PATHS[side]: value}, {}, at, "a cause", target=target)


def applied(done: Command, at: int) -> Outcome:
    """Return its outcome."""
    return Outcome(done.id, "main", LINK, done.seq, done.side, "contact", "applied", at, 2, id=done.target)


def conflict(won: str, lost: str) -> JournalEntry:
    """Return the journal's word on two rivals."""
    return JournalEntry("main", LINK, "contact", "conflict", "newest", 0, "a cause", field="job_title", won=won, lost=lost)
