"""An operator's requests: link, unlink, ignore, retry, resend. What cannot be done is journaled with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from schemas.flows import SIDES
from schemas.records import Control
from streams.sync import breaker
from streams.sync.disputes import choose, thaw
from streams.sync.fields import refs_of
from streams.sync.index import reindexed
from streams.sync.pages import waiting
from streams.sync.pair import join, part
from streams.sync.settle import schedule, settle
from streams.sync.state import Link, Pending, Window
from streams.sync.turn import Turn, living

CAPTURES: Final = frozenset({"sweep", "commit", "discard"})


def on_control(turn: Turn, control: Control) -> None:
    """Carry out a request; those that are capture's are none of ours."""
    if control.op not in CAPTURES:
        _REQUESTS[control.op](turn, control)


def _find(turn: Turn, name: str | None) -> Link | None:
    """Return a link by its id or by a ref of it."""
    return (turn.link(name) or turn.link_of(name)) if name else None


def _link(turn: Turn, control: Control) -> None:
    one, two = _find(turn, control.args.get("a")), _find(turn, control.args.get("b"))
    if one is None or two is None or one.id == two.id:
        return
    keap, erp = (one, two) if "keap" in living(one) else (two, one)
    if one.flow != two.flow or [list(living(keap)), list(living(erp))] != [["keap"], ["erp"]]:
        turn.journal(one, "refused", f"link {control.args['a']} {control.args['b']}: one unlinked record of each side is needed")
        return
    if any(link.side(side).pending for link in (one, two) for side in SIDES):
        turn.journal(one, "refused", "link: a command is in flight, try again")
        return
    if any(link.side(side).reread for link in (one, two) for side in SIDES):  # one that is gone may be back: it would belong to nobody
        turn.journal(one, "refused", "link: a record is to be read first, try again")
        return
    settle(turn, join(turn, keap, erp, f"operator {control.by}"))


def _unlink(turn: Turn, control: Control) -> None:
    link = _find(turn, control.args.get("link"))
    if link is None:
        return
    if link.keap.id is None or link.erp.id is None:
        turn.journal(link, "refused", "unlink: it is no pair")
    elif link.keap.pending or link.erp.pending:
        turn.journal(link, "refused", "unlink: a command is in flight, try again")
    else:
        for half in (link, part(turn, link)):
            settle(turn, half)  # what was to be read again still is


def _ignore(turn: Turn, control: Control) -> None:
    link = _find(turn, control.args.get("ref"))
    if link is None:
        return
    with reindexed(turn, link, "keap"), reindexed(turn, link, "erp"):
        link.state, link.gate, link.reason, link.candidates = "ignored", None, f"ignored by {control.by}", []
    turn.journal(link, "ignored", ", ".join(refs_of(link)))
    settle(turn, link)


def _retry(turn: Turn, control: Control) -> None:
    link = _find(turn, control.args.get("link"))
    if link is None:
        return
    for side in SIDES:
        link.side(side).blocked = None
        link.side(side).refused = {}
        link.side(side).reread = bool(link.side(side).unmapped) or link.side(side).reread
    settle(turn, link)


def _resend(turn: Turn, control: Control) -> None:
    link = _find(turn, control.args.get("link"))
    for side in SIDES if link else ():
        pending = link.side(side).pending if link else None
        if link and pending:
            again = replace(pending.command, repeat=True)
            link.side(side).pending = Pending(again, pending.revs)
            turn.decision.commands.append(again)
            turn.journal(link, "resent", again.op, side=side)


def _approve(turn: Turn, control: Control) -> None:
    """Approve one link, or whatever of a flow waits for it now."""
    link, flow = _find(turn, control.args.get("link")), control.args.get("flow", "")
    if link is not None:
        link.approved = True
        turn.journal(link, "approved", f"by {control.by}")
        settle(turn, link)
    elif flow in turn.context.mapping:
        approved = turn.progress().approved
        approved[flow] = max(approved.get(flow, 0), control.at)  # not now: what asked since it was given, nobody has looked at
        schedule(turn, f"approval/{flow}")


def _choose(turn: Turn, control: Control) -> None:
    link, name, side = _find(turn, control.args.get("link")), control.args.get("field", ""), control.args.get("side")
    if link is None or side not in SIDES:
        return
    if name in link.disputed and turn.mapping(link.flow).find(name):
        choose(turn, link, name, "keap" if side == "keap" else "erp")
        settle(turn, link)
    else:
        turn.journal(link, "refused", f"choose: {name} is not disputed")


def _thaw(turn: Turn, control: Control) -> None:
    link, name = _find(turn, control.args.get("link")), control.args.get("field", "")
    if link is None or name not in link.frozen:
        return
    thaw(link, name)
    turn.journal(link, "thawed", f"{name} by {control.by}", field=name)
    settle(turn, link)


def _release(turn: Turn, control: Control) -> None:
    """Let what waits at a breaker be written."""
    for gate, _ in _breakers(turn, control):
        breaker.release(turn, gate)
        schedule(turn, gate)


def _withhold(turn: Turn, control: Control) -> None:
    """Leave as it is what waits at a breaker."""
    for gate, window in _breakers(turn, control):
        if waiting(turn, gate):
            window.withheld = True
            schedule(turn, gate)
        else:
            breaker.release(turn, gate)


def _breakers(turn: Turn, control: Control) -> list[tuple[str, Window]]:
    """Return the open breaker a request is about: it may come again, and one that tripped since, or counts anew, is another matter."""
    gate = f"breaker/{control.args.get('flow')}/{control.args.get('side')}"
    window = breaker.window_of(turn, gate)
    return [(gate, window)] if window is not None and window.open and window.opened_at <= control.at else []


_REQUESTS: dict[str, Callable[[Turn, Control], None]] = {
    "link": _link,
    "unlink": _unlink,
    "ignore": _ignore,
    "retry": _retry,
    "resend": _resend,
    "approve": _approve,
    "choose": _choose,
    "thaw": _thaw,
    "release": _release,
    "withhold": _withhold,
}
