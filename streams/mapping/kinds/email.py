"""An e-mail address: travels as typed, compares in lower case."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.flows import Value
from streams.mapping.kinds.text import Text


@dataclass(frozen=True, slots=True)
class Email(Text):
    """`email(n)`: the local part is case-sensitive by RFC 5321 and by nobody's mail server."""

    def key(self, canonical: Value) -> Value:
        """Compare in lower case, without outer spaces."""
        return canonical.strip().lower() if isinstance(canonical, str) else canonical

    def loose(self, canonical: Value) -> Value:
        """Forgive nothing more: two addresses that differ by an accent are two people."""
        return self.key(canonical)
