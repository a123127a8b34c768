"""`keapsync sync`: the deciding stage."""

from __future__ import annotations

from streams.agent.handler import SyncHandler
from streams.clock import now_ms
from streams.connections import contexts_of
from streams.engine.settings import EngineSettings
from streams.engine.worker import run_chunks
from streams.settings import Settings
from streams.topics import CHANGES, COMMANDS, CONTROL, DEAD_LETTERS, JOURNAL, LINKS, OUTCOMES
from streams.wire import use_worker_format


def engine_of(settings: Settings) -> EngineSettings:
    """Return the engine's settings of this stage."""
    return EngineSettings(
        stage="sync",
        bootstrap=settings.kafka,
        security=settings.cluster.access,
        topics=(CHANGES, OUTCOMES, CONTROL),
        changelog=LINKS,
        partitions=settings.partitions,
        data_dir=settings.data_dir,
        outputs=(*COMMANDS.values(), JOURNAL, DEAD_LETTERS),
        instance=settings.instance,
    )


def run_sync(settings: Settings) -> int:
    """Decide until SIGTERM; returns the exit code.

    Raises:
        ConfigurationError: a mapping fault, a missing topic, a broker out of reach, a schema the registry refuses.
        RetriableError: the registry does not answer.
    """
    use_worker_format(settings)
    handler = SyncHandler(contexts_of(settings), settings.partitions, now_ms)
    return run_chunks(engine_of(settings), handler)
