"""HTML on the Keap side, its words on the ERP's. There is no way back: a row with it goes to the ERP only."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})
_HIDDEN: Final = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class PlainText(Plain):
    """The words of a text; `base` says how long it may be."""

    base: Kind

    def read(self, side: Side, native: Value) -> Value:
        """Return Keap's HTML as lines of words, the ERP's text as typed."""
        text = text_of(native, "a text")
        return text if text is None or side == "erp" else text_of(_words(text), "a text")

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the text to the ERP; raises MappingError for Keap."""
        if side == "keap":
            raise MappingError("plain_text has no way back to HTML", value=canonical)
        return self.base.write(side, canonical)


def plain_text(base: Kind, options: MappingOptions) -> Kind:  # noqa: ARG001 - every converter is built alike
    """Return the kind of a row whose Keap side is HTML."""
    return PlainText(base)


def _words(html: str) -> str:
    r"""Return the text of `html`, one line per block: "<p>Two<br>lines</p>" -> "Two\nlines"."""
    collector = _Collector()
    collector.feed(html)
    collector.close()
    lines = (" ".join(line.split()) for line in "".join(collector.parts).split("\n"))
    return "\n".join(line for line in lines if line)


@dataclass
class _Collector(HTMLParser):
    parts: list[str] = field(default_factory=list)
    hidden: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - html.parser's signature
        self.hidden += tag in _HIDDEN
        self.parts.append("\n" if tag in _BREAKS else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _HIDDEN
        self.parts.append("\n" if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self.hidden > 0 else data.replace("\n", " "))
