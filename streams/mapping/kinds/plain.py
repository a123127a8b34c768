"""What the kinds of plain values share: nothing is a reference, and values compare as they are."""

from __future__ import annotations

from schemas.errors import MappingError
from schemas.flows import Flow, Side, Value


class Plain:
    """Base of every kind but the reference; a subclass narrows `key` and `loose` where its values have several spellings."""

    __slots__ = ()

    @property
    def reference(self) -> Flow | None:
        """Plain values point nowhere."""
        return None

    def key(self, canonical: Value) -> Value:
        """Compare canonical values as they are."""
        return canonical

    def verbatim(self, side: Side, canonical: Value) -> bool:  # noqa: ARG002 - a question to be asked of every kind
        """Promise nothing."""
        return False

    def loose(self, canonical: Value) -> Value:
        """Forgive nothing beyond `key`."""
        return self.key(canonical)


def text_of(native: Value, what: str) -> str | None:
    """Return a native value as text, None when it is empty or blank; raises MappingError for true and false."""
    if native is None:
        return None
    if native.__class__ is not str:
        if isinstance(native, bool):
            raise MappingError(f"{str(native).lower()} is not {what}", value=native)
        return str(native)
    return None if not native or native.isspace() else native
