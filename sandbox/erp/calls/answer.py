"""Answers that carry a record."""

import msgspec
from starlette.responses import Response

from sandbox.erp.contract import Entity
from sandbox.erp.records import Record
from sandbox.erp.system import Erp


def answer_json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer any JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def answer_record(erp: Erp, entity: Entity, record: Record, status: int = 200, **headers: str) -> Response:
    """Answer one record with its `ETag`; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer_json(record.shown(entity.properties), status, named | etag(erp, record))


def etag(erp: Erp, record: Record) -> dict[str, str]:
    """Make the header that names the version, if versions are offered."""
    return {"ETag": f'"{record.version}"'} if erp.capabilities.value.versions else {}
