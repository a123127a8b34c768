"""`/webhooks`: who wants to hear of changes; where they are not offered, there is no such path."""

import secrets
from base64 import b64encode
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_json
from sandbox.erp.database import transaction
from sandbox.erp.formats import format_instant, now
from sandbox.erp.problems import Problem
from sandbox.erp.requests import JSON, read_body
from sandbox.erp.system import Erp

KEY_BYTES = 24  # What the Standard Webhooks specification asks for at least.


async def create_webhook(erp: Erp, request: Request) -> Response:
    """Answer 201 and the subscription with its secret."""
    _require(erp)
    document = await read_body(request, JSON)
    if faults := erp.contract.check_webhook(document):
        raise Problem(422, "this cannot become a subscription", *faults)
    secret = "whsec_" + b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    with transaction(erp.connection):
        cursor = erp.connection.execute(
            "INSERT INTO webhooks (url, events, created_at, secret) VALUES (?, ?, ?, ?)",
            (document["url"], msgspec.json.encode(document["events"]).decode(), now(), secret),
        )
        erp.log.committed(request, "webhooks", str(cursor.lastrowid))
    (webhook,) = _webhooks(erp, str(cursor.lastrowid))
    return answer_json(webhook | {"secret": secret}, 201)


async def list_webhooks(erp: Erp, _request: Request) -> Response:
    """Answer all subscriptions."""
    _require(erp)
    return answer_json({"items": _webhooks(erp)})


async def get_webhook(erp: Erp, request: Request) -> Response:
    """Answer one subscription."""
    _require(erp)
    for webhook in _webhooks(erp, request.path_params["id"]):
        return answer_json(webhook)
    raise _unknown(request)


async def delete_webhook(erp: Erp, request: Request) -> Response:
    """Answer 204; a second time 404, as nothing is left of it."""
    _require(erp)
    with transaction(erp.connection):
        webhook_id = request.path_params["id"]
        if not erp.connection.execute("DELETE FROM webhooks WHERE CAST(id AS TEXT) = ?", (webhook_id,)).rowcount:
            raise _unknown(request)
        erp.log.committed(request, "webhooks", webhook_id)
    return Response(status_code=204)


def _require(erp: Erp) -> None:
    if not erp.capabilities.value.webhooks:
        raise Problem(404, "there is no such path")


def _webhooks(erp: Erp, webhook_id: str | None = None) -> list[dict[str, Any]]:
    rows = erp.connection.execute(
        "SELECT id, url, events, created_at FROM webhooks WHERE ?1 IS NULL OR CAST(id AS TEXT) = ?1 ORDER BY id",
        (webhook_id,),
    )
    return [
        {"id": str(number), "url": url, "events": msgspec.json.decode(events), "created_at": format_instant(created_at)}
        for number, url, events, created_at in rows
    ]


def _unknown(request: Request) -> Problem:
    return Problem(404, f"there is no subscription {request.path_params['id']!r}")
