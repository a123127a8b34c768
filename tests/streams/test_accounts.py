"""Connectors from settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.flows import SIDES
from streams.accounts import books_of, connector
from streams.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


def settings(tmp_path: Path, **accounts: dict[str, Any]) -> Settings:
    """Return the settings of connections that each have the same account on both sides."""
    base = {"url": "http://127.0.0.1:1", "token": "t", "per_second": 10}
    pairs = {name: dict.fromkeys(SIDES, base | account) for name, account in accounts.items()}
    return Settings(data_dir=tmp_path, connections=pairs)  # type: ignore[arg-type]


async def test_whoever_calls_an_account_shares_its_budget(tmp_path: Path) -> None:
    """Capture and the sinks are separate processes: what one of them learns, the others know."""
    reader, writer = (connector(settings(tmp_path, main={}), "main", "keap") for _ in range(2))
    assert await writer._api.pacer.rate() == 10  # type: ignore[attr-defined]
    await reader._api.pacer.cap(2)  # type: ignore[attr-defined]
    assert await writer._api.pacer.rate() == 2  # type: ignore[attr-defined]
    await reader.close()
    await writer.close()


def test_connections_with_one_account_share_its_budget(tmp_path: Path) -> None:
    """An account is an address and credentials, whatever the connection is called."""
    both = settings(tmp_path, main={}, more={}, other={"token": "another"})
    assert books_of(both, "more", "keap") == books_of(both, "main", "keap")
    assert len({books_of(both, name, side) for name in ("main", "other") for side in SIDES}) == 4
