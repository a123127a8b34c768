"""A clause of the contract: a sentence, and the function that checks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from connectors.erp.conformance.trial import Trial

Capability = Literal["updated_since", "versions", "idempotency", "external_id", "soft_delete", "webhooks"]
Check = Callable[[Trial], Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the contract.

    Attributes:
        id: names it, for reports.
        sentence: what has to hold.
        check: raises `Broken` where it does not.
        needs: the capability without which it is not asked.
        writes: it changes records, its own only.
    """

    id: str
    sentence: str
    check: Check
    needs: Capability | None
    writes: bool


def clause(name: str, sentence: str, *, needs: Capability | None = None, writes: bool = False) -> Callable[[Check], Clause]:
    """Make a clause of the function that checks it."""
    return lambda check: Clause(name, sentence, check, needs, writes)
