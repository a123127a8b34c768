"""An operator's requests: link, unlink, ignore, retry, resend. What cannot be done is journaled with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from schemas.flows import SIDES
from schemas.records import Control
from streams.sync.fields import refs_of
from streams.sync.index import reindexed
from streams.sync.pair import join, part
from streams.sync.settle import settle
from streams.sync.state import Link, Pending
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
    keap, erp = (one, two) if one.keap.id is not None else (two, one)
    if one.flow != two.flow or [list(living(keap)), list(living(erp))] != [["keap"], ["erp"]]:
        turn.journal(one, "refused", f"link {control.args['a']} {control.args['b']}: one unlinked record of each side is needed")
        return
    if any(link.side(side).pending for link in (one, two) for side in SIDES):
        turn.journal(one, "refused", "link: a command is in flight, try again")
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
        part(turn, link)


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


_REQUESTS: dict[str, Callable[[Turn, Control], None]] = {
    "link": _link,
    "unlink": _unlink,
    "ignore": _ignore,
    "retry": _retry,
    "resend": _resend,
}
