"""Connectors from settings."""

from __future__ import annotations

import pytest

from schemas.errors import RetriableError
from streams import accounts
from streams.accounts import connector, require_accounts
from streams.settings import ConnectionSettings, ErpSettings
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


@pytest.mark.parametrize(("share", "captures", "rate"), [(0.3, True, 3), (0.3, False, 7), (1, False, 0.5)])
async def test_capture_and_sink_share_an_accounts_rate(share: float, captures: bool, rate: float) -> None:  # noqa: FBT001 - a table
    """The sink takes the rest, and never nothing."""
    account = ErpSettings.model_validate({"url": "http://127.0.0.1:1", "token": "t", "per_second": 10, "quota_share": share})
    for side in ("keap", "erp"):
        made = connector(ConnectionSettings(keap=account, erp=account), side, captures=captures)
        assert made.side == side
        assert made._api.pacer.rate == pytest.approx(rate)  # type: ignore[attr-defined]
        await made.close()


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
