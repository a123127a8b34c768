"""`GET /{entity}/{id}`: one record."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_record
from sandbox.erp.contract import Entity
from sandbox.erp.problems import Problem
from sandbox.erp.records import Record
from sandbox.erp.system import Erp


async def get_record(erp: Erp, entity: Entity, request: Request) -> Response:
    """Answer the record; a deleted one too where soft delete is offered."""
    record = erp.records.get(entity.name, request.path_params["id"], erp.as_of())
    if record is None or (record.deleted_at is not None and not erp.capabilities.value.soft_delete):
        raise unknown(entity, request)
    erp.log.looked_at(request, entity.name, record.id)
    return answer_record(erp, entity, record)


def find(erp: Erp, entity: Entity, request: Request) -> Record:
    """Find the record a writing call names, deleted or not; raises a `Problem` (404)."""
    record = erp.records.get(entity.name, request.path_params["id"])
    if record is None:
        raise unknown(entity, request)
    return record


def unknown(entity: Entity, request: Request) -> Problem:
    """Make the answer to an id that names nothing."""
    return Problem(404, f"there is no {request.path_params['id']!r} among the {entity.name}")
