"""What is not done before somebody was asked: creates in plan mode, writes of fields that freeze without a fight."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.flows import flow_of, other
from schemas.records import Command
from streams.sync.fields import refs_of
from streams.sync.state import Link
from tests.simulation.ended import Ended


def nothing_is_created_unapproved(ended: Ended) -> Iterator[str]:
    """5. In plan mode a create follows an approval of its link, or one of its flow that was given when its record was known."""
    features, links = ended.world.options.features, {link.id: link for link in ended.links.values()}
    for command in ended.world.watch.issued.values() if features.approve else ():
        link = links.get(command.link)
        lost = command.issued_at < ended.world.connections[command.connection].oracle.forgotten_at  # with all that tells whose twin it was
        asks = command.op == "create" and flow_of(command.side, command.entity) in features.approve and not lost
        if asks and link is not None and not _approved(ended, command, link):
            yield f"{command.link} {command.side} {command.entity}"


def _approved(ended: Ended, command: Command, link: Link) -> bool:
    source = other(command.side)
    refs = [ref for ref in (*link.former, *refs_of(link)) if ref.startswith(f"{source}/")]  # a survivor may have been shown later
    seen = ended.world.promises.seen
    known_at = min((seen.get((command.connection, source, ref.rsplit("/", 1)[1]), 0) for ref in refs), default=0)
    given = [(what, at) for name, what, at in ended.world.decisions.approvals if name == command.connection and at <= command.issued_at]
    return any(what in (link.id, *refs_of(link)) or (what == link.flow and at >= known_at) for what, at in given)


def only_fights_freeze(ended: Ended) -> Iterator[str]:
    """A field is frozen where two automations fight over it, and nowhere else."""
    for link in {id(link): link for link in ended.links.values()}.values():
        for name in link.frozen:
            if not ended.world.options.features.fights or (link.flow, name) != ("company", "notes"):
                yield f"{link.id} {name}"


def missing_hooks_are_counted(ended: Ended) -> Iterator[str]:
    """The loss meter counts no more than was lost or late, while the poller lives; and something, when words were lost."""
    world = ended.world
    if not world.options.features.hooks or world.poller.crashes:
        return
    counted = sum(feed.position.survey.missed for feed in world.poller.feeds.values())
    if counted > world.happenings.hooks.troubled:
        yield f"{counted} of {world.happenings.hooks.troubled}"
