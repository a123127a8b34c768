"""`POST /_sandbox/seed`: many records at once, in one transaction, none of them in the log.

The body is `{"customers": [...], "contacts": [...], "products": [...], "orders": [...]}`. A record is what a create takes, and
may have `created_at` and `updated_at`. A reference may be `{"$ref": ["customers", 3]}`: the fourth customer of this very body.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_json
from sandbox.erp.calls.create import make
from sandbox.erp.contract import Entity
from sandbox.erp.database import transaction
from sandbox.erp.formats import parse_instant
from sandbox.erp.problems import Fault, Problem
from sandbox.erp.requests import JSON, read_body
from sandbox.erp.system import Erp

ORDER = ("customers", "contacts", "products", "orders")  # What is referred to comes first.
TIMES = ("created_at", "updated_at")
SEEDER = "seed"  # In `updated_by`.


async def seed(erp: Erp, request: Request) -> Response:
    """Answer `{entity: [ids in the order given]}`; nothing is stored when one record is not right (422)."""
    wanted = await read_body(request, JSON)
    if faults := [Fault(name, "unknown", "is no entity") for name in wanted if name not in ORDER]:
        raise Problem(422, "the seed names other entities", *faults)
    ids: dict[str, list[str]] = {}
    with transaction(erp.connection):
        for name in filter(wanted.__contains__, ORDER):
            ids[name] = []
            for index, document in enumerate(wanted[name]):
                ids[name].append(_plant(erp, erp.contract.entities[name], f"{name}.{index}", document, ids))
    return answer_json(ids)


def _plant(erp: Erp, entity: Entity, place: str, document: dict[str, Any], ids: dict[str, list[str]]) -> str:
    """Make one record; a `Problem` names its place in the body."""
    try:
        times = {name: parse_instant(document[name]) for name in TIMES if name in document}
        own = {name: _follow(value, ids) for name, value in document.items() if name not in TIMES}
    except (TypeError, ValueError, LookupError) as error:
        raise Problem(422, f"{place}: {error}", Fault(place, "malformed", repr(error))) from error
    try:
        return make(erp, entity, own, SEEDER, **times).id
    except Problem as problem:
        problem.body["detail"] = f"{place}: {problem}"
        raise


def _follow(value: Any, ids: dict[str, list[str]]) -> Any:
    if isinstance(value, dict) and "$ref" in value:
        name, index = value["$ref"]
        return ids[name][index]
    return value
