"""Languages: Keap writes `en_US`, the ERP `en-US` (BCP 47); the latter is canonical."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

_REGION: Final = 2
"""A region's subtag has two letters and is written in capitals; a script's has four and one capital."""


@dataclass(frozen=True, slots=True)
class Locale(Plain):
    """A language's tag; `base` says how long it may be."""

    base: Kind

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the tag of BCP 47, in its usual case."""
        text = text_of(native, "a language")
        if text is None:
            return None
        return _tag(text)

    def write(self, side: Side, canonical: Value) -> Value:
        """Write with an underscore to Keap, with a hyphen to the ERP."""
        text = self.base.write(side, self.read(side, canonical))
        return text.replace("-", "_") if side == "keap" and isinstance(text, str) else text

    def verbatim(self, side: Side, canonical: Value) -> bool:
        """The ERP's tags are canonical; `canonical` is a text, as every kind's is that reads texts."""
        return side == "erp" and _tag(str(canonical)) == canonical and self.base.verbatim(side, canonical)


@lru_cache(maxsize=1024)  # there are few, and each is asked for whenever its record shows
def _tag(text: str) -> str:
    language, *subtags = text.strip().replace("_", "-").split("-")
    return "-".join([language.lower(), *(_cased(tag) for tag in subtags)])


def _cased(subtag: str) -> str:
    return subtag.upper() if len(subtag) == _REGION else subtag.title()


def locale(base: Kind, options: MappingOptions) -> Kind:  # noqa: ARG001 - every converter is built alike
    """Return the kind of a language row."""
    return Locale(base)
