"""Keap's REST hooks as the connector sees them."""

from __future__ import annotations

import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.keap.hooks import KeapHooks
from sandbox.http.run import background
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

NEVER_MS = 3_600_000


def test_a_subscription_whose_receiver_says_410_is_inactive_at_once_until_it_is_verified(tenant: Tenant, hooks: KeapHooks, run: Run):
    """7. No second attempt is made, where any other refusal has three more."""
    taken = []

    async def receive(request: Request) -> Response:
        secret = request.headers.get("x-hook-secret")
        if secret is None:
            taken.append(await request.json())
        return Response(status_code=410) if secret is None else Response(headers={"x-hook-secret": secret})

    def live() -> bool:
        return all(each.live for each in run(hooks.subscriptions()))

    tenant.put("hooks", delay_ms=0, retry_ms=[NEVER_MS] * 3)
    with background(Starlette(routes=[Route("/in", receive, methods=["POST"])])) as url:
        run(hooks.subscribe(f"{url}/in", ["contact"]))
        assert live()
        tenant.http.post("/rest/v2/contacts", json={"phone_numbers": [{"number": "1"}]}).raise_for_status()
        deadline = time.monotonic() + 20
        while live():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        (dead,) = [each for each in run(hooks.subscriptions()) if not each.live]
        assert (dead.events, len(taken)) == ({"contact.add"}, 1)
        run(hooks.verify(dead.key))
        assert live()
