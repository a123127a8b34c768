"""Ask an ERP clause by clause; one that cannot be asked says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import httpx

from connectors.erp.conformance import offered, reading, writing
from connectors.erp.conformance.clause import Clause
from connectors.erp.conformance.receiver import Hook
from connectors.erp.conformance.trial import Trial
from connectors.erp.conformance.wire import Broken, Exchange, NotAsked, Wire
from connectors.tls import authorities

CLAUSES: Final = tuple(one for module in (reading, writing, offered) for one in vars(module).values() if isinstance(one, Clause))
"""All clauses in the order they are asked: what is offered first of all."""
Verdict = Literal["pass", "fail", "not offered", "not asked"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one clause.

    Attributes:
        verdict: `not offered`: its capability is off. `not asked`: it writes, and writing was not allowed; or it cannot be asked from here.
        reason: what was expected, when it failed; why it cannot be asked.
        exchanges: what was said, in its order.
    """

    clause: Clause
    verdict: Verdict
    reason: str = ""
    exchanges: tuple[Exchange, ...] = ()


def conformance(url: str, token: str, *, write: bool = False, hook: Hook | None = None, timeout_s: float = 30) -> Iterator[Result]:
    """Yield the result of each clause; what was made is deleted at the end.

    Args:
        url: ends before `/api/v1`.
        token: the bearer token.
        write: ask the clauses that write, too.
        hook: where deliveries reach this machine, for an ERP that runs on another one.
        timeout_s: of one call.
    """
    base = url.rstrip("/") + "/api/v1/"
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}, timeout=timeout_s, verify=authorities()) as client:
        trial = Trial(Wire(client, token), hook=hook or Hook())
        try:
            for clause in CLAUSES:
                yield _result(clause, trial, write=write)
        finally:
            _tidy(trial)


def _result(clause: Clause, trial: Trial, *, write: bool) -> Result:
    if clause.needs and not getattr(trial.offers, clause.needs):
        return Result(clause, "not offered")
    if clause.writes and not write:
        return Result(clause, "not asked")
    trial.wire.forget()
    try:
        clause.check(trial)
    except NotAsked as reason:
        return Result(clause, "not asked", str(reason))
    except Broken as error:
        return Result(clause, "fail", str(error), tuple(trial.wire.exchanges))
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # an answer of a shape nobody expected
        return Result(clause, "fail", f"the answer cannot be read: {error!r}", tuple(trial.wire.exchanges))
    return Result(clause, "pass", exchanges=tuple(trial.wire.exchanges))


def _tidy(trial: Trial) -> None:
    try:
        trial.tidy()
    except Broken:
        return
