"""Patches are counted against the commands that wrote."""

from __future__ import annotations

from sandbox.chaos.evidence import Evidence
from sandbox.chaos.writes import Writes
from schemas.records import Status
from tests.sandbox.chaos.scene import applied, calls, command, patch, scene


def two_commands(first: Status, *patched: int) -> Evidence:
    """Return the evidence of a command issued at 100 and answered so at 120, of one applied at 200 to 220, and of patches."""
    one, two = command("erp", "Poet", 100), command("erp", "Clerk", 200, name="c2")
    outcomes = (applied(one, 120, status=first), applied(two, 220))
    return scene("Clerk", commands=(one, two), outcomes=outcomes, calls=calls("erp", *(patch("erp", at) for at in patched)))


def test_a_patch_for_each_command_is_not_repeated() -> None:
    """People's patches are their own."""
    evidence = two_commands("applied", 110, 210)
    evidence.calls["erp"] += (patch("erp", 111, by_worker=False),)

    assert Writes(evidence).repeated() == 0


def test_a_command_that_wrote_nothing_hides_no_repeated_patch() -> None:
    """Two commands, two patches, both of them the second one's; and one in the time of a command that met a conflict."""
    assert Writes(two_commands("conflict", 205, 210)).repeated() == 1
    assert Writes(two_commands("applied", 205, 210)).repeated() == 1
    assert Writes(two_commands("rejected", 110, 210)).repeated() == 1


def test_a_patch_outside_of_any_command_is_repeated() -> None:
    """Before the first one, and after an answer."""
    assert Writes(two_commands("applied", 90, 110, 150)).repeated() == 2


def test_a_patch_of_a_namesake_is_not_taken_for_the_records_own() -> None:
    """Ids are unique within an entity only."""
    company = command("keap", "Poet", 100)
    evidence = scene("Poet", commands=(company,), calls=calls("keap", patch("keap", 110)))
    evidence.calls["keap"] += (type(patch("keap", 0))("PATCH", "company", "1", by_worker=True, at=111),)

    assert Writes(evidence).repeated() == 1
