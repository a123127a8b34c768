"""One connection's API account on the side that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.base import Sink
from schemas.flows import Flow
from streams.introduction import Introduction
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
        refusals: why nothing must be written with what the account offers (`Introduction`).
    """

    sink: Sink
    stamps: Mapping[Flow, str]
    lag_ms: int
    timeout_ms: int
    patience: Patience
    refusals: Callable[[], list[str]] = list
    introduction: Introduction = field(init=False)
    """To be waited for before its first command."""

    def __post_init__(self) -> None:
        """Nothing is asked before somebody waits."""
        self.introduction = Introduction(self.sink, self.patience, self.refusals)
