"""A pointer to a record of another flow, on its own side: canonical is the ref, native the bare id."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.errors import MappingError
from schemas.flows import Flow, Side, Value, entity_of
from streams.mapping.kinds.plain import Plain, text_of


@dataclass(frozen=True, slots=True)
class Reference(Plain):
    """`reference(flow)`. Two refs of different sides compare through the link index, which only the core has."""

    flow: Flow

    @property
    def reference(self) -> Flow | None:
        """The flow it points into."""
        return self.flow

    def read(self, side: Side, native: Value) -> Value:
        """Return the ref: ("keap", "5") -> "keap/company/5"."""
        id_ = text_of(native, "an id")
        return None if id_ is None else f"{side}/{entity_of(self.flow, side)}/{id_.strip()}"

    def write(self, side: Side, canonical: Value) -> Value:
        """Return the bare id of a ref of this side; raises MappingError for a ref of the other side or of another flow."""
        if canonical is None:
            return None
        prefix = f"{side}/{entity_of(self.flow, side)}/"
        ref = str(canonical)
        if not ref.startswith(prefix):
            raise MappingError(f"{ref!r} is not a {prefix}... and cannot be written to {side}", value=ref)
        return ref.removeprefix(prefix)
