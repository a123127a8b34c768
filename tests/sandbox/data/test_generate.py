"""The generator's truth is one that the rules of matching can find, and nothing in its noise looks like another record."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.data import Seeds, generate
from sandbox.data.seeds import Document


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    """A world of 400 contacts a side."""
    return generate(400, seed=7)


def fold(text: str) -> str:
    """What is left of a text when case and spaces are forgiven."""
    return " ".join(text.casefold().split())


def email(contact: Document) -> str | None:
    """EMAIL1 of a Keap contact."""
    return next((fold(each["email"]) for each in contact.get("email_addresses", ()) if each["field"] == "EMAIL1"), None)


def test_the_same_seed_gives_the_same_world():
    """A run can be repeated; another seed is another world."""
    assert generate(50, seed=3) == generate(50, seed=3)
    assert generate(50, seed=3).keap != generate(50, seed=4).keap


def test_sizes_are_in_proportion():
    """200 companies, 300 opportunities and 150 products to 1,000 contacts, with six in ten on both sides."""
    seeds = generate(1000)
    assert {name: len(records) for name, records in seeds.keap.items()} == {
        "companies": 200, "contacts": 1000, "opportunities": 300, "products": 150,
    }  # fmt: skip
    assert {name: len(seeds.erp[name]) for name in ("customers", "contacts", "products")} == {
        "customers": 200, "contacts": 1000, "products": 150,
    }  # fmt: skip
    assert {flow: len(pairs) for flow, pairs in seeds.truth.pairs.items()} == {"company": 120, "contact": 600, "product": 90}
    assert {flow: len(groups) for flow, groups in seeds.truth.ambiguous.items()} == {"company": 2, "contact": 10, "product": 2}


@pytest.mark.parametrize("contacts", [0, 1, 2, 7, 30])
def test_tiny_worlds_are_worlds_too(contacts: int):
    """Whatever number is asked for is made."""
    assert len(generate(contacts).keap["contacts"]) == contacts


def test_pairs_are_respelled_but_recognisable(seeds: Seeds):
    """Some twins differ in case or spaces, none in more."""
    twins = [
        (seeds.keap["companies"][one]["company_name"], seeds.erp["customers"][two]["name"]) for one, two in seeds.truth.pairs["company"]
    ]
    assert all(fold(one) == fold(two) for one, two in twins)
    assert 0 < sum(one != two for one, two in twins) < len(twins)


def test_no_two_things_share_what_they_are_matched_by(seeds: Seeds):
    """Across both sides a name, an e-mail address or an article number belongs to one thing only."""
    companies = Counter(fold(each["company_name"]) for each in seeds.keap["companies"])
    shared = [fold(seeds.keap["companies"][group.keap[0]]["company_name"]) for group in seeds.truth.ambiguous["company"]]
    assert sorted(name for name, count in companies.items() if count > 1) == sorted(shared)
    emails = Counter(email(each) for each in seeds.keap["contacts"] if email(each))
    doubtful = [email(seeds.keap["contacts"][group.keap[0]]) for group in seeds.truth.ambiguous["contact"]]
    assert sorted(address for address, count in emails.items() if count > 1) == sorted(filter(None, doubtful))
    numbers = Counter(fold(each["sku"]) for each in seeds.erp["products"])
    assert set(numbers.values()) == {1}


def test_pairs_without_an_email_address_share_their_company(seeds: Seeds):
    """Only then can they be matched, by name and customer; and each has a phone, which Keap asks for."""
    companies = dict(seeds.truth.pairs["company"])
    nameless = [(one, two) for one, two in seeds.truth.pairs["contact"] if not email(seeds.keap["contacts"][one])]
    assert nameless
    for one, two in nameless:
        company = seeds.keap["contacts"][one]["company"]["id"]["$ref"][1]
        assert seeds.erp["contacts"][two]["customer_id"] == {"$ref": ["customers", companies[company]]}
        assert seeds.keap["contacts"][one]["phone_numbers"]


def test_most_contacts_belong_to_a_company(seeds: Seeds):
    """About eight in ten."""
    share = sum("company" in contact for contact in seeds.keap["contacts"]) / 400
    assert 0.6 < share < 0.95


def test_nothing_unambiguous_hangs_on_something_ambiguous(seeds: Seeds):
    """A record in review holds up what requires it, so no contact is at such a company and no opportunity with such a contact."""
    companies = {place for group in seeds.truth.ambiguous["company"] for place in group.keap}
    contacts = {place for group in seeds.truth.ambiguous["contact"] for place in group.keap}
    assert not companies & {each["company"]["id"]["$ref"][1] for each in seeds.keap["contacts"] if "company" in each}
    assert not contacts & {each["contact_id"]["$ref"][1] for each in seeds.keap["opportunities"]}
