"""A ScanMark: a side of a flow was read whole; whoever waited for that, and for a slot, is looked at again."""

from __future__ import annotations

from msgspec import MsgspecError

from schemas.flows import SIDES, flow_of
from schemas.records import ScanMark
from streams.sync import breaker, pages, slots
from streams.sync.newcomers import notice
from streams.sync.settle import schedule, settle
from streams.sync.state import Link
from streams.sync.turn import POOLS, Letter, Turn


def on_mark(turn: Turn, mark: ScanMark) -> None:
    """Note the snapshot; release the flow's waiting links when both sides have theirs."""
    flow = flow_of(mark.side, mark.entity)
    done = turn.progress().snapshots
    done.setdefault(f"{flow}/{mark.side}", mark.started_at)
    if all(f"{flow}/{side}" in done for side in SIDES):
        schedule(turn, f"snapshot/{flow}")
    if mark.kind == "sweep":
        turn.progress().swept[f"{flow}/{mark.side}"] = mark.started_at
        schedule(turn, f"sweep/{flow}/{mark.side}")
    schedule_slots(turn)


def on_assigned(turn: Turn) -> None:
    """Take up releases that are not finished, and look again at those whom settings may have let go: pilot's limits, number of slots.

    Rows that did not count before are noticed, too.
    """
    turn.progress()  # once it is read, the decision tells whether there is more
    notice(turn)
    schedule(turn, "pilot")
    schedule_slots(turn)


def schedule_slots(turn: Turn) -> None:
    """Look again at those who wait for a slot."""
    for side in SIDES:
        for pool in POOLS:
            schedule(turn, slots.gate_of(side, pool))


def on_release(turn: Turn, most: int = pages.PAGE) -> None:
    """Do one page, or fewer links, of the first release that is not finished."""
    releases = turn.progress().releases
    gate = next(iter(releases), None)
    if gate is None:
        return
    for _ in range(min(most, releases[gate])):
        if _full(turn, gate) or (link_id := pages.pop(turn, gate)) is None:
            releases.pop(gate)
            return
        releases[gate] -= 1
        link = turn.link(link_id)
        if link is not None and gate in link.gates:
            link.gates.remove(gate)
            settle(turn, link)
    if releases.get(gate, 0) <= 0:
        releases.pop(gate, None)
        if (window := breaker.window_of(turn, gate)) and window.withheld:
            breaker.release(turn, gate)


def on_skip(turn: Turn, error: str, message: str) -> None:
    """Let the link go that the first release stands before, for it cannot be settled: whoever waits behind it must not suffer for it."""
    releases = turn.progress().releases
    gate = next(iter(releases), None)
    if gate is None:
        return
    link_id = pages.pop(turn, gate)
    releases[gate] -= 1
    if releases[gate] <= 0:
        releases.pop(gate)
    link = _readable(turn, link_id or "")
    if link is not None and gate in link.gates:
        link.gates.remove(gate)
    turn.decision.letters.append(Letter(error, message, link.flow if link else None, link_id))


def _readable(turn: Turn, link_id: str) -> Link | None:
    try:
        return turn.link(link_id)
    except MsgspecError:
        return None


def _full(turn: Turn, gate: str) -> bool:
    """A slot's queue moves only while there is room; whoever frees one moves it on."""
    if not gate.startswith("slot/"):
        return False
    _, side, pool = gate.split("/")
    return not slots.room(turn, "keap" if side == "keap" else "erp", "bulk" if pool == "bulk" else "live")
