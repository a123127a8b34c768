"""Between an assignment and its first event: open the partitions, position the sources, let events flow."""

# ruff: noqa: SLF001  # faust offers no public way in; versions.py pins it

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faust.tables.manager import TableManager
from faust.tables.recovery import RebalanceAgain, ServiceStopped
from faust.tables.recovery import Recovery as FaustRecovery

from streams.engine.fatal import fail

if TYPE_CHECKING:
    from streams.engine.shell import Shell


class Recovery(FaustRecovery):
    """Faust's recovery service, opening our partitions in place of its tables."""

    app: Shell

    async def _resume_streams(self, generation_id: int = 0) -> None:
        """Make the assignment ready, in an order that loses nothing (faust issue 596).

        1. stop the flow: events that arrive meanwhile would be cleared when it resumes,
        2. open and recover the partitions,
        3. seek every source partition,
        4. let it flow, unless another rebalance has begun.
        """
        app, consumer = self.app, self.app.consumer
        rebalance = app.rebalancing_count
        if generation_id != app.consumer_generation_id:
            return  # the next assignment has already been announced
        consumer.stop_flow()  # 1.
        app.flow_control.suspend()
        await app.on_rebalance_complete.send()
        assignment = consumer.assignment()
        await self._wait(self._open({tp.partition for tp in assignment}), app.work.settings.open_timeout_s)  # 2.
        await self._wait(consumer.perform_seek(), app.conf.broker_request_timeout)  # 3.
        if rebalance != app.rebalancing_count:
            raise RebalanceAgain
        consumer.resume_partitions(assignment)  # 4.
        app.work.resume()
        self.completed.set()
        app.flow_control.resume()
        consumer.resume_flow()
        await app._fetcher.maybe_start()
        self.tables.on_actives_ready()
        self.tables.on_standbys_ready()
        app.on_rebalance_end()

    async def _open(self, numbers: set[int]) -> None:
        try:
            await self.app.work.reassign(numbers)
        except Exception as error:  # noqa: BLE001  # in stock a failed recovery is a worker that never gets ready
            fail(error)

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ASYNC109  # stock's signature
        """Raise on a time-out: to stock it looks like the end of the service, and nobody is ever told."""
        result = await self.wait_first(coro, self.signal_recovery_start, timeout=timeout)
        if result.stopped and not self.should_stop:
            raise TimeoutError(f"opening the partitions took more than {timeout} s")
        if result.stopped:
            raise ServiceStopped
        if self.signal_recovery_start in result.done:
            raise RebalanceAgain


class Tables(TableManager):
    """Faust's table manager, which starts and stops the recovery; it manages no table."""

    _recovery: Recovery | None = None

    @property
    def recovery(self) -> Recovery:
        """The recovery service."""
        if self._recovery is None:
            self._recovery = Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery

    async def on_start(self) -> None:
        """Start at once; stock sleeps for a second first, which each restart after a crash would pay."""
        await self._update_channels()
        await self.recovery.start()
