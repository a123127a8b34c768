"""The reference ERP keeps the whole of `contract.yaml`: schemathesis makes requests from it, right ones and wrong ones."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import settings
from ruamel.yaml import YAML
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.checks import load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sandbox.erp.contract import CONTRACT
from sandbox.erp.server import build_app
from sandbox.http.run import background
from tests.sandbox.erp.client import TOKEN, ErpClient

AnyCase = Case[Any]

load_all_checks()
contract = schemathesis.openapi.from_dict(YAML(typ="safe").load(CONTRACT))

# What a schema cannot say. `required`: a patch may take away the last name a contact has.
BEYOND_SCHEMAS = {"reference", "mismatch", "immutable", "key_reused", "required"}
WEBHOOK = {"url": "https://example.com/hook", "events": ["order.created"]}


@pytest.fixture(scope="module")
def erp() -> Iterator[ErpClient]:
    """Serve an empty ERP with a quota nobody spends."""
    with background(build_app(token=TOKEN)) as url, ErpClient(url) as client:
        client.switch("quota", per_minute=10_000_000)
        yield client


@contract.parametrize()
@settings(max_examples=20, derandomize=True, database=None)
def test_every_call_keeps_the_contract(case: AnyCase, erp: ErpClient) -> None:
    """No 500; statuses, headers and bodies as declared; wrong requests refused, and right ones only for a named reason."""
    point_at_records(case, erp)
    case.call_and_validate(
        base_url=str(erp.base_url),
        headers={"Authorization": f"Bearer {TOKEN}"},
        additional_checks=[right_requests_are_refused_only_for_what_schemas_cannot_say],
        excluded_checks=[positive_data_acceptance],  # The check above, which knows the reasons.
    )


def right_requests_are_refused_only_for_what_schemas_cannot_say(_: CheckContext, response: Response, case: AnyCase) -> None:
    """Check the codes of a refusal."""
    if not all_right(case) or response.status_code not in {httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY}:
        return
    for fault in response.json()["errors"]:
        assert fault["code"] in BEYOND_SCHEMAS or fault["field"] == "cursor", fault


def point_at_records(case: AnyCase, erp: ErpClient) -> None:
    """Put ids of records that exist where the schema only asks for some id, unless it is meant to be wrong."""
    if is_right(case, ParameterLocation.PATH) and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = make_record(erp, case.path.split("/")[1])
    if is_right(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        for name, entity in (("contact_id", "contacts"), ("customer_id", "customers")):
            if isinstance(case.body.get(name), str):
                case.body[name] = make_record(erp, entity)


def make_record(erp: ErpClient, entity: str) -> str:
    """Make a record of the least a create needs; returns its id."""
    needed: dict[str, dict[str, Any]] = {
        "customers": {"name": "x"},
        "contacts": {"last_name": "x"},
        "products": {"name": "x"},
        "webhooks": WEBHOOK,
    }
    body = needed[entity] if entity in needed else {"title": "x", "contact_id": make_record(erp, "contacts")}
    return str(erp.make(entity, **body)["id"])


def is_right(case: AnyCase, location: ParameterLocation) -> bool:
    """Tell whether one part of the request is meant to be as the schema asks."""
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode is GenerationMode.POSITIVE


def all_right(case: AnyCase) -> bool:
    """Tell whether the whole request is."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
