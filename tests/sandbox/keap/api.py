"""Short words for the calls the tests make all the time."""

from typing import Any
from uuid import uuid4

import httpx

V2 = "/rest/v2"


def unique(prefix: str = "name") -> str:
    """Give a word no other test uses."""
    return f"{prefix}-{uuid4().hex[:12]}"


def create(keap: httpx.Client, collection: str, body: dict[str, Any], **params: str) -> Any:
    """POST a record that must be accepted."""
    response = keap.post(f"{V2}/{collection}", json=body, params=params)
    assert response.status_code == 201, response.text
    return response.json()


def patch(keap: httpx.Client, path: str, body: dict[str, Any], mask: str | list[str] | None = None, **params: str) -> Any:
    """PATCH a record; must be accepted."""
    query: dict[str, Any] = params if mask is None else {"update_mask": mask, **params}
    response = keap.patch(f"{V2}/{path}", json=body, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def read(keap: httpx.Client, path: str, **params: Any) -> Any:
    """GET what must be there."""
    response = keap.get(f"{V2}/{path}", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def refusal(response: httpx.Response) -> str:
    """Make sure that a call was refused with 400, and give the message."""
    assert response.status_code == 400, response.text
    body = response.json()
    assert body["code"] == 400
    assert body["status"] == "INVALID_ARGUMENT"
    return str(body["message"])


def company(keap: httpx.Client, **fields: Any) -> str:
    """Add a company; its id."""
    return str(create(keap, "companies", {"company_name": unique("company"), **fields})["id"])


def contact(keap: httpx.Client, **fields: Any) -> str:
    """Add a contact; its id."""
    email = [{"field": "EMAIL1", "email": f"{unique()}@example.com"}]
    return str(create(keap, "contacts", {"given_name": "Ada", "email_addresses": email, **fields})["id"])


def opportunity(keap: httpx.Client, **fields: Any) -> str:
    """Add an opportunity in the first stage; its id."""
    contact_id = fields.pop("contact_id", None) or contact(keap)
    body = {"opportunity_title": unique("deal"), "stage_id": "1", "contact_id": contact_id, **fields}
    return str(create(keap, "opportunities", body)["id"])


def product(keap: httpx.Client, **fields: Any) -> str:
    """Add a product; its id."""
    return str(create(keap, "products", {"name": unique("product"), "price": 1250, "short_description": "short", **fields})["id"])
