"""Two clocks that disagree: edits are ordered by ours, and those that cannot be ordered always go the same way."""

from __future__ import annotations

from random import Random

import pytest

from schemas.records import Change
from streams.sync.fields import agreed
from tests.sync.desk import NOW, PERSON, TWIN, Desk, pair

AHEAD_MS = 300_000
"""The ERP's clock."""


def rivals(keap_at: int, erp_at: int, measured: int = AHEAD_MS) -> str:
    """Let both sides edit one field at these true times (ms after NOW) and return who wins; the ERP stamps by its own clock."""
    desk = Desk()
    pair(desk)
    rounded_up = -(-keap_at // 1000) * 1000
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "of Keap"}, at=rounded_up)
    stamped = {"updated_at": NOW + erp_at + AHEAD_MS, "skew_ms": measured, "version": NOW}
    desk.answer(command, "conflict", id="e1", record=TWIN | {"job_title": "of the ERP"}, **stamped)
    return agreed(desk.link("k1"), "job_title").side


@pytest.mark.parametrize(("keap_at", "erp_at", "winner"), [(60_000, 50_000, "keap"), (50_000, 60_000, "erp"), (60_000, 57_000, "keap")])
def test_the_newest_edit_wins_though_one_clock_is_ahead(keap_at: int, erp_at: int, winner: str):
    """Seconds decide, not the five minutes between the clocks."""
    assert rivals(keap_at, erp_at) == winner


def test_without_the_correction_the_wrong_one_would_win():
    """So that the test above can fail."""
    assert rivals(60_000, 50_000, measured=0) == "erp"


def test_a_tie_goes_to_the_side_of_higher_priority_every_time():
    """A thousand edits at one and the same moment, the skew measured a little differently each time, Keap's times rounded."""
    random = Random(29)
    winners = set()
    for _ in range(1_000):
        at = random.randrange(50_000, 60_000)
        winners.add(rivals(at, at, measured=AHEAD_MS + random.randrange(-700, 701)))
    assert winners == {"erp"}


def test_at_the_first_link_the_newest_value_wins_though_one_clock_is_ahead():
    """Two records that existed before anything ran."""
    desk, read_at = Desk(), NOW + 70_000
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "new"}, at=60_000, read_at=read_at)
    told = {"read_at": read_at, "updated_at": NOW + 50_000 + AHEAD_MS, "skew_ms": AHEAD_MS}
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "old"}, **told)
    (command,) = desk.marks()
    assert (command.side, command.fields) == ("erp", {"job_title": "new"})


def test_only_what_meets_our_clock_is_corrected():
    """The side's own times stay its own, so that a better measurement later changes nothing."""
    desk = Desk()
    pair(desk)
    shown = desk.change("erp", "contact", "e1", 60_000, fields=TWIN, skew_ms=AHEAD_MS)
    desk.feed(shown)
    state = desk.link("e1").erp
    assert state.updated_at == shown.updated_at
    assert state.created_at == (shown.created_at or 0) - AHEAD_MS


@pytest.mark.parametrize(("updated_at", "edited_at"), [(1_000, 400), (None, 5)])
def test_a_change_was_made_at_its_time_by_our_clock(updated_at: int | None, edited_at: int):
    """Without a time of its own, when it was read: that is ours already."""
    change = Change("main", "erp", "contact", "1", "upsert", {}, 5, "poll", updated_at=updated_at, skew_ms=600)
    assert change.edited_at == edited_at
