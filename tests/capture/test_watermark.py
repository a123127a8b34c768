"""Nothing is lost between two runs."""

from __future__ import annotations

from dataclasses import dataclass

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
EDITS = st.lists(st.builds(Edit, st.integers(0, ROWS - 1), st.integers(DAY, DAY + 1_000_000), st.integers(0, LATE)), max_size=12)
RUNS = st.lists(st.builds(Attempt, st.integers(DAY, DAY + 1_000_000), st.integers(0, 200_000), st.booleans()), max_size=8)


@given(EDITS, RUNS, st.integers(-1_000_000, watermark.DISTRUST_MS))
@example([Edit(0, DAY + 50, 0), Edit(0, DAY + 50_001, 0)], [Attempt(DAY + 10, 100_000, fails=False)], watermark.DISTRUST_MS)
@example([Edit(0, DAY + 100_000, 0), Edit(1, DAY + 10_000, LATE)], [Attempt(DAY + 100_000, 0, fails=False)], 0)
def test_the_last_state_of_every_row_is_read(edits: list[Edit], runs: list[Attempt], skew: int) -> None:
    """Late commits, edits between pages, failed runs, our clock behind or ahead: one row a page, each page later than the one before."""
    mark: int | None = None
    read: dict[int, Edit] = {}
    for run in [*sorted(runs, key=lambda run: run.at), Attempt(3 * DAY, 0, fails=False)]:
        start = max(run.at, 0)
        since = 0 if mark is None else watermark.since(mark, overlap_ms=watermark.OVERLAP_MS, rounded_ms=0, lag_ms=0)
        shown: int | None = None
        for row in range(ROWS):
            state = seen(edits, row, start + row * run.page_ms)
            if state and state.at >= since:
                read[row] = max(read.get(row, state), state, key=lambda edit: edit.at)
            if row == 0:
                shown = state.at if state and state.at >= since else None
            if run.fails and row == ROWS // 2:
                break
        else:
            mark = watermark.advance(mark, started_at=start + skew, shown=shown)
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
