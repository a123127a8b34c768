"""`delete`: what happens on a side to the twin of a record that is gone from the other."""

from __future__ import annotations

from typing import Final, cast, get_args

from schemas.flows import SIDES, Side
from streams.mapping.parse.document import Node
from streams.mapping.parse.row import Context
from streams.mapping.rows import ACTIVE, DeletePolicy

KEEP: Final = "keep"


def parse_delete(node: Node, context: Context) -> dict[Side, DeletePolicy]:
    """Return the policy of each side that is named; the others keep the twin."""
    deletes: dict[Side, DeletePolicy] = {}
    for key, said in node.entries(SIDES).items():
        side = cast("Side", key)
        policy = said.choice(get_args(DeletePolicy))
        if policy == "deactivate" and context.properties is not None and ACTIVE not in context.properties[side]:
            said.fault(f"{side} {context.flow} has no property `{ACTIVE}` to switch off; allowed: keep, delete")
        deletes[side] = cast("DeletePolicy", policy or KEEP)
    return deletes
