"""What a poller does next."""

from __future__ import annotations

from streams.capture.plan import FULL_EVERY_MS, Delays, next_run
from streams.capture.watermark import OVERLAP_MS
from tests.capture.conftest import a_cursor

NOW = 10_500_000
DELAYS = Delays(rounded_ms=1_000, lag_ms=200)


def test_the_snapshot_comes_first() -> None:
    """Also again, when the process died before it was done."""
    run = next_run(a_cursor(snapshot_at=None), recent=None, full_at=None, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("snapshot", None)


def test_a_new_owner_reads_the_whole_overlap() -> None:
    """Its predecessor's memory is gone."""
    run = next_run(a_cursor(), recent=None, full_at=None, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("full", 10_000_000 - OVERLAP_MS - 1_200)


def test_between_two_full_polls_only_the_newest_is_read() -> None:
    """With what rounding and replicas may hide."""
    run = next_run(a_cursor(), recent=10_400_000, full_at=NOW - FULL_EVERY_MS + 1, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("quick", 10_400_000 - 1_200)


def test_full_polls_return_in_time() -> None:
    """With a poll interval longer than that, every poll is a full one."""
    run = next_run(a_cursor(), recent=10_400_000, full_at=NOW - FULL_EVERY_MS, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("full", 10_000_000 - OVERLAP_MS - 1_200)
