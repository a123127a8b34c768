"""Clauses that only read."""

from __future__ import annotations

from typing import Final

import msgspec

from connectors.erp.capabilities import Capabilities
from connectors.erp.conformance.clause import clause
from connectors.erp.conformance.trial import COLLECTIONS, Trial
from connectors.erp.conformance.wire import expect, problem, status
from connectors.jsonbytes import Json
from connectors.times import ms_or_none

META: Final = ("id", "created_at", "updated_at")
FAR: Final = "2999-01-01T00:00:00.000Z"


@clause("capabilities", "GET /capabilities answers with a flag for each capability, the rate and the greatest page")
def capabilities(trial: Trial) -> None:
    """Learn what is offered; every later clause depends on it."""
    body = status(trial.wire.get("capabilities"), 200)
    for name in ("updated_since", "versions", "idempotency", "external_id", "soft_delete", "webhooks"):
        expect(isinstance(body.get(name), bool), f"`{name}`, true or false")
    expect(isinstance(body.get("max_page"), int) and body["max_page"] >= 1, "`max_page`, at least 1")
    trial.offers = msgspec.convert(body, Capabilities)


@clause("token", "A call without a token, or with a wrong one, is answered 401")
def token(trial: Trial) -> None:
    """A wrong one is enough: no token is a wrong one."""
    problem(trial.wire.call("GET", "capabilities", headers={"authorization": "Bearer not-this-one"}), 401)


@clause("lists", "Each collection lists its records under `items`, with `next_cursor`")
def lists(trial: Trial) -> None:
    """The four collections; each record has what the contract says of all records."""
    for collection in COLLECTIONS:
        page = status(trial.wire.get(collection, limit="5"), 200)
        expect("next_cursor" in page, "`next_cursor`")
        expect(isinstance(page.get("items"), list), "a list `items`")
        for record in page["items"]:
            _meta(record)


@clause("pages", "No page has more records than asked for, and every record comes on one page")
def pages(trial: Trial) -> None:
    """Over pages of three."""
    page = status(trial.wire.get("customers", limit="3"), 200)
    expect(len(page["items"]) <= 3, "at most three records")  # noqa: PLR2004 - as asked
    ids = [record["id"] for record in trial.items("customers", limit=str(min(50, trial.offers.max_page)))]
    expect(len(ids) == len(set(ids)), "no record twice, as long as nobody changes any")


@clause("order", "Lists are ordered by updated_at, then id, ascending")
def order(trial: Trial) -> None:
    """On the first page of each collection."""
    for collection in COLLECTIONS:
        records = status(trial.wire.get(collection, limit="50"), 200)["items"]
        keys = [(ms_or_none(record["updated_at"]) or 0, record["id"]) for record in records]
        expect(keys == sorted(keys), f"{collection} in the order of (updated_at, id)")


@clause("since", "updated_since keeps the records changed at or after an instant", needs="updated_since")
def since(trial: Trial) -> None:
    """Nothing in the future; the last one at its very own instant; nothing older."""
    expect(not status(trial.wire.get("customers", updated_since=FAR), 200)["items"], "no record changed in the year 2999")
    first = status(trial.wire.get("customers", limit="2"), 200)["items"]
    if first:
        at = first[-1]["updated_at"]
        expect(first[-1]["id"] in {record["id"] for record in trial.changes("customers", at)}, f"the record changed at {at} itself")


@clause("parameters", "An unknown parameter, or a cursor that cannot be read, is answered 400")
def parameters(trial: Trial) -> None:
    """Not ignored: a client that misspells a filter must not read everything."""
    problem(trial.wire.get("customers", no_such_parameter="1"), 400)
    problem(trial.wire.get("customers", cursor="not-a-cursor-of-yours"), 400)


@clause("unknown", "A record that does not exist is answered 404")
def unknown(trial: Trial) -> None:
    """In each collection."""
    for collection in COLLECTIONS:
        problem(trial.wire.get(f"{collection}/keapsync-no-such-record"), 404)


@clause("one", "GET of one record answers what its list shows")
def one(trial: Trial) -> None:
    """Wherever there is a record to try it with."""
    for collection in COLLECTIONS:
        for record in status(trial.wire.get(collection, limit="1"), 200)["items"]:
            expect(status(trial.wire.get(f"{collection}/{record['id']}"), 200) == record, "the record as its list shows it")


def _meta(record: Json) -> None:
    for name in META:
        expect(record.get(name), f"`{name}` in every record")
    for name in ("created_at", "updated_at"):
        expect(str(record[name]).endswith("Z") and ms_or_none(record[name]), f"`{name}` as an instant in UTC")
