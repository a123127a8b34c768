"""Subscriptions, which are kept but not served yet."""

from tests.sandbox.erp.client import ErpClient, faults


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


def test_the_capabilities_do_not_promise_deliveries(erp: ErpClient) -> None:
    """All the rest is offered."""
    offered = erp.get("/capabilities").json()
    assert {name for name, value in offered.items() if value is False} == {"webhooks"}
    assert offered["max_page"] == 500
