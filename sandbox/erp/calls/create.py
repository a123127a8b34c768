"""`POST /{entity}`: a new record, once per idempotency key.

The key, the record and the line in the log are one transaction: a client that got no answer may repeat the call.
"""

from hashlib import sha256
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_record
from sandbox.erp.contract import Entity
from sandbox.erp.database import transaction
from sandbox.erp.formats import now
from sandbox.erp.merge import settle
from sandbox.erp.problems import Fault, Problem
from sandbox.erp.records import Record
from sandbox.erp.requests import JSON, read_body, read_header
from sandbox.erp.rules import find_faults
from sandbox.erp.system import Erp, author


async def create_record(erp: Erp, entity: Entity, request: Request) -> Response:
    """Answer 201 and the new record, or 200 and the one made with this key before."""
    document = await read_body(request, JSON)
    key = read_header(request, "Idempotency-Key", entity.key) if erp.capabilities.value.idempotency else None
    digest = sha256(entity.name.encode() + msgspec.json.encode(document, order="sorted")).digest()
    with transaction(erp.connection):
        if key and (record := _made_before(erp, key, digest)):
            return answer_record(erp, entity, record, Idempotency_Replayed="true")
        record = make(erp, entity, document, author(request))
        if key:
            erp.connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", (key, digest, entity.name, record.id))
        erp.log.committed(request, entity.name, record.id)
    erp.deliveries.announce(entity.name, record.id, "created")
    return answer_record(erp, entity, record, 201)


def make(erp: Erp, entity: Entity, document: dict[str, Any], user: str, **times: int) -> Record:
    """Check and store a new record; call it in a transaction.

    Args:
        times: `created_at` and `updated_at` in epoch ms; now, when they are left out.

    Raises:
        Problem: 422 names every fault; 409 when the `external_id` is taken.
    """
    if faults := entity.check_create(document) + erp.capabilities.value.unknown(document):
        raise Problem(422, f"this cannot become one of the {entity.name}", *faults)
    body = settle(entity.properties, document)
    if faults := find_faults(erp.records, entity, body, body):
        raise Problem(422, "references are not right", *faults)
    external_id = document.get("external_id")
    if external_id is not None and (holder := erp.records.holder(entity.name, external_id)):
        taken = Fault("external_id", "taken", f"is the external_id of {holder.id!r}")
        raise Problem(409, "the external_id is taken", taken, existing_id=holder.id)
    created_at = times.get("created_at", now())
    updated_at = times.get("updated_at", created_at)
    stored = erp.habits.value.apply(entity.name, body)
    record = Record(entity.name, erp.records.new_id(entity.name), external_id, 1, created_at, updated_at, user, None, stored)
    erp.records.insert(record)
    return record


def _made_before(erp: Erp, key: str, digest: bytes) -> Record | None:
    row = erp.connection.execute("SELECT request, entity, id FROM keys WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row[0] != digest:
        raise Problem(422, "the key belongs to another request", Fault("Idempotency-Key", "key_reused", "was used before"))
    return erp.records.get(row[1], row[2])
