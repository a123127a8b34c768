"""What an operator may ask of capture: a sweep now, and what to make of a scan that was too short to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import structlog
from msgspec.structs import replace

from schemas.records import Control, Survey
from streams.capture.feed import Feed

log = structlog.get_logger(__name__)


async def carry_out(control: Control, feeds: Iterable[Feed]) -> None:
    """Carry out a request for the flows it names: `side` and `flow` in its arguments, all of the connection without them.

    A sweep publishes what is news; with `again`, everything.
    """
    if control.op != "sweep" and control.op not in _DECISIONS:
        return  # the core's
    for feed in feeds:
        head = feed.position.head
        named = {"side": head.side, "flow": feed.flow}
        if head.connection != control.connection or any(control.args.get(name, value) != value for name, value in named.items()):
            continue
        if decide := _DECISIONS.get(control.op):
            if feed.position.survey.alarm_at is None:
                continue
            await feed.publisher.publish(feed.position, survey=decide)
        if control.op == "sweep" and control.args.get("again") == "true":
            await feed.publisher.distrust(feed.position)
        if control.op != "discard":
            feed.sweep_now.set()
        log.info("request.carried_out", op=control.op, by=control.by, connection=head.connection, **named)


def _commit(survey: Survey) -> Survey:
    """The records are gone indeed: sweeps that show no more than that are believed; each is still asked for by its id.

    A scan that was refused shows nothing to be believed: it is tried again.
    """
    return _discard(survey) if survey.refused else replace(survey, alarm_at=None, accepted=survey.found)


def _discard(survey: Survey) -> Survey:
    """The scan was wrong: forget it."""
    return replace(survey, alarm_at=None, refused=None)


_DECISIONS: Final[dict[str, Callable[[Survey], Survey]]] = {"commit": _commit, "discard": _discard}
