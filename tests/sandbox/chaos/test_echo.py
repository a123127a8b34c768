"""What nobody asked for is an echo."""

from __future__ import annotations

from sandbox.chaos.echo import echoes
from sandbox.chaos.evidence import Evidence
from sandbox.chaos.moves import movers
from schemas.records import Command, Outcome
from tests.sandbox.chaos.scene import applied, command, edit, scene


def after(*done: tuple[Command, Outcome]) -> Evidence:
    """Return the evidence of some commands and what became of them."""
    return scene("Poet", commands=tuple(one for one, _ in done), outcomes=tuple(two for _, two in done))


def test_an_edit_that_travels_is_no_echo() -> None:
    """There and, edited again, back."""
    there, back = command("erp", "Poet", 100, expect="Clerk"), command("keap", "Smith", 200, name="c2", expect="Poet")
    evidence = after((there, applied(there, 110, shown="Poet")), (back, applied(back, 210)))

    assert list(echoes(evidence, [edit("keap", "Poet", 90), edit("erp", "Smith", 190)])) == []


def test_writing_what_the_target_shows_is_an_echo() -> None:
    """By the command's own word; of one that met a conflict nothing was written."""
    same = command("erp", "Poet", 100, expect="Poet")

    assert len(list(echoes(after((same, applied(same, 110))), []))) == 1
    assert list(echoes(after((same, applied(same, 110, status="conflict"))), [])) == []


def test_a_value_that_comes_back_in_the_other_sides_spelling_is_an_echo() -> None:
    """Keap's Poet became POET in the ERP, and then in Keap."""
    there, back = command("erp", "Poet", 100, op="create"), command("keap", "POET", 200, name="c2", expect="Poet")
    evidence = after((there, applied(there, 110, shown="POET")), (back, applied(back, 210)))
    (sentence,) = echoes(evidence, [edit("keap", "Poet", 90)])

    assert "stored 'Poet'" in sentence
    assert list(echoes(evidence, [edit("keap", "Poet", 90), edit("erp", "POET", 150)])) == []


def test_what_still_moves_is_named() -> None:
    """The busiest record first, with the last word it was told; what had its commands long ago is at rest."""
    commands = [command("erp", "Poet", at, name=f"c{at}") for at in (100, 110, 120)]

    assert movers(commands, 105, {"link-1": "main contact link-1"}) == [
        "main contact link-1 still moves: 2 commands, the last one update erp {'job_title': 'Poet'}"
    ]
    assert movers(commands, 130, {}) == []
