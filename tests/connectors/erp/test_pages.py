"""Reading everything, everything changed since, and what a lost create may have made."""

from __future__ import annotations

from connectors.base import Record
from connectors.erp import ErpConnector
from connectors.times import to_ms, to_text
from tests.connectors.conftest import Run
from tests.connectors.erp.conftest import Screens

T0 = to_ms("2026-03-01T10:00:00.000Z")


async def pages(erp: ErpConnector, since: int | None = None) -> list[Record]:
    """Read all pages of customers."""
    read = [await erp.page("company", since=since, cursor=None)]
    while read[-1].next is not None:
        read.append(await erp.page("company", since=since, cursor=read[-1].next))
    return [record for page in read for record in page.records]


def seed(screens: Screens, count: int, at: int = T0) -> list[str]:
    """Add so many customers."""
    records = [{"name": f"C{n}", "created_at": to_text(at), "updated_at": to_text(at)} for n in range(count)]
    return screens.seed(customers=records)["customers"]


def test_a_full_scan_finds_every_record_once(screens: Screens, erp: ErpConnector, run: Run):
    """Over pages, also with equal times."""
    made = seed(screens, 5)
    assert sorted(record.id for record in run(pages(erp))) == sorted(made)


def test_an_empty_erp_has_one_empty_page(erp: ErpConnector, run: Run):
    """And no next one."""
    assert run(pages(erp)) == []


def test_a_record_that_changes_while_pages_are_read_is_met_again(screens: Screens, erp: ErpConnector, run: Run):
    """Seen twice, never missed."""
    made = seed(screens, 5)
    first = run(erp.page("company", since=None, cursor=None))
    screens.edit(f"customers/{first.records[0].id}", notes="moved")
    rest, cursor = [*first.records], first.next
    while cursor:
        page = run(erp.page("company", since=None, cursor=cursor))
        rest += page.records
        cursor = page.next
    assert {record.id for record in rest} == {*made}
    assert rest[-1].id == first.records[0].id
    assert rest[-1].fields["notes"] == "moved"


def test_changes_since_are_inclusive_and_show_deletes(screens: Screens, erp: ErpConnector, run: Run):
    """A soft delete is a change; a full scan leaves it out."""
    seed(screens, 2, T0 - 1)
    changed = seed(screens, 3)
    screens.delete(f"customers/{changed[0]}")
    found = {record.id: record.deleted for record in run(pages(erp, since=T0))}
    assert found == {changed[0]: True, changed[1]: False, changed[2]: False}
    assert changed[0] not in {record.id for record in run(pages(erp))}


def test_a_lost_create_is_found_by_its_stamp(screens: Screens, erp: ErpConnector, run: Run):
    """In one call, however many were created since."""
    seed(screens, 5)
    created = run(erp.create("company", {"name": "Engines"}, stamp="link-1", key="k"))
    calls = erp.calls
    assert [record.id for record in run(erp.find_created("company", since=T0, stamp="link-1", match={}))] == [created.id]
    assert run(erp.find_created("company", since=T0, stamp="link-2", match={})) == []
    assert erp.calls == calls + 2


def test_without_a_stamp_it_is_among_what_was_created_since(screens: Screens, erp: ErpConnector, run: Run):
    """Newest first, whatever only changed since left out."""
    (old,) = seed(screens, 1, T0 - 1)
    made = seed(screens, 3)
    (newest,) = seed(screens, 1, T0 + 5)
    screens.edit(f"customers/{old}", notes="changed")
    found = [record.id for record in run(erp.find_created("company", since=T0, stamp=None, match={}))]
    assert found[0] == newest
    assert sorted(found) == sorted([*made, newest])
