"""Countries: Keap keeps ISO 3166 alpha-3 ("USA"), the ERP alpha-2 ("US"); alpha-2 is canonical.

Either side may hold the other form or the country's English name (imports do); it is understood, and left until someone edits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import pycountry

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

_ALIASES: Final = {"uk": "GB"}
"""Reserved by ISO 3166 for the United Kingdom, and written by everyone there."""


@dataclass(frozen=True, slots=True)
class Country(Plain):
    """A country's code; `base` says how long the ERP's may be."""

    base: Kind

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return alpha-2; raises MappingError for what is no country."""
        text = text_of(native, "a country")
        if text is None:
            return None
        code = _codes().get(text) or _codes().get(text.strip().casefold())
        if code is None:
            raise MappingError(f"{text!r} is no country of ISO 3166", value=native)
        return code

    def write(self, side: Side, canonical: Value) -> Value:
        """Write alpha-3 to Keap, alpha-2 to the ERP."""
        code = self.read(side, canonical)
        return _alpha_3()[str(code)] if code is not None and side == "keap" else self.base.write(side, code)

    def verbatim(self, side: Side, canonical: Value) -> bool:
        """The ERP's codes are canonical."""
        return side == "erp" and canonical in _alpha_3() and self.base.verbatim(side, canonical)


def country(base: Kind, options: MappingOptions) -> Kind:  # noqa: ARG001 - every converter is built alike
    """Return the kind of a country row."""
    return Country(base)


@cache
def _codes() -> dict[str, str]:
    """Every spelling, in lower case and as ISO writes its codes -> alpha-2."""
    codes: dict[str, str] = {}
    for entry in pycountry.countries:
        names = (entry.alpha_2, entry.alpha_3, entry.name, getattr(entry, "common_name", ""), getattr(entry, "official_name", ""))
        codes |= {name.casefold(): entry.alpha_2 for name in names if name}
        codes |= {entry.alpha_2: entry.alpha_2, entry.alpha_3: entry.alpha_2}
    return codes | _ALIASES


@cache
def _alpha_3() -> dict[str, str]:
    return {entry.alpha_2: entry.alpha_3 for entry in pycountry.countries}
