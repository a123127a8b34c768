"""A personal token shows the records of its user and no others."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sandbox.keap.gateway import PERSON, PERSONAL_TOKEN
from tests.sandbox.keap.api import V2, contact, opportunity, product, read


@pytest.fixture
def person(shared_tenant: str) -> Iterator[httpx.Client]:
    """The user's own client."""
    with httpx.Client(base_url=shared_tenant, headers={"X-Keap-API-Key": PERSONAL_TOKEN}) as client:
        yield client


def test_the_records_of_others_are_not_there(keap: httpx.Client, person: httpx.Client) -> None:
    """Not listed, 404 to a read and to writes; what has no owner is hidden too."""
    own, others, nobodys = contact(keap, owner_id=PERSON), contact(keap, owner_id="2"), contact(keap)
    listed = {one["id"] for one in read(person, "contacts", filter=f"ids=={own},{others},{nobodys}")["contacts"]}
    assert listed == {own}
    for hidden in (others, nobodys):
        assert person.get(f"{V2}/contacts/{hidden}").status_code == 404
        assert person.patch(f"{V2}/contacts/{hidden}", json={"given_name": "x"}).status_code == 404
        assert person.delete(f"{V2}/contacts/{hidden}").status_code == 404
    assert read(person, f"contacts/{own}")["id"] == own


def test_opportunities_go_by_their_user_and_products_are_everybodys(keap: httpx.Client, person: httpx.Client) -> None:
    """Each entity has its own name for its owner."""
    own, others = opportunity(keap, user_id=PERSON), opportunity(keap, user_id="2")
    assert [one["id"] for one in read(person, "opportunities", filter=f"ids=={own},{others}")["opportunities"]] == [own]
    assert read(person, f"products/{product(keap)}")
