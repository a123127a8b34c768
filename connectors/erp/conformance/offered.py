"""Clauses of what an ERP may offer: each belongs to one capability, and is asked only where that is offered."""

from __future__ import annotations

from connectors.erp.conformance.clause import clause
from connectors.erp.conformance.receiver import Receiver, signed
from connectors.erp.conformance.trial import Trial
from connectors.erp.conformance.wire import NotAsked, expect, problem, status


@clause("versions", "A record has a version, one more at every change, and its ETag", needs="versions", writes=True)
def versions(trial: Trial) -> None:
    """One more, not just another."""
    answer = trial.wire.call("POST", "customers", body=trial.sample("customers"))
    made = trial.created("customers", answer)
    expect(isinstance(made.get("version"), int), "`version`, an integer")
    expect(answer.headers.get("etag") == f'"{made["version"]}"', "the version in quotes as ETag")
    changed = status(trial.patch(f"customers/{made['id']}", {"notes": "x"}), 200)
    same = status(trial.patch(f"customers/{made['id']}", {"notes": "x"}), 200)
    expect(changed.get("version") == made["version"] + 1, "the next version after a change")
    expect(same.get("version") == changed["version"], "the same version after a change of nothing")


@clause("versions.match", "A PATCH on another version is answered 412 with the record as it is", needs="versions", writes=True)
def match(trial: Trial) -> None:
    """And changes nothing."""
    made = trial.make("customers")
    path, old = f"customers/{made['id']}", {"if-match": f'"{made.get("version")}"'}
    current = status(trial.patch(path, {"notes": "1"}, old), 200)
    answer = trial.patch(path, {"notes": "2"}, old)
    expect(problem(answer, 412).get("current") == current, "the record as it is, at `current`")
    expect(status(trial.wire.get(path), 200) == current, "the record unchanged")


@clause("idempotency", "A create again under its key answers 200 and the record made the first time", needs="idempotency", writes=True)
def idempotency(trial: Trial) -> None:
    """As it is now, with `Idempotency-Replayed`."""
    body, key = trial.sample("customers"), {"idempotency-key": trial.stamp()}
    made = trial.created("customers", trial.wire.call("POST", "customers", body=body, headers=key))
    again = trial.wire.call("POST", "customers", body=body, headers=key)
    if again.status_code == 201:  # noqa: PLR2004 - HTTP's own
        trial.created("customers", again)
    expect(status(again, 200).get("id") == made["id"], "the same record")
    expect(again.headers.get("idempotency-replayed") == "true", "the header Idempotency-Replayed: true")


@clause("idempotency.reuse", "A key used for something else is answered 422", needs="idempotency", writes=True)
def reuse(trial: Trial) -> None:
    """And a create that was refused leaves its key free."""
    key = {"idempotency-key": trial.stamp()}
    problem(trial.wire.call("POST", "customers", body={}, headers=key), 422)
    trial.created("customers", trial.wire.call("POST", "customers", body=trial.sample("customers"), headers=key))
    other = trial.wire.call("POST", "customers", body=trial.sample("customers", notes="other"), headers=key)
    if other.status_code == 201:  # noqa: PLR2004 - HTTP's own
        trial.created("customers", other)
    problem(other, 422)


@clause("external_id", "A record keeps the external_id it is created with and is found by it", needs="external_id", writes=True)
def external_id(trial: Trial) -> None:
    """In each collection, exactly; a PATCH cannot alter it."""
    for collection in ("customers", "contacts", "orders", "products"):
        stamp = trial.stamp()
        made = trial.make(collection, external_id=stamp)
        expect(made.get("external_id") == stamp, "the external_id in the answer")
        found = [record["id"] for record in trial.items(collection, external_id=stamp)]
        expect(found == [made["id"]], "the one record, looked up by its external_id")
    problem(trial.patch(trial.made[-1], {"external_id": trial.stamp()}), 422)


@clause("external_id.taken", "An external_id that is taken is answered 409 with `existing_id`", needs="external_id", writes=True)
def taken(trial: Trial) -> None:
    """And nothing is made."""
    stamp = trial.stamp()
    made = trial.make("customers", external_id=stamp)
    answer = trial.wire.call("POST", "customers", body=trial.sample("customers", external_id=stamp))
    if answer.status_code == 201:  # noqa: PLR2004 - HTTP's own
        trial.created("customers", answer)
    expect(problem(answer, 409).get("existing_id") == made["id"], "the id of the record that has it, at `existing_id`")


@clause("soft_delete", "A deleted record can be read, with deleted_at, and is among the changes", needs="soft_delete", writes=True)
def soft_delete(trial: Trial) -> None:
    """Deleting it again is 204 and changes nothing."""
    made = trial.make("products")
    path = f"products/{made['id']}"
    status(trial.wire.call("DELETE", path), 204)
    gone = status(trial.wire.get(path), 200)
    expect(gone.get("deleted_at"), "`deleted_at`")
    status(trial.wire.call("DELETE", path), 204)
    expect(status(trial.wire.get(path), 200) == gone, "nothing changed by a second delete")
    found = {record["id"] for record in trial.items("products", include_deleted="true", limit=str(min(200, trial.offers.max_page)))}
    expect(made["id"] in found, "it among the records with include_deleted=true")


@clause("webhooks", "A subscription is made, shown without its secret, listed and ended", needs="webhooks", writes=True)
def subscriptions(trial: Trial) -> None:
    """An unknown event is refused."""
    wanted = {"url": "https://keapsync.invalid/hook", "events": ["customer.updated"]}
    made = status(trial.wire.call("POST", "webhooks", body=wanted), 201)
    path = f"webhooks/{made.get('id')}"
    try:
        expect(str(made.get("secret", "")).startswith("whsec_"), "a `secret` that begins with whsec_")
        shown = status(trial.wire.get(path), 200)
        expect("secret" not in shown, "the secret shown once only")
        expect(shown in status(trial.wire.get("webhooks"), 200).get("items", []), "the subscription on the list")
        problem(trial.wire.call("POST", "webhooks", body={**wanted, "events": ["customer.painted"]}), 422)
    finally:
        status(trial.wire.call("DELETE", path), 204)
    problem(trial.wire.get(path), 404)


@clause("webhooks.delivery", "A change is delivered, signed by the Standard Webhooks conventions, ids only", needs="webhooks", writes=True)
def delivery(trial: Trial) -> None:
    """To a receiver here."""
    if trial.hook.url is None and not trial.local:
        raise NotAsked("an ERP on another machine cannot reach this one; --hook-url and --hook-port name an address that leads here")
    with Receiver(trial.hook) as receiver:
        made = status(trial.wire.call("POST", "webhooks", body={"url": receiver.url, "events": ["product.created"]}), 201)
        try:
            record = trial.make("products")
            got = receiver.wait()
            expect(got is not None, f"a delivery to {receiver.url} within {receiver.PATIENCE_S:.0f} s")
        finally:
            status(trial.wire.call("DELETE", f"webhooks/{made.get('id')}"), 204)
    if got is not None:
        expect(got.body.get("type") == "product.created", "`type`, the event")
        expect((got.body.get("entity"), got.body.get("record_id")) == ("products", record["id"]), "`entity` and `record_id` of the record")
        expect(signed(got, str(made.get("secret"))), "a webhook-signature made with the secret")
