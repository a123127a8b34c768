"""Page tokens in every form that was seen, and ids that have to rise."""

from __future__ import annotations

import pytest

from connectors.keap.paging import last_id, next_token
from schemas.errors import FatalError

URL = "https://elsewhere.example/crm/rest/v2/tags/?page_size=1&page_token=91"


@pytest.mark.parametrize(
    ("said", "expected"),
    [(URL, "91"), ("91", "91"), ("https://elsewhere.example/?page_size=1", None), ("", None), (None, None), ("used", None)],
)
def test_a_token_is_taken_out_of_whatever_holds_it(said: str | None, expected: str | None):
    """A full URL, a bare token, nothing; one that was just used ends the pages."""
    assert next_token({"next_page_token": said}, "used", 1) == expected


def test_a_missing_token_and_an_empty_page_end_the_pages():
    """Neither says where to go on."""
    assert next_token({}, None, 1) is None
    assert next_token({"next_page_token": "91"}, None, 0) is None


def test_ids_that_rise_say_where_to_go_on():
    """As numbers: 10 is above 9."""
    assert last_id(["9", "10"], "8") == "10"
    assert last_id([], "8") is None


@pytest.mark.parametrize(("ids", "after"), [(["2", "1"], None), (["1", "1"], None), (["8"], "8")])
def test_ids_that_do_not_rise_stop_the_scan(ids: list[str], after: str | None):
    """Going on would leave records out in silence."""
    with pytest.raises(FatalError, match="not in the order of ids"):
        last_id(ids, after)
