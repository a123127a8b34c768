"""`PATCH /{entity}/{id}`: a merge patch, on one version if the client says so."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_record, etag, show
from sandbox.erp.calls.get import find, unknown
from sandbox.erp.contract import Entity
from sandbox.erp.database import transaction
from sandbox.erp.formats import now
from sandbox.erp.merge import merge, settle
from sandbox.erp.problems import Fault, Problem
from sandbox.erp.records import Body, Record
from sandbox.erp.requests import MERGE_PATCH, read_body, read_header
from sandbox.erp.rules import find_faults, follow_contact
from sandbox.erp.system import Erp, author


async def patch_record(erp: Erp, entity: Entity, request: Request) -> Response:
    """Answer the record as it is afterwards; one that is the same afterwards keeps its version."""
    patch, written = await read_body(request, MERGE_PATCH), False
    with transaction(erp.connection):
        record = find(erp, entity, request)
        if record.deleted_at is not None:
            raise unknown(entity, request)
        _check(erp, entity, record, patch)
        _match(erp, entity, request, record)
        body = _patched(erp, entity, record, patch)
        if body != record.body:
            record = changed(record, author(request), body=body)
            erp.records.replace(record)
            erp.log.committed(request, entity.name, record.id)
            written = True
    if written:
        erp.deliveries.announce(entity.name, record.id, "updated")
    return answer_record(erp, entity, record)


def changed(record: Record, user: str, **values: Any) -> Record:
    """Return the record's next version; its time moves forward even when the clock does not."""
    return replace(record, version=record.version + 1, updated_at=max(now(), record.updated_at + 1), updated_by=user, **values)


def _check(erp: Erp, entity: Entity, record: Record, patch: Body) -> None:
    """Refuse a patch that is wrong whatever the record looks like; RFC 9110 puts this before any precondition."""
    faults = entity.check_patch(patch) + erp.capabilities.value.unknown(patch)
    if erp.capabilities.value.external_id and patch.get("external_id", record.external_id) != record.external_id:
        faults.append(Fault("external_id", "immutable", "never changes once the record is made"))
    if faults:
        raise Problem(422, "no record can be changed so", *faults)


def _match(erp: Erp, entity: Entity, request: Request, record: Record) -> None:
    """Refuse a change that was decided on another version."""
    wanted = read_header(request, "If-Match", entity.match) if erp.capabilities.value.versions else None
    if wanted not in {None, "*", f'"{record.version}"'}:
        current = show(erp, entity, record)
        raise Problem(412, f"the record is at version {record.version}", headers=etag(erp, record), current=current)


def _patched(erp: Erp, entity: Entity, record: Record, patch: Body) -> Body:
    """Make the body the record would have; refuse one that breaks a rule."""
    own = {name: value for name, value in record.body.items() if name in entity.properties}
    merged = merge(own, patch)
    if faults := entity.check_create(merged):
        raise Problem(422, "the record would not be whole", *faults)
    body = follow_contact(erp.records, entity, patch, settle(entity.properties, merged))
    differing = [name for name in entity.properties if body.get(name) != record.body.get(name)]
    if faults := find_faults(erp.records, entity, body, differing):
        raise Problem(422, "references are not right", *faults)
    return erp.habits.value.apply(entity.name, body, record.body)
