"""A whole mapping file to a FlowMapping, with the checks that no single row can make."""

from __future__ import annotations

from typing import Final, cast

from schemas.flows import SIDES, Side
from streams.mapping.active import active
from streams.mapping.parse.checks import Placed, check_rows
from streams.mapping.parse.create import parse_create
from streams.mapping.parse.delete import parse_delete
from streams.mapping.parse.document import Node
from streams.mapping.parse.match import parse_match
from streams.mapping.parse.named import Named
from streams.mapping.parse.row import Context, parse_row
from streams.mapping.parse.stamp import parse_stamp
from streams.mapping.rows import FlowMapping

KEYS: Final = ("rows", "match", "create", "stamp", "priority", "delete")


def parse(document: Node, context: Context) -> FlowMapping:
    """Return the mapping of a file; it is whole only when `document.faults` is still empty."""
    said = document.entries(KEYS)
    placed = _rows(document, said, context)
    named = Named({one.row.name: one.row for one in placed}, context.names.get(context.flow, ()))
    match = parse_match(said["match"], named) if "match" in said else ()
    creates = parse_create(said["create"], named, context.options.currency) if "create" in said else {}
    stamp = parse_stamp(said["stamp"], context) if "stamp" in said else {}
    priority = said["priority"].choice(SIDES) if "priority" in said else None
    deletes = parse_delete(said["delete"], context) if "delete" in said else {}
    rows = tuple(named.rows.values())
    whole = FlowMapping(context.flow, rows, match, creates, stamp, cast("Side", priority or "erp"), deletes, context.options.currency)
    if not active(whole, ()).match and (bare := [side for side in SIDES if side in creates and side not in stamp]):
        # A key alone does not survive a total loss of state.
        said["create"].fault(f"records created in {bare[0]} could never be found again: give a `match` rule or a `stamp` there")
    return whole


def names_of(document: Node) -> list[str]:
    """Return the ERP names of a file's rows, without a word about faults."""
    rows = document.value.get("rows") if isinstance(document.value, dict) else None
    named = [row for row in rows if isinstance(row, dict) and "erp" in row] if isinstance(rows, list) else []
    return list(dict.fromkeys(str(row["erp"]) for row in named))


def _rows(document: Node, said: dict[str, Node], context: Context) -> list[Placed]:
    items = said["rows"].items() if "rows" in said else []
    if not items:
        document.fault("a mapping file needs `rows`, one per pair of properties")
    placed = [Placed(row, node) for node in items if (row := parse_row(node, context)) is not None]
    check_rows(placed, context)
    return placed
