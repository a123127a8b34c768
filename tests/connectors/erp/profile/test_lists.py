"""Every style of paging, every way to find changes."""

from __future__ import annotations

import time

import pytest

from connectors.base import Record
from connectors.erp import ErpConnector
from schemas.flows import Flow
from tests.connectors.conftest import Run
from tests.connectors.erp.profile.conftest import LISTINGS, PAGINGS, Connect, Ledger

LONG_AGO = 1_000_000_000_000


async def pages(erp: ErpConnector, flow: Flow = "company", since: int | None = None) -> list[Record]:
    """Read all pages."""
    read = [await erp.page(flow, since=since, cursor=None)]
    while read[-1].next is not None:
        read.append(await erp.page(flow, since=since, cursor=read[-1].next))
    return [record for page in read for record in page.records]


@pytest.mark.parametrize("changes", LISTINGS)
@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_everything_is_read_once(ledger: Ledger, connect: Connect, run: Run, paging: str, changes: str, count: int):
    """In full pages, half pages and none at all, by a full scan and by a list of changes."""
    erp = connect(paging, changes)
    made = [ledger.add("parties", legalName=f"Firm {number}") for number in range(count)]
    assert run(erp.check()) == []
    assert sorted(record.id for record in run(pages(erp))) == made
    assert sorted(record.id for record in run(pages(erp, since=LONG_AGO))) == made


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_server_that_gives_less_than_a_page_is_read_to_its_end(ledger: Ledger, connect: Connect, run: Run, paging: str):
    """It gives fifty, whatever is asked for."""
    erp = connect(paging, page_size=50)
    erp._offers = type(erp._offers)(max_page=500)
    erp._page_size = 500
    made = {ledger.add("items", name=f"Bolt {number}") for number in range(120)}
    assert {record.id for record in run(pages(erp, "product"))} == made


@pytest.mark.parametrize(("changes", "trait"), [("since", "since"), ("newest", "newest_first"), ("none", "scan")])
def test_changes_are_found_in_the_best_way_there_is(ledger: Ledger, connect: Connect, run: Run, changes: str, trait: str):
    """The traits tell capture which it is."""
    erp = connect("page", changes)
    assert erp.traits("company").changes == trait
    for number in range(3):
        ledger.add("parties", legalName=f"Firm {number}")
    seen = {record.id for record in run(pages(erp, since=int(time.time() + 3600) * 1000))}
    assert len(seen) == (0 if trait == "since" else 3)


@pytest.mark.parametrize("paging", ["page", "offset"])
def test_a_record_deleted_while_pages_are_read_hides_no_other(ledger: Ledger, connect: Connect, run: Run, paging: str):
    """The rows behind it move up; the total tells, and the list is begun again."""
    erp = connect(paging)
    made = [ledger.add("parties", legalName=f"Firm {number}") for number in range(6)]

    async def read() -> set[str]:
        page = await erp.page("company", since=None, cursor=None)
        met = {record.id for record in page.records}
        ledger.drop("parties", made[0])
        while page.next is not None:
            page = await erp.page("company", since=None, cursor=page.next)
            met |= {record.id for record in page.records}
        return met

    assert run(read()) >= set(made[1:])


@pytest.mark.parametrize("changes", LISTINGS)
def test_what_a_lost_create_made_is_among_the_young(ledger: Ledger, connect: Connect, run: Run, changes: str):
    """Found without a stamp; an old namesake is not offered."""
    erp = connect("page", changes)
    since = int(time.time()) * 1000 - 5_000
    made = ledger.add("people", familyName="Lee", email="ann@example.com")
    ledger.add("people", familyName="Other")
    found = run(erp.find_created("contact", since=since, stamp="link-1", match={"email": "ann@example.com"}))
    assert made in [record.id for record in found]
    later = run(erp.find_created("contact", since=since + 3_600_000, stamp="link-1", match={"email": "ann@example.com"}))
    assert later == []


def test_a_match_key_spares_the_scan(ledger: Ledger, connect: Connect, run: Run):
    """One call instead of all pages; a value that was stored differently is found by the scan."""
    erp = connect("page", "none")
    for number in range(6):
        ledger.add("people", familyName=f"Lee {number}", email=f"ann{number}@example.com")
    calls = erp.calls
    run(erp.find_created("contact", since=LONG_AGO, stamp=None, match={"email": "ann3@example.com"}))
    assert erp.calls == calls + 1
    everyone = run(erp.find_created("contact", since=LONG_AGO, stamp=None, match={"email": "ANN3@example.com"}))
    assert len(everyone) == 6
