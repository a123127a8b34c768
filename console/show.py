"""How results look: tables on a terminal, the same tables unwrapped in a pipe."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

WIDE = 200
"""Columns where there is no terminal to ask: an id must not be broken in two."""


def console() -> Console:
    """Return the console of standard output. Text stands as it is, for a name may hold `[/]` or `:x:`; our own markup asks for it."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False, emoji=False)


def table(*columns: str, title: str | None = None, numbers: tuple[str, ...] = ()) -> Table:
    """Return an empty table; columns named in `numbers` are set to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return made


def text(value: Any) -> str:
    """Show a value: nothing as a dash."""
    return "-" if value in (None, "") else str(value)


def moment(at_ms: int | None) -> str:
    """Show an instant (ms since the epoch) in UTC, to the second."""
    return "-" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def ago(at_ms: int | None, now_ms: int) -> str:
    """Show how long ago an instant was."""
    if at_ms is None:
        return "never"
    seconds = max(0, now_ms - at_ms) // 1000
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
