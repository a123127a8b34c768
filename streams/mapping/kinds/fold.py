"""Fold a text to what two people mean when they type the same name: case, spaces and accents apart."""

from __future__ import annotations

from typing import Final
from unicodedata import combining, normalize

_LETTERS: Final = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})  # noqa: RUF001
"""Latin letters that Unicode does not decompose into a base and a mark."""
_ACCENTS: Final = 200
"""Combining classes from here on are accents; below stand signs that make another letter (Japanese dakuten, Indic nukta)."""


def fold(text: str) -> str:
    """Return `text` without case, accents and superfluous spaces: "  São   PAULO " -> "sao paulo"."""
    text = text.casefold()
    if not text.isascii():
        marked = normalize("NFKD", text).translate(_LETTERS)
        text = normalize("NFKC", "".join(char for char in marked if combining(char) < _ACCENTS)).casefold()
    return " ".join(text.split())
