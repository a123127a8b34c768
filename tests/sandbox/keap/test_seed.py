"""Records in bulk."""

import httpx

from tests.sandbox.keap.api import V2, read, refusal, unique


def test_references_point_into_the_seed(keap: httpx.Client) -> None:
    """The answer has the ids, in the order of the seed."""
    name = unique("seeded")
    seed = {
        "companies": [{"company_name": "other"}, {"company_name": name}],
        "contacts": [{"phone_numbers": [{"number": "1"}], "company": {"id": {"$ref": ["companies", 1]}}}],
        "products": [{"name": name, "price": 1, "short_description": "short"}],
        "opportunities": [{"opportunity_title": name, "stage_id": "2", "contact_id": {"$ref": ["contacts", 0]}}],
    }

    ids = keap.post("/_sandbox/seed", json=seed).raise_for_status().json()

    assert {plural: len(each) for plural, each in ids.items()} == {
        "companies": 2, "contacts": 1, "products": 1, "opportunities": 1,
    }  # fmt: skip
    shown = read(keap, f"opportunities/{ids['opportunities'][0]}")["contact"]
    assert (shown["id"], shown["company_name"]) == (ids["contacts"][0], name)


def test_a_seed_with_a_fault_adds_nothing(keap: httpx.Client) -> None:
    """And the answer names the item."""
    name = unique("rolled-back")
    seed = {"companies": [{"company_name": name}], "contacts": [{"given_name": "Ada"}]}

    assert "contacts[0]" in refusal(keap.post("/_sandbox/seed", json=seed))
    assert read(keap, "companies", filter=f"company_name=={name}")["companies"] == []


def test_seeding_is_not_logged(own_keap: httpx.Client) -> None:
    """The log is of clients' calls."""
    own_keap.post("/_sandbox/seed", json={"companies": [{"company_name": "A"}]}).raise_for_status()
    own_keap.get(f"{V2}/companies")

    assert own_keap.get("/_sandbox/log").json() == {"entries": [], "reads": 1}
