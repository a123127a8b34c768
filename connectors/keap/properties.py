"""Every native property of Keap by flow, for the mapping's parser. Custom fields come beside them, by label."""

from __future__ import annotations

from typing import Final

from connectors.keap.company import COMPANY
from connectors.keap.contact import CONTACT
from connectors.keap.custom_fields import PREFIX
from connectors.keap.entity import Entity
from connectors.keap.opportunity import OPPORTUNITY
from connectors.keap.product import PRODUCT
from schemas.flows import Flow

ENTITIES: Final[dict[Flow, Entity]] = {one.flow: one for one in (COMPANY, CONTACT, OPPORTUNITY, PRODUCT)}
CUSTOM_PREFIX: Final = PREFIX

PROPERTIES: Final[dict[Flow, frozenset[str]]] = {flow: frozenset(one.properties()) for flow, one in ENTITIES.items()}
WRITABLE: Final[dict[Flow, frozenset[str]]] = {flow: frozenset(one.properties(writable=True)) for flow, one in ENTITIES.items()}


def known(flow: Flow, name: str, *, writable: bool = False) -> bool:
    """Tell whether Keap has (or takes) a property; any label passes for a custom field, which only the tenant can tell."""
    if name.startswith(CUSTOM_PREFIX):
        return ENTITIES[flow].stamped
    return name in (WRITABLE if writable else PROPERTIES)[flow]
