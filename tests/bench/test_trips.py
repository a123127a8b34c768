"""What is said of the slowest edits."""

from __future__ import annotations

from bench.trips import Trip, outliers

USUAL = Trip("erp", 5, 10, 15, 5, queued=2, stolen=0, status="applied")
SLOW = Trip("erp", 5, 80, 45, 5, queued=52, stolen=0, status="applied")


def test_what_the_slowest_edits_lost_is_divided_among_the_legs() -> None:
    """Each leg is held against its own median, and a wait counts beyond what all edits wait for."""
    said = outliers([USUAL] * 199 + [SLOW], 50)
    assert said.startswith("1 of 200 took 130 to 130 ms")
    assert "change to command 0%, command to its commit 70%, commit to answer 30%" in said
    assert "waiting for a core explains 50%" in said


def test_a_wait_explains_no_more_than_was_lost() -> None:
    """Two processes may wait at the same time."""
    slow = Trip("erp", 5, 10, 115, 5, queued=500, stolen=500, status="applied")
    assert "for a core explains 100% of it, cores that the hypervisor took away 100%" in outliers([USUAL] * 199 + [slow], 50)
