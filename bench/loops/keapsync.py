"""Our own worker, as `keapsync sync` runs it: its engine and its agent, on a source topic and a clock of the benchmark's."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import replace
from typing import Any

import structlog
from confluent_kafka import Producer

from bench.events import clock, context
from bench.loops.arguments import parse
from bench.loops.waiting import Waiting
from streams.agent.handler import SyncHandler
from streams.engine import transaction
from streams.engine.worker import run_chunks
from streams.settings import Settings
from streams.workers.sync import engine_of

HEALTH = "BENCH_HEALTH_PORT"
"""Where `/readyz` is served, when somebody wants to know."""


def main() -> int:
    """Work until SIGTERM. Only what is wrong is logged: the others log nothing per event either."""
    told = parse()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    _count_commits(Waiting())
    engine = engine_of(Settings(kafka=told.kafka, partitions=told.partitions, data_dir=told.data))
    engine = replace(engine, stage=told.source, topics=(told.source,), changelog=told.changelog)
    if HEALTH in os.environ:
        engine = replace(engine, health_port=int(os.environ[HEALTH]))
    return run_chunks(engine, SyncHandler({name: context(name) for name in told.connections}, told.partitions, clock))


def _count_commits(waiting: Waiting) -> None:
    """Have the engine's transactions count how long their commits take."""

    class Counting(Producer):  # type: ignore[misc,unused-ignore]
        def commit_transaction(self, *arguments: Any) -> None:
            with waiting():
                super().commit_transaction(*arguments)

    transaction.Producer = Counting  # type: ignore[attr-defined,unused-ignore]


if __name__ == "__main__":
    sys.exit(main())
