"""Before an account is used it says what it offers: `Source.traits` hold only after a `check`.

A process asks all of its accounts when it starts. It ends when no connection is whole, so that a wrong key is told at once; else an account
that is away, or refuses us, holds its own connection alone, and is asked until it answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context
from typing import Final

from connectors.base import Source
from schemas.errors import FatalError, RetriableError, SyncError
from streams.patience import Patience

CHECKS: Final = 8
"""A check is some ten calls: one that a passing fault hit is no reason to end, one that fails again and again is."""
BETWEEN_S: Final = 1.0
REST_S: Final = 10.0
"""How long the other connections are waited for once one is whole: an account that is well answers in a second."""


class Introduction:
    """One account, which is checked once however many wait for it."""

    def __init__(self, source: Source, patience: Patience, refusals: Callable[[], list[str]] = list) -> None:
        """Prepare.

        Args:
            source: the account's connector.
            patience: waits for the account.
            refusals: why nothing must be done with what the account offers, a sentence each; asked once, after the check.
        """
        self.source = source
        self._patience = patience
        self._refusals = refusals
        self._check: asyncio.Task[list[str]] | None = None
        self._made = False

    async def wait(self, stopping: asyncio.Event | None = None) -> None:
        """Wait until the account has answered.

        Raises:
            Stopped: `stopping` was set while the account did not answer.
            FatalError: it offers too little.
        """
        if not self._made:
            await self._patience(self._make, stopping)

    async def faults(self) -> list[str]:
        """Check the account unless it has passed; returns one sentence per fault."""
        if self._check is None:
            # In a context of its own: these calls are none of the command's that happens to be the first.
            self._check = asyncio.create_task(self.source.check(), context=Context())
        check = self._check
        try:
            faults = await asyncio.shield(check)
        except SyncError as error:
            faults = [str(error)]
        if faults and self._check is check:
            self._check = None
        return faults

    async def _make(self) -> None:
        if faults := await self.faults():
            raise RetriableError("; ".join(faults))
        if self._made:  # by another one who waited for the same check
            return
        if refused := self._refusals():
            raise FatalError("; ".join(refused))
        self._made = True


async def require_accounts(connections: Mapping[str, Iterable[Introduction]]) -> set[str]:
    """Check the accounts of every connection; returns the connections that are whole by now, one at least.

    Raises:
        RetriableError: none is; one sentence per fault, each naming its place.
    """
    asked = {asyncio.create_task(_faults_of(accounts)): name for name, accounts in connections.items()}
    waiting, whole, faults = set(asked), set[str](), list[str]()
    while waiting:
        done, waiting = await asyncio.wait(waiting, timeout=REST_S if whole else None, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            break
        whole |= {asked[task] for task in done if not task.result()}
        faults += [sentence for task in done for sentence in task.result()]
    for task in waiting:
        task.cancel()
    if not whole and faults:
        raise RetriableError("\n".join(faults))
    return whole


async def _faults_of(accounts: Iterable[Introduction]) -> list[str]:
    found = await asyncio.gather(*(_lasting(account) for account in accounts))
    return [sentence for sentences in found for sentence in sentences]


async def _lasting(account: Introduction) -> list[str]:
    for attempt in range(CHECKS):
        if not (faults := await account.faults()):
            break
        if attempt + 1 < CHECKS:
            await asyncio.sleep(BETWEEN_S)
    return faults
