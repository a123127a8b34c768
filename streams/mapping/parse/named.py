"""The rows of a file as its rules name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from streams.mapping.parse.document import Node
from streams.mapping.rows import Row


@dataclass(frozen=True, slots=True)
class Named:
    """`rows` are those without fault by name; `names` are all: what names a faulty row is not at fault itself."""

    rows: Mapping[str, Row]
    names: Collection[str]

    def one(self, node: Node) -> str | None:
        """Return a row's name."""
        return node.choice(self.names)

    def several(self, node: Node, *, groups: bool = False) -> tuple[str, ...]:
        """Return the names in a list, a group's name standing for its rows where `groups` are welcome."""
        known = self._groups() if groups else {}
        known |= {name: (name,) for name in self.names}
        words = node.words() if node.value else []
        for word in words:
            if word not in known:
                node.fault(f"`{word}` is no row of this file; allowed: {', '.join(known)}")
        return tuple(name for word in words for name in known.get(word, ()))

    def _groups(self) -> dict[str, tuple[str, ...]]:
        groups = dict.fromkeys(row.group for row in self.rows.values() if row.group)
        return {group: tuple(row.name for row in self.rows.values() if row.group == group) for group in groups}
