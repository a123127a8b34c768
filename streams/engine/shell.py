"""The Faust app of one stage: membership, assignment and commits are Faust's, everything else is put in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import faust
from faust.app.base import BootStrategy as FaustBootStrategy
from faust.types import TP

from streams.engine.assignor import Assignor
from streams.engine.fatal import fail
from streams.engine.recovery import Tables
from streams.engine.security import credentials
from streams.engine.settings import EngineSettings
from streams.engine.transport import Consumer, Transport
from streams.engine.watermark import Watermark
from streams.engine.work import Work

DAY_S = 86_400


class BootStrategy(FaustBootStrategy):
    """Starts no Faust producer: all that is sent goes through a partition's transactions."""

    enable_kafka_producer = False


class Shell(faust.App):
    """A Faust app around one stage's work."""

    BootStrategy = BootStrategy
    consumer: Consumer
    tables: Tables

    def __init__(self, work: Work) -> None:
        """Wrap `work`; one agent reads all source topics."""
        self.work = work
        super().__init__(work.settings.stage, **_options(work.settings))
        topics = self.topic(*work.settings.topics, key_serializer="raw", value_serializer="raw")
        work.heard_at = lambda: self.consumer.heard_at
        self.agent(topics, name=work.settings.stage)(self._agent)

    @property
    def ready(self) -> bool:
        """Whether the partitions are recovered and events flow."""
        return self.tables.recovery.completed.is_set() and not self.rebalancing

    @property
    def watermarks(self) -> Mapping[TP, Watermark]:
        """Progress of the partitions of the present assignment."""
        return self._consumer.watermarks if self._consumer else {}

    @property
    def rounds(self) -> int:
        """How often the broker was asked for records."""
        return self._consumer.rounds if self._consumer else 0

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    async def _agent(self, stream: Any) -> None:
        """Do the stage's work; starting the stream subscribes to its topics."""
        await stream.maybe_start()
        try:
            await self.work.run()
        except Exception as error:  # noqa: BLE001  # stock acks the event and restarts the agent
            fail(error)


def _options(settings: EngineSettings) -> dict[str, Any]:
    """Return what Faust is told; `tests/engine/test_stock.py` says of each what breaks without it.

    What its defaults do already is not told: the version is pinned, and the same tests hold it.
    """
    return {
        "broker": [f"kafka://{address}" for address in settings.bootstrap.split(",")],
        "broker_credentials": credentials(settings.security),
        "PartitionAssignor": Assignor,
        "TableManager": Tables,
        "datadir": str(settings.directory),
        "web_enabled": False,  # its default serves on 0.0.0.0
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "consumer_group_instance_id": f"{settings.stage}-{settings.instance}" if settings.instance else None,
        "broker_session_timeout": settings.session_timeout_s,
        "broker_heartbeat_interval": settings.heartbeat_s,
        "broker_rebalance_timeout": settings.rebalance_timeout_s,
        "broker_commit_interval": settings.commit_interval_s,
        "broker_max_poll_records": settings.chunk,
        "broker_max_poll_interval": DAY_S,  # a full inbox is no fault: the watchdog looks after stalls
    }
