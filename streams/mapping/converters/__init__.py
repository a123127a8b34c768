"""The named converters: what `convert:` in a mapping file may say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from streams.mapping.converters.country import country
from streams.mapping.converters.date_in_zone import date_in_zone
from streams.mapping.converters.locale import locale
from streams.mapping.converters.plain_text import plain_text
from streams.mapping.converters.time_zone import time_zone
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

__all__ = ["CONVERTERS", "Converter"]


@dataclass(frozen=True, slots=True)
class Converter:
    """A way to read, write and compare values whose two sides differ in form."""

    fits: tuple[str, ...]
    """The types it may stand beside, without their arguments."""
    build: Callable[[Kind, MappingOptions], Kind]
    """Wraps the row's type."""
    inverse: bool = True
    """What one side holds can be had from the other; a row without one goes to the ERP only."""


CONVERTERS: Final[dict[str, Converter]] = {
    "country": Converter(("string", "text"), country),
    "date_in_zone": Converter(("date",), date_in_zone),
    "locale": Converter(("string", "text"), locale),
    "plain_text": Converter(("string", "text"), plain_text, inverse=False),
    "time_zone": Converter(("string", "text"), time_zone),
}
