"""Each server's clock can be set wrong: its stamps and its Date header follow."""

import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox.erp import server as erp
from sandbox.http.run import background
from sandbox.keap import server as keap

SERVERS = [
    (keap.build_app, keap.DEFAULT_TOKEN, "/rest/v2/companies", {"company_name": "A"}, "?fields=create_time", "create_time"),
    (erp.build_app, erp.DEFAULT_TOKEN, "/api/v1/customers", {"name": "A"}, "", "created_at"),
]
AHEAD_S = 300


@pytest.mark.parametrize(("build", "token", "path", "body", "query", "stamp"), SERVERS)
def test_a_clock_ahead_shows_in_stamps_and_date(
    build: Callable[[], ASGIApp], token: str, path: str, body: dict[str, str], query: str, stamp: str
) -> None:
    """Five minutes, while the other servers of this process keep the time."""
    with background(build()) as url, background(build()) as other:
        httpx.put(f"{url}/_sandbox/clock", json={"ahead_ms": AHEAD_S * 1000}).raise_for_status()
        headers = {"authorization": f"Bearer {token}"}
        made = [httpx.post(f"{each}{path}{query}", json=body, headers=headers) for each in (url, other)]
        for answer, ahead in zip(made, (AHEAD_S, 0), strict=True):
            now = time.time() + ahead
            assert abs(parsedate_to_datetime(answer.headers["date"]).timestamp() - now) < 10
            assert abs(datetime.fromisoformat(answer.json()[stamp]).timestamp() - now) < 10
        assert httpx.put(f"{url}/_sandbox/clock", json={"ahead": 1}).status_code == 400
