"""Order, page sizes and page tokens."""

from itertools import chain

import httpx
import pytest

from tests.sandbox.keap.api import V2, contact, patch, product, read, refusal, unique


def pages(keap: httpx.Client, collection: str, **params: object) -> list[list[str]]:
    """Read every page, as a careful client does: the token out of the URL, the parameters sent again."""
    found = []
    page = read(keap, collection, **params)
    while True:
        found.append([record["id"] for record in page[collection]])
        if not page["next_page_token"]:
            return found
        token = httpx.URL(page["next_page_token"]).params["page_token"]
        page = read(keap, collection, page_token=token, **params)


def test_pages_follow_one_another_without_gaps(keap: httpx.Client) -> None:
    """Each record once, in order, the last page with an empty token."""
    name = unique("paged")
    made = [product(keap, name=name, sku=f"{number}") for number in range(5)]

    assert pages(keap, "products", filter=f"name=={name}", page_size=2) == [made[:2], made[2:4], made[4:]]
    assert pages(keap, "products", filter=f"name=={name}", page_size=5, order_by="sku desc") == [made[::-1]]


def test_equal_order_keys_are_not_lost_between_pages(keap: httpx.Client) -> None:
    """Ties at one second cross pages: the id breaks them."""
    name = unique("tied")
    made = [product(keap, name=name) for _ in range(6)]

    found = pages(keap, "products", filter=f"name=={name}", page_size=2, order_by="last_updated_time desc")

    assert sorted(chain.from_iterable(found), key=int) == made


def test_the_token_is_a_full_url_without_the_first_pages_parameters(keap: httpx.Client) -> None:
    """As recorded: page_size and page_token, nothing else; and the URL can be asked for as it is."""
    name = unique("token")
    for _ in range(2):
        product(keap, name=name)

    url = httpx.URL(read(keap, "products", filter=f"name=={name}", page_size=1)["next_page_token"])

    assert str(url).startswith(str(keap.base_url.join(f"{V2}/products/?")))
    assert url.params.keys() == {"page_size", "page_token"}
    assert keap.get(url).status_code == 200


def test_newest_first(keap: httpx.Client) -> None:
    """`update_time desc`, with a space: the record changed last comes first."""
    seed = {"contacts": [_aged(f"2020-01-0{day}T00:00:00.000Z") for day in (1, 2, 3)]}
    made = keap.post("/_sandbox/seed", json=seed).json()["contacts"]
    patch(keap, f"contacts/{made[0]}", {"job_title": "Countess"})

    found = pages(keap, "contacts", filter=f"ids=={','.join(made)}", order_by="update_time desc")

    assert found == [[made[0], made[2], made[1]]]


def _aged(update_time: str) -> dict[str, object]:
    return {"phone_numbers": [{"number": "1"}], "update_time": update_time, "create_time": update_time}


@pytest.mark.parametrize(
    ("collection", "order_by"),
    [
        ("companies", "update_time"),
        ("opportunities", "last_updated_time desc"),
        ("products", "update_time desc"),
        ("contacts", "update_time down"),
        ("contacts", "update_time:desc"),
    ],
)
def test_only_the_listed_orders_are_taken(keap: httpx.Client, collection: str, order_by: str) -> None:
    """Companies cannot be ordered by change, and each entity has its own names."""
    assert "order_by" in refusal(keap.get(f"{V2}/{collection}", params={"order_by": order_by}))


@pytest.mark.parametrize("size", ["1001", "-1", "many"])
def test_page_sizes_lie_between_0_and_1000(keap: httpx.Client, size: str) -> None:
    """Others are refused, not cut."""
    assert "page_size" in refusal(keap.get(f"{V2}/contacts", params={"page_size": size}))


def test_page_size_0_is_the_default_of_fifty(keap: httpx.Client) -> None:
    """Zero is allowed and means nothing special."""
    for _ in range(51):
        contact(keap)

    assert len(read(keap, "contacts", page_size=0)["contacts"]) == 50


@pytest.mark.parametrize("token", ["garbage", "W10"])
def test_a_bad_token_is_refused(keap: httpx.Client, token: str) -> None:
    """So a client that mangles it is told."""
    assert "page_token" in refusal(keap.get(f"{V2}/contacts", params={"page_token": token}))


def test_a_token_of_another_order_is_refused(keap: httpx.Client) -> None:
    """A client that does not send its parameters again with each page is told, too."""
    contact(keap), contact(keap)
    token = httpx.URL(read(keap, "contacts", page_size=1, order_by="update_time desc")["next_page_token"]).params["page_token"]

    assert "order_by" in refusal(keap.get(f"{V2}/contacts", params={"page_token": token}))
