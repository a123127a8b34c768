"""Nothing is lost between two runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.base import Page
from streams.capture import watermark
from tests.capture.conftest import a_record

DAY = 86_400_000
LATE = 120_000
"""How late a change may become visible, by the design."""


@dataclass(frozen=True)
class Edit:
    """A row gets a new state at a time of the server's clock; others see it a little later."""

    row: int
    at: int
    late: int


@dataclass(frozen=True)
class Attempt:
    """A run: when it starts, how long each page takes, and whether it ends."""

    at: int
    page_ms: int
    fails: bool


def seen(edits: list[Edit], row: int, at: int) -> Edit | None:
    """Return what a read of a row shows."""
    visible = [edit for edit in edits if edit.row == row and edit.at + edit.late <= at]
    return max(visible, key=lambda edit: edit.at, default=None)


ROWS = 4
TIMES = st.integers(DAY, DAY + 1_000_000) | st.integers(DAY, DAY + 3_000)
"""Some of them within a few seconds: rounded up, they are equal."""
EDITS = st.lists(st.builds(Edit, st.integers(0, ROWS - 1), TIMES, st.integers(0, LATE)), max_size=12)
RUNS = st.lists(st.builds(Attempt, TIMES, st.integers(0, 200_000), st.booleans()), max_size=8)
ROUNDED = st.sampled_from((0, 1_000))


def told(edit: Edit, rounded_ms: int) -> int:
    """Return an edit's time as a read shows it."""
    return -(-edit.at // rounded_ms) * rounded_ms if rounded_ms else edit.at


def filtered(edits: list[Edit], run: Attempt, since: int, rounded_ms: int) -> list[Edit | None]:
    """Return what a run reads, a page a row, each page later than the one before: the server leaves out what is older."""
    states = (seen(edits, row, run.at + row * run.page_ms) for row in range(ROWS))
    return [state if state and told(state, rounded_ms) >= since else None for state in states]


def newest_first(edits: list[Edit], run: Attempt, since: int, rounded_ms: int) -> list[Edit | None]:
    """Return what a run reads, a row a page by its place, the newest first: rows that are edited meanwhile move to the front."""
    read: list[Edit | None] = []
    for place in range(ROWS):
        states = [state for row in range(ROWS) if (state := seen(edits, row, run.at + place * run.page_ms))]
        states.sort(key=lambda state: told(state, rounded_ms), reverse=True)
        page = tuple(a_record(updated_at=told(state, rounded_ms)) for state in states[place : place + 1])
        if watermark.beyond(Page(page, None, 0), since):
            break
        read.append(states[place])
    return read


@pytest.mark.parametrize("pages", [filtered, newest_first])
@given(EDITS, RUNS, st.integers(-1_000_000, watermark.DISTRUST_MS), ROUNDED)
@example([Edit(0, DAY + 50, 0), Edit(0, DAY + 50_001, 0)], [Attempt(DAY + 10, 100_000, fails=False)], watermark.DISTRUST_MS, 0)
@example([Edit(0, DAY + 100_000, 0), Edit(1, DAY + 10_000, LATE)], [Attempt(DAY + 100_000, 0, fails=False)], 0, 0)
@example([Edit(0, DAY + LATE - 1, 0), Edit(1, DAY, LATE)], [Attempt(DAY + LATE - 1, 0, fails=False)], 0, 0)
@example([Edit(0, DAY + LATE - 999, 0), Edit(1, DAY, LATE)], [Attempt(DAY + LATE - 1, 0, fails=False)], watermark.DISTRUST_MS, 1_000)
def test_the_last_state_of_every_row_is_read(
    pages: Callable[..., list[Edit | None]], edits: list[Edit], runs: list[Attempt], skew: int, rounded_ms: int
) -> None:
    """Equal times, late commits, edits between pages, rows that move, failed runs, our clock behind or ahead."""
    mark: int | None = None
    read: dict[int, Edit] = {}
    for run in [*sorted(runs, key=lambda run: run.at), Attempt(3 * DAY, 0, fails=False)]:
        since = 0 if mark is None else watermark.since(mark, overlap_ms=watermark.OVERLAP_MS, rounded_ms=rounded_ms, lag_ms=0)
        found = pages(edits, run, since, rounded_ms)
        for state in found[: ROWS // 2 + 1] if run.fails else found:
            if state:
                read[state.row] = max(read.get(state.row, state), state, key=lambda edit: edit.at)
        if not run.fails:
            shown = told(found[0], rounded_ms) if found and found[0] else None
            mark = watermark.advance(mark, started_at=run.at + skew, shown=shown)
    last = {row: state.at for row in range(ROWS) if (state := seen(edits, row, 3 * DAY))}
    assert {row: edit.at for row, edit in read.items()} == last


@given(st.integers(0, DAY) | st.none(), st.integers(0, DAY), st.integers(0, DAY) | st.none())
def test_the_watermark_never_falls_and_never_passes_the_start(mark: int | None, started_at: int, shown: int | None) -> None:
    """Unless it stood there before: our clock may have been set back."""
    after = watermark.advance(mark, started_at=started_at, shown=shown)
    assert after >= (mark or 0)
    assert after <= max(started_at, mark or 0)


def test_an_idle_side_is_not_read_from_its_last_change_for_ever() -> None:
    """A bulk load of long ago must not come again with every poll."""
    assert watermark.advance(DAY, started_at=DAY * 2, shown=DAY) == DAY * 2 - watermark.DISTRUST_MS


def test_a_busy_side_is_read_from_where_its_own_clock_stood() -> None:
    """However far our clock runs ahead."""
    assert watermark.advance(DAY, started_at=DAY * 2, shown=DAY * 2 - 1_000) == DAY * 2 - 1_000


def test_equal_times_do_not_end_a_newest_first_run() -> None:
    """A page ends it only when every record on it is older."""
    older, equal = a_record(updated_at=999), a_record(updated_at=1_000)
    assert watermark.beyond(Page((older, older), None, 0), 1_000)
    assert not watermark.beyond(Page((older, equal, older), None, 0), 1_000)
    assert not watermark.beyond(Page((older, a_record(updated_at=None)), None, 0), 1_000)


def test_a_page_shows_its_latest_change() -> None:
    """Records without a time show none."""
    assert watermark.latest_shown(Page((a_record(updated_at=3), a_record(updated_at=5), a_record(updated_at=None)), None, 0)) == 5
    assert watermark.latest_shown(Page((), None, 0)) is None
