"""What a dry run found, one line per flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.show import console, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.dry_run import Planned

COLUMNS = ("in keap", "in erp", "would link", "create in keap", "create in erp", "update keap", "update erp", "to review")


def print_plan(planned: Sequence[Planned]) -> None:
    """Print the plan; a last column says what would stay without a twin, and why."""
    rows = table("connection", "flow", *COLUMNS, "stay alone", title="Dry run: nothing was written", numbers=COLUMNS)
    for each in planned:
        numbers = (
            each.records["keap"], each.records["erp"], each.links, each.creates["keap"], each.creates["erp"],
            each.updates["keap"], each.updates["erp"], each.reviews,
        )  # fmt: skip
        alone = ", ".join(f"{count} ({gate})" for gate, count in sorted(each.waiting.items()))
        rows.add_row(each.connection, each.flow, *map(str, numbers), alone)
    console().print(rows)
