"""`DELETE /{entity}/{id}`: mark a record as deleted, or remove it where a mark is not offered."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.get import find
from sandbox.erp.calls.patch import changed
from sandbox.erp.contract import Entity
from sandbox.erp.database import transaction
from sandbox.erp.formats import now
from sandbox.erp.system import Erp, author


async def delete_record(erp: Erp, entity: Entity, request: Request) -> Response:
    """Answer 204; the second time too, while a mark is left."""
    with transaction(erp.connection):
        record = find(erp, entity, request)
        alive = record.deleted_at is None
        if not erp.capabilities.value.soft_delete:
            erp.records.remove(record)
            erp.log.committed(request, entity.name, record.id)
        elif alive:
            record = changed(record, author(request), deleted_at=now())
            erp.records.replace(record)
            erp.log.committed(request, entity.name, record.id)
    if alive:
        erp.deliveries.announce(entity.name, record.id, "deleted")
    return Response(status_code=204)
