"""A YAML file as nodes that know their line; a node that is not what it should be notes a fault and gives an empty value."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schemas.flows import Value


@dataclass(slots=True)
class Faults:
    """The faults of one file, each `file:line: sentence`."""

    file: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, sentence: str) -> None:
        """Note a fault; lines count from 1."""
        self.found.append((line, sentence))

    def sentences(self) -> list[str]:
        """Return the faults in the file's order."""
        return [f"{self.file}:{line}: {sentence}" for line, sentence in sorted(self.found)]


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and the line it stands on."""

    value: Any
    line: int
    faults: Faults

    def fault(self, sentence: str) -> None:
        """Note a fault at this line."""
        self.faults.add(self.line, sentence)

    def entries(self, allowed: Collection[str] = ()) -> dict[str, Node]:
        """Return a mapping's entries by key; a key that is not allowed is a fault, none given allows all."""
        if not isinstance(self.value, CommentedMap):
            self.fault(f"expected `key: value` pairs{_among(allowed)}, found {_shown(self.value)}")
            return {}
        entries = {str(key): Node(value, self._line(key), self.faults) for key, value in self.value.items()}
        for key in [key for key in entries if allowed and key not in allowed]:
            entries.pop(key).fault(f"unknown key `{key}`; allowed: {', '.join(allowed)}")
        return entries

    def _line(self, key: Any) -> int:
        """Return the line of a key's value; one merged from an anchor counts where it is merged."""
        place = (self.value.lc.data or {}).get(key)
        return place[2] + 1 if place else self.line

    def items(self) -> list[Node]:
        """Return a list's items; nothing at all is an empty list."""
        if self.value is None:
            return []
        if not isinstance(self.value, CommentedSeq):
            self.fault(f"expected a list ([one, two] or lines that begin with -), found {_shown(self.value)}")
            return []
        return [Node(value, self.value.lc.item(number)[0] + 1, self.faults) for number, value in enumerate(self.value)]

    def words(self) -> list[str]:
        """Return a word or a list of words as a list."""
        nodes = self.items() if isinstance(self.value, CommentedSeq) else [self]
        return [word for node in nodes if (word := node.word()) is not None]

    def word(self) -> str | None:
        """Return a text; numbers and flags count as they are written, a list or nothing is a fault."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str | int | float):
            return str(self.value)
        self.fault(f"expected a text, found {_shown(self.value)}")
        return None

    def choice(self, allowed: Iterable[str]) -> str | None:
        """Return a text that is among the allowed ones."""
        word = self.word()
        if word is None or word in (allowed := list(allowed)):
            return word
        self.fault(f"`{word}` is not allowed here; allowed: {', '.join(allowed)}")
        return None

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fault(f"expected true or false, found {_shown(self.value)}")
        return self.value is True

    def constant(self) -> Value:
        """Return a value of a record; a number with a point must stand in quotes, for YAML would make a float of it."""
        if isinstance(self.value, str | int | None):
            return self.value
        self.fault(f"expected a text, a whole number, true or false, found {_shown(self.value)}; decimals stand in quotes")
        return None


def read(text: str, faults: Faults) -> Node | None:
    """Read a file's text; what is no YAML is one fault at its line, and None."""
    try:
        return Node(YAML(typ="rt", pure=True).load(text), 1, faults)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(mark.line + 1 if mark else 1, f"not YAML: {_flat(error.problem or error.context)}")
    except YAMLError as error:
        faults.add(1, f"not YAML: {_flat(error)}")
    return None


def _flat(error: object) -> str:
    return " ".join(str(error).split())


def _among(allowed: Collection[str]) -> str:
    return f" ({', '.join(allowed)})" if allowed else ""


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, CommentedMap):
        return "`key: value` pairs"
    return "a list" if isinstance(value, CommentedSeq) else f"`{value}`"
