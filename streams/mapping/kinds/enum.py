"""One of a list of words, each side having its own: `values: {Won: [won, invoiced], Lost: lost}`, Keap's word first.

Of several ERP words for one Keap word the first is written and all compare equal; so a finer ERP status never echoes back as an edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value
from streams.mapping.kinds.plain import Plain, text_of


@dataclass(frozen=True, slots=True)
class Enum(Plain):
    """`values`: Keap's word -> the ERP's words. The canonical value is the ERP's word, spelled as in the map.

    A word may stand under several of Keap's when each list begins alike: the first of Keap's words is written.
    """

    values: Mapping[str, Sequence[str]]
    _words: dict[Side, dict[str, str]] = field(init=False, compare=False, repr=False)
    """Side -> its word, folded -> canonical."""
    _first: dict[str, str] = field(init=False, compare=False, repr=False)
    """Canonical -> the one that stands for all its equals."""
    _keap: dict[str, str] = field(init=False, compare=False, repr=False)
    """The one that stands for all -> Keap's word."""
    _alike: dict[Side, frozenset[Value]] = field(init=False, compare=False, repr=False)
    """Side -> the canonical words that it spells as they stand."""

    def __post_init__(self) -> None:
        first: dict[str, str] = {}
        for words in self.values.values():
            for word in words:
                if first.setdefault(word, words[0]) != words[0]:
                    raise ValueError(f"`{word}` would be equal to both `{first[word]}` and `{words[0]}`")
        if chained := [word for word, stands in first.items() if first[stands] != stands]:
            raise ValueError(f"`{chained[0]}` would be equal to both `{first[chained[0]]}` and `{first[first[chained[0]]]}`")
        keap = {words[0]: name for name, words in reversed(list(self.values.items()))}
        words_of: dict[Side, dict[str, str]] = {
            "keap": {_fold(name): words[0] for name, words in self.values.items()},
            "erp": {_fold(word): word for word in first},
        }
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_keap", keap)
        object.__setattr__(self, "_words", words_of)
        alike = {side: frozenset(w for w in first if self.write(side, w) == w == self.read(side, w)) for side in SIDES}
        object.__setattr__(self, "_alike", alike)

    def read(self, side: Side, native: Value) -> Value:
        """Return the ERP's word for a native one; raises MappingError for a word that is not in the map."""
        if native is None:
            return None
        text = str(native)
        word = self._words[side].get(text) or self._words[side].get(_fold(text))
        if word is None and text_of(native, "a word of the map"):
            known = ", ".join(self.values) if side == "keap" else ", ".join(self._first)
            raise MappingError(f"{text!r} is not in the row's values ({known})", value=native)
        return word

    def write(self, side: Side, canonical: Value) -> Value:
        """Return a side's word; raises MappingError for a value that is not in the map."""
        word = self.read("erp", canonical)
        return word if word is None or side == "erp" else self._keap[self._first[str(word)]]

    def verbatim(self, side: Side, canonical: Value) -> bool:
        """Words that both sides spell alike, and the ERP's own."""
        return canonical in self._alike[side]

    def key(self, canonical: Value) -> Value:
        """Compare by the first of the equals."""
        return self._first.get(canonical, canonical) if isinstance(canonical, str) else canonical


def _fold(word: str) -> str:
    return " ".join(word.casefold().split())
