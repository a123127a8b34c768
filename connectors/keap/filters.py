"""Terms of `filter=`: `a==v;b>w`.

There is no escaping: a value with `;` or `*` in it would mean something else, so such a value is not filtered by.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.times import to_text
from schemas.flows import Value

_PLAIN: Final = re.compile(r"[A-Za-z0-9._/ -]+")


def changed_since(name: str, moment_ms: int) -> str:
    """Hold for records changed at or after a moment; date-only values are refused, so milliseconds and zone go with it."""
    return f"{name}=={to_text(moment_ms)}"


def id_above(name: str, record_id: str) -> str:
    """Hold for ids above one."""
    return f"{name}>{int(record_id)}"


def equals(name: str, value: Value) -> str | None:
    """Hold for an exact text (Keap compares without case); None when the value cannot stand in a filter."""
    return f"{name}=={value}" if isinstance(value, str) and _PLAIN.fullmatch(value) else None


def joined(*terms: str | None) -> dict[str, str]:
    """Return the parameter that holds when all terms do; {} without terms."""
    given = [term for term in terms if term]
    return {"filter": ";".join(given)} if given else {}
