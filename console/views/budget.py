"""What each account may still be called, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.show import console, table, text

if TYPE_CHECKING:
    from console.read_model.budget import Budget


def print_budgets(budgets: tuple[Budget, ...]) -> None:
    """Print a line per account that has been called."""
    if not budgets:
        return
    numbers = ("left today", "of", "calls a second")
    lines = table("account", *numbers, "waits", title="\nBudget", numbers=numbers)
    for budget in budgets:
        lines.add_row(budget.account, text(budget.left), text(budget.limit), f"{budget.per_second:.3g}", text(budget.waits))
    console().print(lines)
