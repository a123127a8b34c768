"""Connectors from settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import RetriableError
from schemas.flows import SIDES
from streams import accounts
from streams.accounts import books_of, connector, require_accounts
from streams.settings import Settings
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check again without waiting."""
    monkeypatch.setattr(accounts, "BETWEEN_S", 0)


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


async def test_every_fault_of_every_account_is_told_at_once() -> None:
    """The operator mends them together."""
    sides = [FakeSide("keap", checks=[["keap: refused"]] * 9), FakeSide("erp", checks=[["erp: away"]] * 9)]
    with pytest.raises(RetriableError, match="keap: refused\nerp: away"):
        await require_accounts(sides)


async def test_a_passing_fault_at_the_start_is_none() -> None:
    """The next check is clean."""
    side = FakeSide("keap", checks=[["keap: 500"]])
    await require_accounts([side])
    assert side.count("check") == 2
