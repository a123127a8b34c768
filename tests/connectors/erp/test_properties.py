"""The table for the mapping's parser says what the contract says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import connectors.erp
from connectors.erp.properties import PROPERTIES, WRITABLE, known
from schemas.flows import FLOWS, Flow

SCHEMAS: dict[str, Any] = YAML(typ="safe").load(Path(connectors.erp.__file__).parent / "contract.yaml")["components"]["schemas"]
SCHEMA: dict[Flow, str] = {"company": "Customer", "contact": "Contact", "opportunity": "Order", "product": "Product"}


def flat(properties: dict[str, Any]) -> set[str]:
    """Return the flat names of a schema's properties, lists left out."""
    names: set[str] = set()
    for name, schema in properties.items():
        inner = SCHEMAS[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        if "properties" in inner:
            names |= {f"{name}.{line}" for line in inner["properties"]}
        elif "array" not in inner.get("type", ()):
            names.add(name)
    return names


@pytest.mark.parametrize("flow", FLOWS)
def test_the_table_is_the_contract(flow: Flow):
    """No property more, none less."""
    assert flat(SCHEMAS[f"{SCHEMA[flow]}Properties"]["properties"]) == WRITABLE[flow]


@pytest.mark.parametrize("flow", FLOWS)
def test_the_stamp_is_read_but_not_written_by_mappings(flow: Flow):
    """It is the connector's."""
    assert PROPERTIES[flow] - WRITABLE[flow] == {"external_id"}
    assert known(flow, "external_id")
    assert not known(flow, "external_id", writable=True)
