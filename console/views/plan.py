"""What a dry run found, one line per flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.show import console, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.rehearsal.plan import FlowPlan, Plan

COLUMNS = ("in keap", "in erp", "would link", "create in keap", "create in erp", "update keap", "update erp", "to review")


def print_plans(plans: Mapping[str, Plan]) -> None:
    """Print the plans; a last column says how many records would stay without a twin, and what they wait for."""
    rows = table("connection", "flow", *COLUMNS, "would wait for", title="Dry run: nothing was written", numbers=COLUMNS)
    refused = []
    for connection, plan in plans.items():
        for flow, each in plan.flows.items():
            rows.add_row(connection, flow, *_numbers(each), ", ".join(f"{gate} {count}" for gate, count in sorted(each.waiting.items())))
            refused += [letter.message for letter in each.refused]
    out = console()
    out.print(rows)
    for message in refused:
        out.print(f"cannot be carried: {message}")


def _numbers(plan: FlowPlan) -> list[str]:
    numbers = (
        plan.read["keap"], plan.read["erp"], len(plan.linked), len(plan.creates["keap"]), len(plan.creates["erp"]),
        len(plan.updates["keap"]), len(plan.updates["erp"]), len(plan.reviews),
    )  # fmt: skip
    return [str(number) for number in numbers]
