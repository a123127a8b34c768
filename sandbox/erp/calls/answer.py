"""Answers that carry a record."""

import msgspec
from starlette.responses import Response

from sandbox.erp.contract import Entity
from sandbox.erp.records import Body, Record
from sandbox.erp.system import Erp


def answer_json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer any JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def answer_record(erp: Erp, entity: Entity, record: Record, status: int = 200, **headers: str) -> Response:
    """Answer one record with its `ETag`; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer_json(show(erp, entity, record), status, named | etag(erp, record))


def show(erp: Erp, entity: Entity, record: Record) -> Body:
    """Show a record, without what is not offered."""
    offered = erp.capabilities.value
    hidden = {name for name, kept in (("version", offered.versions), ("external_id", offered.external_id)) if not kept}
    return {name: value for name, value in record.shown(entity.properties).items() if name not in hidden}


def etag(erp: Erp, record: Record) -> dict[str, str]:
    """Make the header that names the version, if versions are offered."""
    return {"ETag": f'"{record.version}"'} if erp.capabilities.value.versions else {}
