"""An ERP that trims, upper-cases and rounds what it is told, and adds fields of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.audit import Reader, World
from console.read_model import read_links
from sandbox.chaos.moves import Moves, silence
from sandbox.demo.quiet import unsettled
from sandbox.demo.stack import CONNECTION
from schemas.flows import Fields
from tests.e2e.conftest import HABITS, Converged

if TYPE_CHECKING:
    from streams.sync.state import Link

pytestmark = [pytest.mark.broker, pytest.mark.e2e]


def test_what_the_erp_stores_differently_converges_and_is_no_edit(converged: Converged) -> None:
    """Every field is equal, or in the ERP it is what the ERP makes of Keap's value; then nothing is written on either side."""
    settings = converged.system.stack.settings
    links = read_links(settings)
    with Reader(settings, CONNECTION) as reader:
        world = reader.world(links)
    linked = links.chosen(state="linked")

    assert len(linked) > 60
    assert [difference for link in linked for difference in differences(world, link)] == []
    assert unsettled(links) == []
    assert silence(converged.system) == []


def test_an_edit_that_the_erp_stores_differently_stays_as_it_was_typed(converged: Converged) -> None:
    """Keap keeps the spelling its people chose, the ERP its own, and no write answers another."""
    stack = converged.system.stack
    link = read_links(stack.settings).chosen("contact", "linked")[0]
    moves = Moves(converged.system)
    stack.keap.patch("contact", link.keap.id or "", {"job_title": "Chief Poet"})
    converged.calm.wait()

    assert stack.erp.get("contact", link.erp.id or "")["job_title"] == "CHIEF POET"
    assert stack.keap.get("contact", link.keap.id or "")["job_title"] == "Chief Poet"
    assert moves.since() == ["1 commands for erp", "1 writes in keap", "1 writes in erp"]


def differences(world: World, link: Link) -> list[str]:
    """Return the fields whose ERP value is neither Keap's nor what the ERP makes of it."""
    keap, erp = (world.records[side, link.flow][link.side(side).id or ""] for side in ("keap", "erp"))
    return [
        f"{link.flow}.{row.name}: keap {keap.get(row.name)!r}, erp {erp.get(row.name)!r}"
        for row in world.mapping[link.flow].rows
        if row.keap and row.erp and not row.create_only and not (row.default and None in (keap.get(row.name), erp.get(row.name)))
        if not world.same(link.flow, row.name, keap.get(row.name), erp.get(row.name))
        and not world.same(link.flow, row.name, _stored(row.erp, keap).get(row.erp), erp.get(row.name))
    ]


def _stored(path: str, keap: Fields) -> Fields:
    """Return what the ERP makes of a value."""
    value = keap.get(path)
    return HABITS.apply("", {path: value}) if value is not None else {}
