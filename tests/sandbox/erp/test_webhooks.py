"""Subscriptions and their deliveries."""

from sandbox.erp.deliveries import sign
from tests.sandbox.erp.client import ErpClient, faults
from tests.sandbox.erp.receiver import Receiver


def test_a_subscription_shows_its_secret_once(erp: ErpClient) -> None:
    """Afterwards it can be read, listed and ended."""
    made = erp.post("/webhooks", json={"url": "https://example.com/hook", "events": ["customer.updated"]})
    assert made.status_code == 201
    webhook = made.json()
    assert webhook.pop("secret").startswith("whsec_")
    assert erp.get(f"/webhooks/{webhook['id']}").json() == webhook
    assert erp.get("/webhooks").json() == {"items": [webhook]}
    assert erp.delete(f"/webhooks/{webhook['id']}").status_code == 204
    assert erp.get(f"/webhooks/{webhook['id']}").status_code == 404
    assert erp.delete(f"/webhooks/{webhook['id']}").status_code == 404


def test_a_subscription_names_an_address_and_known_events(erp: ErpClient) -> None:
    """Anything else is refused."""
    answer = erp.post("/webhooks", json={"url": "example.com", "events": ["customer.painted"]})
    assert faults(answer) == {("url", "format"), ("events.0", "enum")}


def test_a_change_is_delivered_and_signed(erp: ErpClient) -> None:
    """Created, updated, deleted: ids only, by the Standard Webhooks conventions."""
    with Receiver() as receiver:
        events = ["customer.created", "customer.updated", "customer.deleted"]
        secret = erp.post("/webhooks", json={"url": receiver.url, "events": events}).json()["secret"]
        made = erp.make("customers", name="One")
        erp.change("customers", made["id"], {"name": "Two"})
        erp.change("customers", made["id"], {"name": "Two"})
        erp.delete(f"/customers/{made['id']}")
        deliveries = receiver.wait(3)
    assert {delivery["type"] for _, _, delivery in deliveries} == set(events)
    assert {(delivery["entity"], delivery["record_id"]) for _, _, delivery in deliveries} == {("customers", made["id"])}
    for headers, body, _ in deliveries:
        assert headers["webhook-signature"] == sign(secret, headers["webhook-id"], headers["webhook-timestamp"], body)


def test_a_refused_delivery_comes_again_under_its_id(erp: ErpClient) -> None:
    """At least once."""
    with Receiver(refuse=1) as receiver:
        erp.post("/webhooks", json={"url": receiver.url, "events": ["customer.created"]})
        erp.make("customers", name="One")
        first, second = receiver.wait(2)
    assert first[0]["webhook-id"] == second[0]["webhook-id"]


def test_nobody_is_told_who_did_not_ask(erp: ErpClient) -> None:
    """Other events, and addresses outside this machine."""
    with Receiver() as receiver:
        erp.post("/webhooks", json={"url": "https://example.com/hook", "events": ["customer.created"]})
        erp.post("/webhooks", json={"url": receiver.url, "events": ["order.created", "customer.updated"]})
        made = erp.make("customers", name="One")
        erp.change("customers", made["id"], {"name": "Two"})
        (only,) = receiver.wait(1)
    assert only[2]["type"] == "customer.updated"


def test_an_address_that_nobody_can_call_stops_nothing(erp: ErpClient) -> None:
    """It has the form of an address, and Python cannot take it apart."""
    assert erp.post("/webhooks", json={"url": "http://[1", "events": ["customer.created"]}).status_code == 201
    assert erp.post("/customers", json={"name": "One"}).status_code == 201
