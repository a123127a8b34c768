"""Which faults are on, and which one hits a given request: the same for the same seed, whatever runs beside it."""

from collections import Counter
from enum import StrEnum
from random import Random
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

Rate = Annotated[float, Meta(ge=0, le=1)]
Milliseconds = Annotated[int, Meta(ge=0)]


class Fault(StrEnum):
    """What happens to a request, in the order in which it is tried."""

    REJECT_TOKEN = "reject_token"  # noqa: S105 -- a fault's name
    THROTTLE = "throttle"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    DROP_REPLY = "drop_reply"


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """The switches as they are put and shown; all off by default.

    Attributes:
        seed: Where the dice start; putting rules starts them anew.
        throttle: Share of requests answered 429.
        error_before: Share answered 500, with nothing done.
        error_after: Share answered 500 though the work was committed.
        drop_reply: Share committed, then the connection is closed without an answer.
        latency_ms: Least and most wait before a request is looked at.
        stale_read_ms: Age of the state that reads answer from.
        reject_token: Every token is refused.
        methods: The only methods hit; None hits all.
    """

    seed: int = 0
    throttle: Rate = 0.0
    error_before: Rate = 0.0
    error_after: Rate = 0.0
    drop_reply: Rate = 0.0
    latency_ms: tuple[Milliseconds, Milliseconds] = (0, 0)
    stale_read_ms: Milliseconds = 0
    reject_token: bool = False
    methods: tuple[str, ...] | None = None


class Hit(NamedTuple):
    """What one request gets: a wait in seconds, and at most one fault."""

    wait_s: float
    fault: Fault | None


class Dice:
    """Draws per request from (seed, method, path, how often this method and path came before).

    Requests side by side do not disturb each other's draws, so a run repeats although its interleaving does not.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._seen: Counter[tuple[str, str]] = Counter()

    def draw(self, method: str, path: str) -> Hit:
        """Say what happens to the next request of `method` to `path`."""
        rules = self._rules
        if rules.methods is not None and method not in rules.methods:
            return Hit(0.0, None)
        self._seen[method, path] += 1
        random = Random(f"{rules.seed} {method} {path} {self._seen[method, path]}")
        wait_s = random.uniform(*rules.latency_ms) / 1000
        if rules.reject_token:
            return Hit(wait_s, Fault.REJECT_TOKEN)
        for fault in (Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.DROP_REPLY):
            if random.random() < getattr(rules, fault):
                return Hit(wait_s, fault)
        return Hit(wait_s, None)
