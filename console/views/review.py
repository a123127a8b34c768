"""Records in review, put together with those they may be twins of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.read_model.links import refs, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.flows import Flow
    from streams.sync.state import Link


@dataclass(slots=True)
class Group:
    """Records of which an operator says which belong together."""

    flow: Flow
    connection: str
    refs: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """One row per record: ref, what people call it, why it is here."""
        named = {ref: (title(link), link.reason or "") for link in self.links for ref in refs(link).values()}
        return [(ref, *named.get(ref, ("", "a candidate"))) for ref in sorted(self.refs)]


def groups(links: Iterable[Link]) -> list[Group]:
    """Put links that share a record or a candidate into one group."""
    found: list[Group] = []
    for link in links:
        grown = Group(link.flow, link.connection, {*refs(link).values(), *link.candidates}, [link])
        apart = []
        for group in found:
            if group.connection == grown.connection and group.refs & grown.refs:
                grown = Group(grown.flow, grown.connection, group.refs | grown.refs, group.links + grown.links)
            else:
                apart.append(group)
        found = [*apart, grown]
    return found
