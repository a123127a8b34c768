"""What a connection's Keap account has decides which rows count; until it is known nothing is decided."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from sandbox.http.run import background
from sandbox.keap.server import build_app
from schemas.errors import FatalError
from streams import patience, tenants
from streams.connections import contexts_of, whole_mapping_of
from streams.settings import FlowSettings, Settings
from streams.tenants import await_tenants, remembered

TOKEN = "for-this-test"  # noqa: S105 - guards nothing
SEED = 50
"""Of the dice that let the first two attempts fail and the third pass."""


@pytest.fixture(scope="module")
def keap() -> Iterator[httpx.Client]:
    """Serve a tenant with one custom field beside the stamp."""
    with background(build_app(token=TOKEN)) as url, httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        body = {"label": "Credit Limit", "field_type": "DECIMAL_NUMBER"}
        client.post("/rest/v2/companies/model/customFields", json=body).raise_for_status()
        yield client


def settings(url: httpx.URL | str, tmp_path: Path, token: str = TOKEN) -> Settings:
    """Return the settings of one connection."""
    sides = {"keap": {"url": str(url), "token": token, "per_second": 1000}, "erp": {"url": "http://127.0.0.1:9", "token": "t"}}
    return Settings(data_dir=tmp_path, connections={"main": sides})  # type: ignore[dict-item]


def test_the_rows_that_count_are_those_with_a_field(keap: httpx.Client, tmp_path: Path):
    """The others are known all the same, for who asks which there are."""
    one = settings(keap.base_url, tmp_path)
    tenants = await_tenants(one)
    assert tenants is not None
    assert tenants["main"].currency == "USD"
    mapping = contexts_of(one, tenants)["main"].mapping
    assert [row.name for rows in mapping.values() for row in rows.rows if row.optional and row.label] == ["credit_limit"]
    assert mapping["product"].currency == "USD"
    assert sum(row.optional for rows in whole_mapping_of(one, one.connections["main"]).values() for row in rows.rows) > 10


def test_a_start_is_held_while_keap_is_away(keap: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With one line that says what is waited for; it goes on by itself."""
    monkeypatch.setattr(patience, "WAIT_FIRST_S", 0.01)
    keap.put("/_sandbox/faults", json={"seed": SEED, "error_before": 0.3}).raise_for_status()
    with capture_logs() as lines:
        tenants = await_tenants(settings(keap.base_url, tmp_path))
    assert tenants is not None
    assert "Credit Limit" in tenants["main"].custom_fields["company"]
    assert [line["connection"] for line in lines if line["event"] == "start.held"] == ["main"]


def test_a_held_start_can_be_stopped(tmp_path: Path):
    """Nothing was decided, so nothing is left to do."""
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    with capture_logs() as lines:
        timer.start()
        assert await_tenants(settings("http://127.0.0.1:9", tmp_path)) is None
    assert [line["event"] for line in lines][:1] == ["start.held"]


def test_refused_credentials_hold_nobody(keap: httpx.Client, tmp_path: Path):
    """Waiting would not help."""
    with pytest.raises(FatalError, match="credentials refused"):
        await_tenants(settings(keap.base_url, tmp_path, token="wrong"))  # noqa: S106 - guards nothing


@pytest.mark.parametrize("lost", [{"url": "http://127.0.0.1:9"}, {"token": "wrong"}])
def test_of_an_account_that_fails_what_it_said_last_is_good_enough(
    lost: dict[str, str], keap: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Other connections are not held for it, and its own decisions go on as they did."""
    monkeypatch.setattr(tenants, "ASKED_S", 0.1)
    before = await_tenants(settings(keap.base_url, tmp_path))
    with capture_logs() as lines:
        assert await_tenants(settings(**{"url": keap.base_url, "tmp_path": tmp_path, **lost})) == before  # type: ignore[arg-type]
    assert [line["connection"] for line in lines if line["event"] == "start.remembered"] == ["main"]


def test_what_is_remembered_tells_nothing_of_other_flows(keap: httpx.Client, tmp_path: Path):
    """A flow that is enabled later was never asked for; nor is a file that was cut off believed."""
    one = settings(keap.base_url, tmp_path)
    await_tenants(one)
    assert remembered(one, "main")
    one.connections["main"].flows["product"] = FlowSettings(enabled=False)
    assert remembered(one, "main") is None
    for file in (tmp_path / "tenants").iterdir():
        file.write_bytes(file.read_bytes()[:-5])
    assert remembered(settings(keap.base_url, tmp_path), "main") is None
