"""Users, stages, configuration."""

import httpx

from tests.sandbox.keap.api import create, read, refusal


def test_the_tenant_has_users(keap: httpx.Client) -> None:
    """Their ids are strings."""
    assert [user["id"] for user in read(keap, "users")["users"]] == ["1", "2"]


def test_the_tenant_has_the_stages_of_a_sale(own_keap: httpx.Client) -> None:
    """In their order, and another can be added."""
    create(own_keap, "opportunities/stages", {"name": "On ice", "order": 0, "target_number_days": 1, "probability": 5})

    stages = read(own_keap, "opportunities/stages", order_by="stage_order asc")["stages"]

    assert [stage["name"] for stage in stages] == ["On ice", "New Opportunity", "Qualifying", "Proposal", "Won", "Lost"]


def test_the_configuration_tells_currency_and_end_stages(keap: httpx.Client) -> None:
    """Only of the modules asked for."""
    shown = read(keap, "settings/applications:getConfiguration", fields="OPPORTUNITY,ECOMMERCE")

    assert shown.keys() == {"opportunity", "ecommerce"}
    assert shown["ecommerce"]["currency"] == "USD"
    assert shown["opportunity"]["states"]["win"]["stage"] == "4"
    assert "FOO" in refusal(keap.get("/rest/v2/settings/applications:getConfiguration", params={"fields": "FOO"}))
