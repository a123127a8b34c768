"""The budget as `status` tells it."""

from __future__ import annotations

from pathlib import Path

from connectors.budget import Policy
from connectors.budget.books import SharedBooks
from connectors.budget.ledger import Ledger
from console.read_model.budget import budget_of, budget_warnings, read_budgets
from streams.settings import Settings

NOW = 1_800_000_000_000
END = 1_800_057_600
POLICY = Policy(per_second=4, reserve_share=0.1)


def told(left: int | None, now: int = NOW, **more: float) -> tuple[int | None, str | None]:
    """Return what is left and who waits."""
    budget = budget_of("main: keap", POLICY, Ledger(left=left, limit=30_000, day_ends_at=END, **more), now)  # type: ignore[arg-type]
    return budget.left, budget.waits


def test_who_waits_is_told_with_the_reason_and_the_end():
    """From nobody to everybody as the day's quota goes."""
    until = "until 2027-01-16 00:00:00Z"
    assert told(30_000) == (30_000, None)
    assert told(3_000) == (3_000, f"the day's last 3000 calls are kept for what is more urgent; backfill waits {until}")
    assert told(1_500) == (1_500, f"the day's last 1500 calls are kept for what is more urgent; all but live writes wait {until}")
    assert told(-2) == (0, f"the day's quota is used up; everything waits {until}")


def test_a_day_that_is_over_says_nothing_of_this_one():
    """What is left now nobody knows before the next call."""
    assert told(0, now=END * 1000) == (None, None)


def test_a_stop_of_a_moment_is_not_worth_a_word():
    """A second's rest after a refusal passes before anybody reads it; an hour does not."""
    assert told(None, held_until=NOW / 1000 + 1) == (None, None)
    assert told(None, held_until=NOW / 1000 + 3600)[1] == "the server asked for a pause; everything waits until 2027-01-15 09:00:00Z"


def test_each_account_that_was_called_is_told_once(tmp_path: Path):
    """Two connections with one account have one budget; one that nobody called yet has none."""
    account = {"url": "http://127.0.0.1:1", "token": "t"}
    pair = {"keap": account, "erp": account | {"token": "other"}}
    settings = Settings(data_dir=tmp_path, connections={"main": pair, "more": pair})  # type: ignore[arg-type]
    books = SharedBooks(tmp_path / "budget" / "main-keap.json")
    with books.open(NOW / 1000) as ledger:
        ledger.left, ledger.limit, ledger.day_ends_at = 0, 100, END
    books.close()
    (budget,) = found = read_budgets(settings, NOW)
    assert (budget.account, budget.left, budget.limit, budget.per_second) == ("main: keap", 0, 100, 4)
    assert budget_warnings(found) == ["main: keap: the day's quota is used up; everything waits until 2027-01-16 00:00:00Z"]
