"""Clauses of creating and changing, which any ERP has to keep."""

from __future__ import annotations

from typing import Any, Final

from connectors.erp.conformance.clause import clause
from connectors.erp.conformance.trial import COLLECTIONS, Trial
from connectors.erp.conformance.wire import expect, problem, status
from connectors.times import ms_or_none

NO_SUCH: Final = "keapsync-no-such-record"


@clause("create", "POST makes a record of the least that is needed and answers 201 and the record", writes=True)
def create(trial: Trial) -> None:
    """In each collection; it can be read at once."""
    for collection in COLLECTIONS:
        sample = trial.sample(collection)
        record = trial.created(collection, trial.wire.call("POST", collection, body=sample))
        expect(sample.items() <= record.items(), "what was sent, in the answer")
        expect(status(trial.wire.get(f"{collection}/{record['id']}"), 200) == record, "the same record, read by its id")


@clause("create.listed", "A new record is in its list, the newest at the end", writes=True)
def listed(trial: Trial) -> None:
    """By the whole list: those that offer less have no other."""
    made = trial.make("products")
    ids = [record["id"] for record in trial.items("products", limit=str(min(200, trial.offers.max_page)))]
    expect(made["id"] in ids, "the new record in its list")


@clause("create.since", "A new record is among the changes since before it was made", needs="updated_since", writes=True)
def listed_since(trial: Trial) -> None:
    """From its own instant on."""
    made = trial.make("products")
    found = trial.changes("products", str(made["updated_at"]))
    expect(made["id"] in {record["id"] for record in found}, "the new record among the changes since its own instant")


@clause("values", "Every value comes back as it was sent", writes=True)
def values(trial: Trial) -> None:
    """Letters of all alphabets, line ends, amounts, dates, nested objects."""
    customer: dict[str, Any] = {
        "name": f"keapsync conformance {trial.run} Ærø & Søn 株式会社 🙂",
        "notes": "first line\nsecond line",
        "credit_limit": "1234567.50",
        "payment_terms_days": 30,
        "active": True,
        "billing_address": {"line1": "Storgatan 1", "city": "Lund", "country": "SE"},
    }
    record = trial.created("customers", trial.wire.call("POST", "customers", body=customer))
    for name, value in customer.items():
        got = record.get(name)
        same = value.items() <= (got or {}).items() if isinstance(value, dict) else got == value
        expect(same, f"`{name}` as it was sent")
    contact = trial.make("contacts", birth_date="2000-02-29")
    expect(contact.get("birth_date") == "2000-02-29", "a date without a time or a zone")


@clause("refuse", "A create that lacks what is required, or names an unknown property, is answered 422 and names the field", writes=True)
def refuse(trial: Trial) -> None:
    """A misspelled property must not be ignored."""
    for body, field in (({}, "name"), (trial.sample("customers", no_such_property="x"), "no_such_property")):
        answer = trial.wire.call("POST", "customers", body=body)
        if answer.status_code == 201:  # noqa: PLR2004 - HTTP's own
            trial.created("customers", answer)
        fields = [fault.get("field") for fault in problem(answer, 422)["errors"]]
        expect(field in fields, f"a fault of `{field}`")
    problem(trial.wire.call("POST", "customers", body=b"{"), 400)


@clause("references", "A reference to a record that does not exist is answered 422", writes=True)
def references(trial: Trial) -> None:
    """An order needs its contact."""
    body = trial.sample("orders") | {"contact_id": NO_SUCH}
    fields = [fault.get("field") for fault in problem(trial.wire.call("POST", "orders", body=body), 422)["errors"]]
    expect("contact_id" in fields, "a fault of `contact_id`")


@clause("patch", "PATCH changes what it names and leaves the rest; null clears; nested objects are merged", writes=True)
def patch(trial: Trial) -> None:
    """RFC 7396."""
    made = trial.make("customers", notes="n", phone="1", billing_address={"city": "Lund", "line1": "Storgatan 1"})
    changes = {"notes": None, "website": "https://example.com", "billing_address": {"city": "Ystad"}}
    changed = status(trial.patch(f"customers/{made['id']}", changes), 200)
    expect(changed.get("website") == "https://example.com", "the property that was named")
    expect(changed.get("notes") is None, "null to clear")
    expect(changed.get("phone") == "1", "the rest as it was")
    address = changed.get("billing_address") or {}
    expect((address.get("city"), address.get("line1")) == ("Ystad", "Storgatan 1"), "the rest of the address as it was")
    expect(status(trial.wire.get(f"customers/{made['id']}"), 200) == changed, "the same record, read by its id")


@clause("patch.time", "A change moves updated_at forward; a change of nothing does not", writes=True)
def patch_time(trial: Trial) -> None:
    """Strictly, however fast they come."""
    made = trial.make("customers")
    path = f"customers/{made['id']}"
    first = status(trial.patch(path, {"notes": "1"}), 200)
    second = status(trial.patch(path, {"notes": "2"}), 200)
    same = status(trial.patch(path, {"notes": "2"}), 200)
    times = [ms_or_none(record["updated_at"]) or 0 for record in (made, first, second)]
    expect(times[0] < times[1] < times[2], "a later updated_at after each change")
    expect(same["updated_at"] == second["updated_at"], "the same updated_at after a change of nothing")
    expect(made["created_at"] == second["created_at"], "created_at as it was")


@clause("patch.since", "A changed record is met again among the changes", needs="updated_since", writes=True)
def patch_since(trial: Trial) -> None:
    """From the instant of its change on."""
    made = trial.make("customers")
    changed = status(trial.patch(f"customers/{made['id']}", {"notes": "x"}), 200)
    found = {record["id"]: record for record in trial.changes("customers", str(changed["updated_at"]))}
    expect(found.get(made["id"]) == changed, "the record as it was changed")


@clause("patch.refuse", "A PATCH of another media type is answered 415, of nothing there 404, of an unknown property 422", writes=True)
def patch_refuse(trial: Trial) -> None:
    """And the record stays as it was."""
    made = trial.make("customers")
    path = f"customers/{made['id']}"
    problem(trial.wire.call("PATCH", path, body={"notes": "x"}), 415)
    problem(trial.patch(path, {"no_such_property": "x"}), 422)
    problem(trial.patch(f"customers/{NO_SUCH}", {"notes": "x"}), 404)
    expect(status(trial.wire.get(path), 200) == made, "the record as it was")


@clause("delete", "DELETE is answered 204; the record is on no list any more and cannot be changed", writes=True)
def delete(trial: Trial) -> None:
    """A record that does not exist is 404."""
    made = trial.make("products")
    path = f"products/{made['id']}"
    status(trial.wire.call("DELETE", path), 204)
    problem(trial.patch(path, {"name": "x"}), 404)
    ids = {record["id"] for record in trial.items("products", limit=str(min(200, trial.offers.max_page)))}
    expect(made["id"] not in ids, "it on no list")
    problem(trial.wire.call("DELETE", f"products/{NO_SUCH}"), 404)


@clause("look_up", "email and sku list the records with exactly that value", writes=True)
def look_up(trial: Trial) -> None:
    """And no other."""
    email, sku = f"{trial.run}@example.com", f"KS-{trial.run}"
    contact, product = trial.make("contacts", email=email), trial.make("products", sku=sku)
    trial.make("contacts", email=f"other-{email}")
    for collection, made, by in (("contacts", contact, {"email": email}), ("products", product, {"sku": sku})):
        found = [record["id"] for record in trial.items(collection, **by)]
        expect(found == [made["id"]], f"the one record with {by}")
