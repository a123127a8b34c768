"""The tenant's own side of things: which custom fields its entities have, its currency, and how a field is added to a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from connectors.http import Api
from connectors.keap.directory import Directory
from connectors.keap.properties import ENTITIES
from schemas.errors import RejectedError
from schemas.flows import Flow


@dataclass(frozen=True, slots=True)
class TenantModel:
    """What is the tenant's own.

    Attributes:
        custom_fields: flow -> label -> field type, of the entities that have custom fields.
        currency: ISO 4217; None where the tenant says none, or nobody asked.
    """

    custom_fields: Mapping[Flow, Mapping[str, str]]
    currency: str | None


async def read_model(directory: Directory, flows: Collection[Flow]) -> TenantModel:
    """Return what the tenant has for some flows; the currency is products' only. Raises the tree of `schemas.errors`."""
    fields: dict[Flow, dict[str, str]] = {}
    for entity in (ENTITIES[flow] for flow in flows if ENTITIES[flow].stamped):
        names = await directory.names(entity)
        fields[entity.flow] = {one.label: one.type for one in reversed([*names.custom.values()])}
    return TenantModel(fields, await directory.currency() if "product" in flows else None)


async def add_field(api: Api, flow: Flow, label: str, field_type: str) -> None:
    """Add a custom field to the model of a flow's entity, in Keap's own group for such fields.

    Raises:
        RejectedError: Keap refuses it, with its words; products have no model.
    """
    entity = ENTITIES[flow]
    if not entity.stamped:
        raise RejectedError(f"Keap's {entity.plural} have no custom fields")
    await api.call("POST", f"{entity.plural}/model/customFields", body={"label": label, "field_type": field_type})
