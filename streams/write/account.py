"""One connection's API account on the side that is written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field

from connectors.base import Sink
from schemas.errors import RetriableError
from schemas.flows import Flow
from streams.patience import Patience


@dataclass(slots=True)
class Account:
    """The connector, and how to treat it.

    Attributes:
        sink: its connector.
        stamps: native path of the stamp, for flows whose records carry one.
        lag_ms: how long a read may show an older state after a write.
        timeout_ms: how long a request may be under way.
        patience: waits for the account.
    """

    sink: Sink
    stamps: Mapping[Flow, str]
    lag_ms: int
    timeout_ms: int
    patience: Patience
    _check: asyncio.Task[list[str]] | None = field(default=None, init=False)

    async def introduce(self, stopping: asyncio.Event) -> None:
        """Let the account say what it offers, once, before its first command: `Source.traits` hold only after a `check`.

        Raises:
            Stopped: `stopping` was set while the account did not answer.
        """
        await self.patience(self._introduced, stopping)

    async def _introduced(self) -> None:
        if self._check is None:
            # In a context of its own: these calls are none of the command's that happens to be the first.
            self._check = asyncio.create_task(self.sink.check(), context=Context())
        if faults := await asyncio.shield(self._check):
            self._check = None
            raise RetriableError("; ".join(faults))
