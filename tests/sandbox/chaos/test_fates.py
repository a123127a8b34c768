"""Each edit is accounted for, or it is lost."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from sandbox.chaos.evidence import Evidence
from sandbox.chaos.fates import Fates, fates
from sandbox.chaos.people import Edit
from schemas.flows import Side
from tests.sandbox.chaos.scene import applied, calls, command, conflict, edit, look, patch, scene


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


def test_a_clear_before_a_create_was_found_is_refilled_as_the_journal_says() -> None:
    """Only a clear, and only where it is said."""
    refilled = structs.replace(conflict("Poet", ""), kind="refilled", lost=None)

    assert fates(scene("Poet", journal=(refilled,)), [edit("keap", None, 100)]).lost == []
    assert fates(scene("Poet"), [edit("keap", None, 100)]).lost != []
    assert fates(scene("Poet", journal=(refilled,)), [edit("keap", "Clerk", 100)]).lost != []


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


def test_what_became_of_an_earlier_edit_to_the_same_value_excuses_no_later_one() -> None:
    """Clears and references say the same more than once: neither a command nor a journal entry of before is theirs."""
    over = command("erp", "Poet", 50)
    evidence = scene("Clerk", commands=(over,), outcomes=(applied(over, 60),), journal=(conflict("Clerk", "Poet", 70),))
    edits = [edit("keap", "Poet", 40), edit("keap", "Poet", 100), edit("erp", "Clerk", 200)]

    assert len(fates(evidence, edits).lost) == 1


def overwritten(side: Side, *, looked_at: int) -> Evidence:
    """Return the evidence of an edit at 100 that a patch at 110 replaced; a worker looked at the record before the patch."""
    over = command(side, "Clerk", 95)
    log = {"calls": calls(side, patch(side, 101, by_worker=False), patch(side, 110)), "looks": calls(side, look(side, looked_at))}
    return scene("Clerk", commands=(over,), outcomes=(applied(over, 120),), **log)


def test_an_edit_in_the_gap_of_keap_is_counted() -> None:
    """Keap has no versions: the sink had read the record when the edit was made."""
    found = fates(overwritten("keap", looked_at=102), [edit("erp", "Clerk", 50), edit("keap", "Poet", 100)])

    assert (found.lost, found.overwritten, found.exposed) == ([], 1, 1)


def test_an_edit_that_the_sink_could_read_is_lost() -> None:
    """Its command was under way when the edit was made, but what it expects is no more what it read: no sink may write then."""
    found = fates(overwritten("keap", looked_at=105), [edit("erp", "Clerk", 50), edit("keap", "Poet", 100)])

    assert (len(found.lost), found.overwritten) == (1, 0)


def test_an_edit_under_a_patch_that_nobody_read_for_is_lost() -> None:
    """A sink that writes without looking has no gap."""
    blind = replace(overwritten("keap", looked_at=102), looks=calls("keap"))

    assert len(fates(blind, [edit("erp", "Clerk", 50), edit("keap", "Poet", 100)]).lost) == 1


def test_a_list_that_is_written_whole_takes_its_other_items_along() -> None:
    """Keap's PATCH of the second e-mail address brings the first one back as it was read."""
    over = structs.replace(command("keap", "x", 95), fields={"email_addresses.EMAIL3.email": "x@example.com"})
    evidence = replace(overwritten("keap", looked_at=102), commands=(over,))
    evidence.world.records["keap", "contact"]["1"]["email_2"] = "old@example.com"
    edits = [replace(each, row="email_2") for each in (edit("keap", "old@example.com", 50), edit("keap", "new@example.com", 100))]

    assert (fates(evidence, edits).lost, fates(evidence, edits).overwritten) == ([], 1)


def test_too_many_edits_in_the_gap_are_not_believed() -> None:
    """A gap of milliseconds does not swallow one edit in ten; a handful in a short storm may be chance."""
    assert list(Fates(overwritten=5, exposed=10).implausible()) == []
    assert list(Fates(overwritten=20, exposed=1000).implausible()) == []
    assert len(list(Fates(overwritten=21, exposed=1000).implausible())) == 1
    assert len(list(Fates(overwritten=6, exposed=10).implausible())) == 1


def test_an_edit_in_the_gap_of_a_side_with_versions_is_lost() -> None:
    """There the patch would have been refused; an ERP without them has Keap's gap."""
    evidence = overwritten("erp", looked_at=102)
    edits = [edit("keap", "Clerk", 50), edit("erp", "Poet", 100)]

    assert len(fates(evidence, edits).lost) == 1
    evidence.links.all[0].erp.version = None
    assert (fates(evidence, edits).lost, fates(evidence, edits).overwritten) == ([], 1)


def test_edits_of_records_without_a_twin_are_counted_by_what_keeps_them_alone() -> None:
    """Nobody can tell what should have become of them."""
    evidence = scene("Poet")
    link = evidence.links.all[0]
    link.state, link.reason = "review", "several share the e-mail"
    found = fates(evidence, [edit("keap", "Clerk", 100), edit("keap", "Poet", 200)])
    link.state, link.gate = "half", "ref/keap/company/3"

    assert (found.lost, found.alone) == ([], {"review, several share the e-mail": 2})
    assert fates(evidence, [edit("keap", "Clerk", 100)]).alone == {"half, ref": 1}


def test_an_edit_that_was_never_accepted_may_be_there() -> None:
    """Its answer was lost, the edit was not."""
    assert fates(scene("Poet"), [edit("keap", "Clerk", 100), edit("keap", "Poet", 200, confirmed=False)]).lost == []


def test_an_edit_of_a_record_without_a_link_is_lost() -> None:
    """Whoever was edited has a link by now."""
    stranger = Edit("keap", "contact", "99", "job_title", "Poet", 100, 110)

    assert fates(scene("Poet"), [stranger]).lost == ["keap/contact/99 was edited and has no link"]
