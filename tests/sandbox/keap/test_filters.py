"""`filter=` and its grammar."""

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, opportunity, product, read, refusal, unique


def ids(keap: httpx.Client, collection: str, expression: str) -> list[str]:
    """List by a filter."""
    return [record["id"] for record in read(keap, collection, filter=expression, page_size=1000)[collection]]


def test_equality_ignores_case(keap: httpx.Client) -> None:
    """Text compares as Keap's database does."""
    name = unique("Acme")
    company_id = company(keap, company_name=name)

    assert ids(keap, "companies", f"company_name=={name.upper()}") == [company_id]


def test_terms_joined_by_semicolon_all_hold(keap: httpx.Client) -> None:
    """`;` is AND, and a trailing one is fine."""
    company_id, name = company(keap), unique("Ada")
    wanted = contact(keap, given_name=name, company={"id": company_id})
    contact(keap, given_name=name)

    assert ids(keap, "contacts", f"given_name=={name};company_id=={company_id};") == [wanted]


def test_a_star_at_the_end_matches_a_prefix_where_it_is_allowed(keap: httpx.Client) -> None:
    """`name` of a company takes a wildcard, `company_name` takes the star literally."""
    name = unique("Zeta")
    company_id = company(keap, company_name=f"{name} Ltd")

    assert ids(keap, "companies", f"name=={name}*") == [company_id]
    assert ids(keap, "companies", f"company_name=={name}*") == []


def test_a_contact_is_found_by_any_of_its_addresses(keap: httpx.Client) -> None:
    """`email` looks at EMAIL1 to EMAIL3."""
    email = f"{unique()}+tag@example.com"
    contact_id = contact(keap, email_addresses=[{"field": "EMAIL3", "email": email}])

    assert ids(keap, "contacts", f"email=={email}") == [contact_id]


@pytest.mark.parametrize(("operator", "kept"), [("==", [1]), (">", [2]), (">=", [1, 2]), ("<", [0]), ("<=", [0, 1])])
def test_ids_compare(keap: httpx.Client, operator: str, kept: list[int]) -> None:
    """The keyset operators on ids."""
    name = unique("Sku")
    made = [product(keap, name=name) for _ in range(3)]

    assert ids(keap, "products", f"name=={name};product_id{operator}{made[1]}") == [made[index] for index in kept]


def test_a_set_of_ids(keap: httpx.Client) -> None:
    """`ids==1,2` lists exactly those that exist."""
    first, second = contact(keap), contact(keap)

    assert ids(keap, "contacts", f"ids=={first},{second},999999999") == [first, second]


def test_opportunities_take_at_most_a_hundred_ids_and_not_beside_opportunity_id(keap: httpx.Client) -> None:
    """The two limits that the vendor states."""
    hundred_and_one = ",".join(map(str, range(101)))

    assert "100" in refusal(keap.get(f"{V2}/opportunities", params={"filter": f"ids=={hundred_and_one}"}))
    assert "together" in refusal(keap.get(f"{V2}/opportunities", params={"filter": "ids==1;opportunity_id>0"}))


def test_opportunities_are_found_by_their_contacts_city(keap: httpx.Client) -> None:
    """A filter on the referenced contact."""
    city = unique("city")
    contact_id = contact(keap, addresses=[{"field": "BILLING", "locality": city}])
    opportunity_id = opportunity(keap, contact_id=contact_id)

    assert ids(keap, "opportunities", f"contact_city=={city}") == [opportunity_id]


@pytest.mark.parametrize(
    ("collection", "expression"),
    [
        ("companies", "company_name=Acme"),
        ("companies", "company_name>Acme"),
        ("companies", "update_time==2026-01-01T00:00:00.000Z"),
        ("companies", "since_time==2026-01-01"),
        ("companies", "since_time==2026-01-01T00:00:00Z"),
        ("companies", "company_id==x"),
        ("contacts", "start_update_time>2026-01-01T00:00:00.000Z"),
        ("contacts", "email!=a@example.com"),
        ("opportunities", "since_time==2026-01-01T00:00:00.000Z"),
        ("products", "last_updated_time==2026-01-01T00:00:00.000Z"),
        ("opportunities/stages", "name==Won"),
    ],
)
def test_what_is_not_listed_is_refused(keap: httpx.Client, collection: str, expression: str) -> None:
    """Unknown fields, operators that a field lacks and bad values are 400."""
    assert "nvalid filter" in refusal(keap.get(f"{V2}/{collection}", params={"filter": expression}))
