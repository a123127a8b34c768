"""`order_by`, `page_size` and page tokens: keyset paging, whose token is handed out inside a full URL.

`next_page_token` held a whole URL in recordings (amp-labs, 2024-11), with page_size and page_token but none of the
first page's other parameters: a client takes the token out and sends its own parameters again.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import URL, QueryParams

from sandbox.keap.entities import Entity
from sandbox.keap.errors import bad_request
from sandbox.keap.filters import Condition

DEFAULT_SIZE = 50  # Unstated by the vendor; what a connector saw.
LARGEST_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows a list request asks for.

    Attributes:
        order: As asked for (`update_time desc`); tokens belong to it.
        key: The SQL that orders; ties are broken by id, in the same direction.
        after: Key and id of the last row before the page.
    """

    order: str
    key: str
    descending: bool
    size: int
    after: tuple[Any, int] | None

    @property
    def condition(self) -> Condition:
        """What holds for the rows from the page's start."""
        if self.after is None:
            return Condition("true")
        return Condition(f"({self.key}, id) {'<' if self.descending else '>'} (?, ?)", self.after)

    @property
    def tail(self) -> str:
        """ORDER BY and LIMIT, for one row more than the page holds: it tells whether there is a next one."""
        direction = "DESC" if self.descending else "ASC"
        return f"ORDER BY {self.key} {direction}, id {direction} LIMIT {self.size + 1}"

    def next_url(self, here: URL, key: Any, last_id: int) -> str:
        """The full URL that stands in `next_page_token` after a page that ended with this row."""
        token = base64.urlsafe_b64encode(json.dumps([self.order, key, last_id]).encode()).decode().rstrip("=")
        clean = here.replace(path=here.path.rstrip("/") + "/", query="")
        return str(clean.include_query_params(page_size=self.size, page_token=token))


def parse(entity: Entity, query: QueryParams) -> Page:
    """Read the paging parameters; raises ApiError 400."""
    order = query.get("order_by", "").strip()
    name, _, direction = order.partition(" ")
    if name not in entity.orders and name:
        raise bad_request(f"order_by {name!r} is none of {', '.join(filter(None, entity.orders))}", "order_by")
    if direction not in {"", "asc", "desc"}:
        raise bad_request(f"order_by direction {direction!r} is neither asc nor desc", "order_by")
    order = f"{name} {direction or 'asc'}"
    key = entity.orders[name] if name else "id"
    return Page(order, key, direction == "desc", _size(query), _after(order, query.get("page_token", "")))


def _size(query: QueryParams) -> int:
    given = query.get("page_size", "0")
    if not given.isascii() or not given.isdecimal() or int(given) > LARGEST_SIZE:
        raise bad_request(f"page_size must lie between 0 and {LARGEST_SIZE}", "page_size")
    return int(given) or DEFAULT_SIZE


def _after(order: str, token: str) -> tuple[Any, int] | None:
    if not token:
        return None
    try:
        of_order, key, last_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if of_order == order:
            return key, int(last_id)
    except ValueError as error:
        raise bad_request("Invalid page_token", "page_token") from error
    raise bad_request(f"This page_token belongs to order_by={of_order!r}, not {order!r}", "page_token")
