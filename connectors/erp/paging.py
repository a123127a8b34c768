"""How the next page of a list is asked for, in each of the four styles.

Our cursor of a numbered page is `number/total/seen`. Rows in an unmoving order shift only when some are deleted while pages are read; the
total tells, and the list is begun again: what is met twice is known by its id, what slipped by would be lost.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from connectors.erp.profile.places import at
from connectors.erp.profile.shape import Paging, Params
from connectors.http import Answer


def page_params(paging: Paging, cursor: str | None, size: int) -> Params:
    """Return the parameters that ask for the page at a cursor, None for the first one."""
    if paging.style == "link" and cursor is not None:
        return dict(parse_qsl(cursor, keep_blank_values=True))
    sized = {paging.size: str(size)} if paging.size else {}
    match paging.style:
        case "link":
            return sized
        case "cursor":
            return sized | ({paging.parameter: cursor} if cursor else {})
        case "page" | "offset":
            return sized | {paging.parameter: str(_read(paging, cursor)[0])}


def next_cursor(paging: Paging, answer: Answer, cursor: str | None, count: int) -> str | None:
    """Return the cursor of the page after the one that came back with `count` records, None for the last."""
    if not count:
        return None
    match paging.style:
        case "cursor":
            said = at(answer.body, paging.next)
            return str(said) if said and str(said) != cursor else None
        case "link":
            return urlsplit(answer.next_url).query if answer.next_url else None
        case "page" | "offset":
            return _next_number(paging, answer, cursor, count)


def _next_number(paging: Paging, answer: Answer, cursor: str | None, count: int) -> str | None:
    number, total, seen = _read(paging, cursor)
    now = at(answer.body, paging.total)
    now = now if isinstance(now, int) else None
    if now is not None and total is not None and now < total:
        return f"{_first(paging)}/{now}/0"
    if now is not None and seen + count >= now:
        return None
    # Without a total only an empty page is the last one: a server may give fewer records than a page was asked to have.
    step = 1 if paging.style == "page" else count
    return f"{number + step}/{'' if now is None else now}/{seen + count}"


def _read(paging: Paging, cursor: str | None) -> tuple[int, int | None, int]:
    if cursor is None:
        return _first(paging), None, 0
    number, total, seen = cursor.split("/")
    return int(number), int(total) if total else None, int(seen)


def _first(paging: Paging) -> int:
    return paging.first if paging.style == "page" else 0
