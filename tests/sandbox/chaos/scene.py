"""A pair of contacts after a storm, as evidence: what both show, what was commanded, what the journal says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.audit import World
from console.read_model import Links
from sandbox.chaos.evidence import Call, Evidence
from sandbox.chaos.people import Edit
from schemas.flows import FLOWS, SIDES, Fields, Side, Value
from schemas.records import Command, JournalEntry, Outcome, Status
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
        looks={"keap": (), "erp": ()},
        stamps={},
    )
    return replace(quiet, **changes)


def edit(side: Side, value: Value, at: int, *, confirmed: bool = True) -> Edit:
    """Return an edit of the job title, accepted 10 ms after it was sent."""
    return Edit(side, "contact", "1" if side == "keap" else "co-1", "job_title", value, at, at + 10 if confirmed else None)


def command(side: Side, value: str, at: int, *, name: str = "c1", op: Any = "update", expect: Value = None) -> Command:
    """Return a command that writes the job title."""
    target, path = "1" if side == "keap" else "co-1", PATHS[side]
    return Command(name, "main", LINK, at, side, "contact", op, {path: value}, {path: expect}, at, "a cause", target=target)


def applied(done: Command, at: int, *, status: Status = "applied", shown: Value = None) -> Outcome:
    """Return its outcome; `shown`: what the side made of the value."""
    record: Fields | None = {PATHS[done.side]: shown} if shown else None
    return Outcome(done.id, "main", LINK, done.seq, done.side, "contact", status, at, 2, id=done.target, record=record)


def patch(side: Side, at: int, *, by_worker: bool = True) -> Call:
    """Return the server's word on a patch of the contact, which took effect 2 ms after it arrived."""
    return Call("PATCH", "contacts" if side == "erp" else "contact", "co-1" if side == "erp" else "1", by_worker, at, at + 2)


def look(side: Side, at: int) -> Call:
    """Return the server's word on a worker that read the contact."""
    return replace(patch(side, at), method="GET", done_at=0)


def calls(side: Side, *made: Call) -> dict[Side, tuple[Call, ...]]:
    """Return the log of a side, the other one's being empty."""
    return {"keap": (), "erp": (), side: made}


def conflict(won: str, lost: str, at: int = 1_000) -> JournalEntry:
    """Return the journal's word on two rivals."""
    return JournalEntry("main", LINK, "contact", "conflict", "newest", at, "a cause", field="job_title", won=won, lost=lost)
