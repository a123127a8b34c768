"""What the server reads from the ERP contract: each entity's properties, checks, references and query parameters.

The contract file is the only thing shared with the client. It is read as a file, so that no module of the client is
imported, and only by the shape OpenAPI gives it: entities are the paths that have a `/{id}` beside them.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sandbox.erp.checks import Check, compile_check
from sandbox.erp.schemas import Schema, Schemas

CONTRACT = Path(__file__).parents[2] / "connectors" / "erp" / "contract.yaml"
POSITION = frozenset({"updated_since", "include_deleted", "limit", "cursor"})  # The other list parameters are look-ups.


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query or header parameter: its schema, flat, and the check of a parsed value."""

    schema: Schema
    check: Check


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    Attributes:
        name: As in the path, such as `customers`.
        properties: Name → schema of what clients may write, without `external_id`, in the contract's order.
        references: Property → the entity it names a record of.
        look_ups: Query parameters that keep records by exact value.
        parameters: All query parameters of the list.
        check_create: Faults of a create's body.
        check_patch: Faults of a merge patch.
        key: The `Idempotency-Key` header.
        match: The `If-Match` header.
    """

    name: str
    properties: dict[str, Schema]
    references: dict[str, str]
    look_ups: frozenset[str]
    parameters: dict[str, Parameter]
    check_create: Check
    check_patch: Check
    key: Parameter
    match: Parameter


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract as the server uses it."""

    entities: dict[str, Entity]
    check_webhook: Check


@cache
def load_contract() -> Contract:
    """Read and compile the contract; raises `KeyError` or `ValueError` where it is not what the server can serve."""
    document = YAML(typ="safe").load(CONTRACT)
    schemas = Schemas(document)
    paths = document["paths"]
    names = [item[1:] for item, calls in paths.items() if "patch" in paths.get(f"{item}/{{id}}", {}) and "post" in calls]
    webhook = schemas.flat(_body(paths["/webhooks"]["post"]))
    return Contract({name: _entity(schemas, paths, name) for name in names}, compile_check(webhook))


def _entity(schemas: Schemas, paths: dict[str, Any], name: str) -> Entity:
    many, one = paths[f"/{name}"], paths[f"/{name}/{{id}}"]
    create = schemas.flat(_body(many["post"]))
    read_only = schemas.read_only(many["get"]["responses"]["200"]["content"]["application/json"]["schema"])
    properties = {key: schema for key, schema in create["properties"].items() if key != "external_id"}
    queries = _parameters(schemas, many["get"])
    return Entity(
        name,
        properties,
        references={key: schema["x-references"] for key, schema in properties.items() if "x-references" in schema},
        look_ups=frozenset(queries) - POSITION,
        parameters=queries,
        check_create=compile_check(create, read_only),
        check_patch=compile_check(schemas.flat(_body(one["patch"])), read_only),
        key=_parameters(schemas, many["post"])["Idempotency-Key"],
        match=_parameters(schemas, one["patch"])["If-Match"],
    )


def _body(call: dict[str, Any]) -> Schema:
    (content,) = call["requestBody"]["content"].values()
    schema: Schema = content["schema"]
    return schema


def _parameters(schemas: Schemas, call: dict[str, Any]) -> dict[str, Parameter]:
    found = {}
    for reference in call["parameters"]:
        parameter = schemas.resolve(reference)
        schema = schemas.flat(parameter["schema"])
        found[parameter["name"]] = Parameter(schema, compile_check(schema))
    return found
