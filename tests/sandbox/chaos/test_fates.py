"""Each edit is accounted for, or it is lost."""

from __future__ import annotations

from sandbox.chaos.fates import fates
from sandbox.chaos.people import Edit
from tests.sandbox.chaos.scene import applied, command, conflict, edit, scene


def test_an_edit_that_both_show_is_there() -> None:
    """The plain case; earlier edits of the same side are superseded."""
    found = fates(scene("Poet"), [edit("keap", "Clerk", 100), edit("keap", "Poet", 200)])

    assert (found.lost, found.rivals, found.overwritten) == ([], 0, 0)


def test_an_edit_that_vanished_is_lost() -> None:
    """Nothing accounts for it."""
    (sentence,) = fates(scene("Clerk"), [edit("keap", "Clerk", 100), edit("keap", "Poet", 200)]).lost

    assert "Poet" in sentence


def test_a_value_that_nobody_said_is_found() -> None:
    """Neither people nor the journal know it."""
    (sentence,) = fates(scene("Ghost"), [edit("keap", "Poet", 200)]).lost

    assert "nobody said" in sentence


def test_a_journaled_loser_is_not_lost() -> None:
    """Two edited at the same time; the journal names the one that lost."""
    found = fates(scene("Clerk", journal=(conflict("Clerk", "Poet"),)), [edit("keap", "Poet", 100), edit("erp", "Clerk", 105)])

    assert (found.lost, found.rivals) == ([], 1)


def test_an_older_value_may_win_when_records_are_first_linked() -> None:
    """The journal says so: it was there before people edited."""
    assert fates(scene("Old", journal=(conflict("Old", "Poet"),)), [edit("keap", "Poet", 100)]).lost == []


def test_an_edit_that_arrived_and_was_edited_away_there_is_not_lost() -> None:
    """The other side showed it before its own people changed it."""
    over = command("erp", "Poet", 150)
    evidence = scene("Clerk", commands=(over,), outcomes=(applied(over, 160),))

    assert fates(evidence, [edit("keap", "Poet", 100), edit("erp", "Clerk", 200)]).lost == []


def test_an_edit_that_arrived_and_was_taken_back_is_lost() -> None:
    """The other side's value is older than the arrival: an echo brought it back."""
    over = command("erp", "Poet", 150)
    evidence = scene("Clerk", commands=(over,), outcomes=(applied(over, 160),))

    assert len(fates(evidence, [edit("erp", "Clerk", 50), edit("keap", "Poet", 100)]).lost) == 1


def test_an_edit_in_the_gap_of_keap_is_counted() -> None:
    """Keap has no versions: the patch was on its way when the edit was made."""
    over = command("keap", "Clerk", 95)
    evidence = scene("Clerk", commands=(over,), outcomes=(applied(over, 120),))
    found = fates(evidence, [edit("erp", "Clerk", 50), edit("keap", "Poet", 100)])

    assert (found.lost, found.overwritten) == ([], 1)


def test_an_edit_in_the_gap_of_a_side_with_versions_is_lost() -> None:
    """There the patch would have been refused; an ERP without them has Keap's gap."""
    over = command("erp", "Clerk", 95)
    evidence = scene("Clerk", commands=(over,), outcomes=(applied(over, 120),))
    edits = [edit("keap", "Clerk", 50), edit("erp", "Poet", 100)]

    assert len(fates(evidence, edits).lost) == 1
    evidence.links.all[0].erp.version = None
    assert (fates(evidence, edits).lost, fates(evidence, edits).overwritten) == ([], 1)


def test_an_edit_that_was_never_accepted_may_be_there() -> None:
    """Its answer was lost, the edit was not."""
    assert fates(scene("Poet"), [edit("keap", "Clerk", 100), edit("keap", "Poet", 200, confirmed=False)]).lost == []


def test_an_edit_of_a_record_without_a_link_is_lost() -> None:
    """Whoever was edited has a link by now."""
    stranger = Edit("keap", "contact", "99", "job_title", "Poet", 100, 110)

    assert fates(scene("Poet"), [stranger]).lost == ["keap/contact/99 was edited and has no link"]
