"""Which sides a thing is on: six in ten on both, one in a hundred in a way that nobody can tell."""

from __future__ import annotations

from enum import Enum, auto
from random import Random

OVERLAP = 0.6
AMBIGUOUS = 0.01


class Placement(Enum):
    """Where a thing is."""

    BOTH = auto()
    KEAP = auto()
    ERP = auto()
    TWICE = auto()
    """Twice in Keap, once in the ERP."""


def placements(count: int, random: Random) -> list[Placement]:
    """Place things so that each side holds `count` records, in random order."""
    both, twice = round(count * OVERLAP), round(count * AMBIGUOUS)
    keap, erp = count - both - 2 * twice, count - both - twice
    if count and keap < 0:
        both, twice, keap, erp = count, 0, 0, 0
    placed = (
        [Placement.BOTH] * both + [Placement.TWICE] * twice + [Placement.KEAP] * keap + [Placement.ERP] * erp
    )  # fmt: skip
    random.shuffle(placed)
    return placed
