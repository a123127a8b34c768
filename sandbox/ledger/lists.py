"""Lists: what can be asked of them is a matter of taste, and the taste can be switched."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Row = dict[str, Any]
MOST = 50
"""Records on a page, whatever is asked for."""


class Taste(Struct, frozen=True, forbid_unknown_fields=True):
    """How lists are paged, and how changes are found.

    Attributes:
        paging: `page` (?page=1), `offset` (?skip=0), `link` (a Link header), `cursor` (`meta.next`); the size is `perPage` in all of them.
        changes: `since` (?changedAfter=), `newest` (?sort=-changedOn), or nothing at all.
    """

    paging: Literal["page", "offset", "link", "cursor"] = "page"
    changes: Literal["since", "newest", "none"] = "since"


def answer(taste: Taste, rows: list[Row], asked: Mapping[str, str], url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a page's body and headers; what is not to this taste is ignored."""
    rows = _ordered(taste, [row for row in rows if _wanted(taste, row, asked)], asked)
    size = min(int(asked.get("perPage", "20")), MOST)
    start = _start(taste, asked, size)
    shown, end = rows[start : start + size], start + size
    meta: dict[str, Any] = {"total": len(rows)} if taste.paging in ("page", "offset") else {}
    headers = {}
    if taste.paging == "cursor":
        meta["next"] = urlsafe_b64encode(str(end).encode()).decode() if end < len(rows) else ""
    if taste.paging == "link" and end < len(rows):
        params = "&".join(f"{name}={value}" for name, value in asked.items() if name != "from")
        headers["link"] = f'<{url}?{params}&from={end}>; rel="next", <{url}>; rel="first"'
    return {"data": shown, "meta": meta}, headers


def _wanted(taste: Taste, row: Row, asked: Mapping[str, str]) -> bool:
    if taste.changes == "since" and "changedAfter" in asked and row["changedOn"] < int(asked["changedAfter"]):
        return False
    return all(row.get(name) == asked[name] for name in ("email", "code") if name in asked)


def _ordered(taste: Taste, rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    """Order by id when asked to; else by the last change, the way rows move while they are read."""
    sort = asked.get("sort", "")
    if sort == "id":
        return sorted(rows, key=lambda row: row["id"])
    newest = taste.changes == "newest" and sort == "-changedOn"
    return sorted(rows, key=lambda row: (row["changedOn"], row["id"]), reverse=newest)


def _start(taste: Taste, asked: Mapping[str, str], size: int) -> int:
    match taste.paging:
        case "page":
            return (int(asked.get("page", "1")) - 1) * size
        case "offset":
            return int(asked.get("skip", "0"))
        case "link":
            return int(asked.get("from", "0"))
        case "cursor":
            return int(urlsafe_b64decode(asked["after"])) if "after" in asked else 0
