"""`GET /{entity}`: a page of records, since an instant or by exact value.

A cursor is the (updated_at, id) of the last record shown, so it stays good whatever changes meanwhile.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_json, show
from sandbox.erp.contract import Entity
from sandbox.erp.formats import parse_instant
from sandbox.erp.problems import Fault, Problem
from sandbox.erp.records import Record, Wanted
from sandbox.erp.requests import read_query
from sandbox.erp.system import Erp


async def list_records(erp: Erp, entity: Entity, request: Request) -> Response:
    """Answer `{"items", "next_cursor"}`."""
    query = read_query(request, entity.parameters)
    if faults := erp.capabilities.value.unknown(query):
        raise Problem(400, "there is no such look-up", *faults)
    # One more than asked for tells whether there is another page.
    found = erp.records.page(entity.name, _wanted(erp, entity, query), erp.as_of())
    shown = found[: query["limit"]]
    return answer_json(
        {
            "items": [show(erp, entity, record) for record in shown],
            "next_cursor": _write_cursor(shown[-1]) if len(found) > len(shown) else None,
        }
    )


def _wanted(erp: Erp, entity: Entity, query: dict[str, Any]) -> Wanted:
    offered = erp.capabilities.value
    return Wanted(
        limit=query["limit"] + 1,
        since=parse_instant(query["updated_since"]) if "updated_since" in query and offered.updated_since else None,
        after=_read_cursor(query["cursor"]) if "cursor" in query else None,
        deleted=query["include_deleted"] and offered.soft_delete,
        equal={name: query[name] for name in entity.look_ups & query.keys()},
    )


def _write_cursor(record: Record) -> str:
    return urlsafe_b64encode(msgspec.json.encode((record.updated_at, record.id))).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, str]:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[int, str])
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError) as error:
        fault = Fault("cursor", "malformed", "is no cursor of this ERP")
        raise Problem(400, "the cursor cannot be read", fault) from error
