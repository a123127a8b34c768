"""A backfill against the simulator: whoever edits meanwhile hardly notices."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from connectors.budget import Pacer, Policy, Priority, on_errand
from connectors.budget.books import SharedBooks
from connectors.keap import KeapConnector
from sandbox.keap.server import DEFAULT_TOKEN
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

SLOTS, CREATES = 32, 600


def test_600_creates_leave_a_live_edit_below_a_few_seconds(tenant: Tenant, run: Run, tmp_path: Path):
    """At twenty a second they take half a minute; edits of another process, a read and a patch each, go between."""
    tenant.put("quota", per_second=25, per_minute=10**6, per_day=10**6)
    (id_,) = tenant.seed(companies=[{"company_name": "C"}])["companies"]

    def connect() -> KeapConnector:
        return KeapConnector(tenant.url, DEFAULT_TOKEN, pacer=Pacer(Policy(20), SharedBooks(tmp_path / "keap.json")))

    async def backfill(keap: KeapConnector) -> None:
        left = iter(range(CREATES))

        async def lane() -> None:
            with on_errand(Priority.BULK):
                for number in left:
                    await keap.create("company", {"company_name": f"C{number}"}, stamp=None, key=str(number))

        await asyncio.gather(*(lane() for _ in range(SLOTS)))

    async def beside() -> list[float]:
        writer, other = connect(), connect()
        bulk = asyncio.create_task(backfill(other))
        await asyncio.sleep(0.5)
        took = []
        for number in range(10):
            begun = time.monotonic()
            with on_errand(Priority.LIVE):
                base = await writer.get("company", id_)
                await writer.update("company", base, {"notes": f"n{number}"})
            took.append(time.monotonic() - begun)
        assert not bulk.done()
        bulk.cancel()
        await asyncio.wait([bulk])
        await writer.close()
        await other.close()
        return took

    took = run(beside())
    assert max(took) < 3
    assert len(tenant.log()) > 10
