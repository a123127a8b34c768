"""Ends the worker when it should be gone, ready or moving and is not; where each of its threads stood goes to stderr.

Known ways in which Faust hangs in silence: a stop that waits for an agent, a recovery that died, a commit loop that
ended. A thread of its own sees them even when the event loop is what hangs.
"""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable

from streams.engine.fatal import die
from streams.engine.shell import Shell

TICK_S = 1.0
STOP_S = 60.0
GROUP_S = 120.0
"""For a rebalance, without opening what it brought: several times what a member has for giving up its partitions."""
FETCH_S = 120.0
"""For a fetch, which ends after a second when it finds nothing."""
READY_SLACK_S = 300.0


class Watchdog:
    """Watches one app. Each condition may hold for its time, not longer."""

    def __init__(self, app: Shell, end: Callable[[str], object] | None = None) -> None:
        """Watch `app`; `end` is called with the reason."""
        self._app = app
        self._end = end or _end
        self._since: dict[str, float] = {}
        self._progress: dict[object, int] = {}
        self._rounds = 0

    def start(self) -> None:
        """Watch until the process ends."""
        threading.Thread(target=self._loop, name="watchdog", daemon=True).start()

    def look(self, now: float) -> None:
        """Check every condition once, at `now` (monotonic seconds)."""
        app, settings = self._app, self._app.work.settings
        stopping = app.should_stop or app.crashed
        self._limit("it did not stop", STOP_S, now, holds=stopping)
        waiting = not stopping and not app.ready
        self._limit("it did not become ready", settings.open_timeout_s + READY_SLACK_S, now, holds=waiting)
        self._limit("it got no partitions of its group", GROUP_S, now, holds=waiting and not app.work.opening)
        self._limit("it asked the broker for nothing", FETCH_S, now, holds=self._deaf() and app.ready and not app.work.inbox.full)
        if settings.stall_timeout_s is not None:
            self._limit("events wait and none is finished", settings.stall_timeout_s, now, holds=self._stalled() and not app.work.holding)

    def _stalled(self) -> bool:
        watermarks = dict(self._app.watermarks)
        progress: dict[object, int] = {tp: watermark.next for tp, watermark in watermarks.items()}
        same, self._progress = progress == self._progress, progress
        return same and any(watermark.waiting for watermark in watermarks.values())

    def _deaf(self) -> bool:
        same, self._rounds = self._rounds == self._app.rounds, self._app.rounds
        return same

    def _limit(self, what: str, limit_s: float, now: float, *, holds: bool) -> None:
        if not holds:
            self._since.pop(what, None)
        elif now - self._since.setdefault(what, now) > limit_s:
            self._end(f"{what} for more than {limit_s:.0f} s")

    def _loop(self) -> None:
        while True:
            time.sleep(TICK_S)
            self.look(time.monotonic())


def _end(reason: str) -> None:
    faulthandler.dump_traceback(all_threads=True)
    die(reason)
