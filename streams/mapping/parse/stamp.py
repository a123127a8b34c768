"""`stamp`: where a created record carries the id of its pair, so that it is known again whatever else is lost."""

from __future__ import annotations

from typing import Final

from schemas.flows import SIDES, Side
from streams.mapping.parse.document import Node
from streams.mapping.parse.row import Context
from streams.mapping.rows import CUSTOM

STAMP_FIELD: Final = "stamp_field"
"""Stands for the Keap custom field that the connection's settings name."""
EXTERNAL_ID: Final = "external_id"
"""The ERP's own property for it, by contract."""


def parse_stamp(node: Node, context: Context) -> dict[Side, str]:
    """Return the native path of each side's stamp; Keap has none where the settings name no field."""
    said = node.entries(SIDES)
    stamp: dict[Side, str] = {}
    if "erp" in said and said["erp"].choice([EXTERNAL_ID]):
        stamp["erp"] = EXTERNAL_ID
    if "keap" in said and (path := _keap(said["keap"], context)):
        stamp["keap"] = path
    return stamp


def _keap(node: Node, context: Context) -> str | None:
    word = node.word()
    if context.flow == "product":
        node.fault("Keap's products have no custom field to stamp; allowed: erp")
    elif word == STAMP_FIELD:
        label = context.options.keap_stamp_field
        return CUSTOM + label if label else None
    elif word and word.startswith(CUSTOM) and word != CUSTOM:
        return word
    elif word:
        node.fault(f"`{word}` cannot carry a stamp; allowed: {STAMP_FIELD}, {CUSTOM}<label>")
    return None
