"""`match`: which records are twins, a list of rules, the surest first."""

from __future__ import annotations

from typing import Final

from streams.mapping.parse.document import Node
from streams.mapping.parse.named import Named
from streams.mapping.rows import MatchRule

KEYS: Final = ("fields", "unique", "narrows", "without", "review_only")


def parse_match(node: Node, named: Named) -> tuple[MatchRule, ...]:
    """Return the rules in order."""
    rules = []
    for number, item in enumerate(node.items()):
        said = item.entries(KEYS)
        flags = {key: said[key].flag() for key in ("unique", "narrows", "review_only") if key in said}
        fields = named.several(said["fields"]) if "fields" in said else ()
        without = named.one(said["without"]) if "without" in said else None
        if "fields" not in said or not said["fields"].value:
            item.fault("a match rule needs `fields`, a list of ERP names of rows")
        if flags.get("narrows") and not number:
            item.fault("`narrows` refines the rule before it, and there is none; allowed: from the second rule on")
        rules.append(MatchRule(fields, without=without, **flags))
    return tuple(rules)
