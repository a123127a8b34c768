"""How many calls a day `check` foretells."""

from __future__ import annotations

from typing import Any

import pytest

from console.calls import foretold
from streams.settings import Settings

IDLE = "polls take about 4,323 calls a day"
ACCOUNT = {"url": "http://127.0.0.1:1", "token": "t"}


def said(**keap: Any) -> list[str]:
    """Return the sentences about a connection whose Keap account is set so; orders are switched off."""
    connection = {"keap": ACCOUNT | keap, "erp": ACCOUNT, "flows": {"opportunity": {"enabled": False}}}
    return list(foretold(Settings.model_validate({"connections": {"main": connection}})))


@pytest.mark.parametrize(
    ("keap", "sentence"),
    [
        ({"poll_s": 60}, f"{IDLE}, 17,283 at most; a sweep takes one for each page of records"),
        ({"poll_s": 60, "calls_per_day": 20_000}, f"{IDLE}, 10,000 at most, of 20,000 a day"),
        (
            {"poll_s": 60, "hooks": True},
            f"{IDLE}, 17,283 at most; a sweep takes one for each page of records; its hooks are looked at 1,440 times a day",
        ),
        ({"poll_s": 60, "calls_per_day": 6_000, "quota_share": 0.25}, "polls take about 1,500 calls a day, 1,500 at most, of 6,000 a day"),
    ],
)
def test_the_calls_of_a_day_are_foretold_for_each_account(keap: dict[str, Any], sentence: str):
    """Three flows, idle and busy, never more than polling's part of what the account may be called."""
    assert said(**keap) == [
        f"main: keap: {sentence}",
        f"main: erp: {IDLE}, 17,283 at most; a sweep takes one for each page of records",
    ]
