"""`keapsync sync`: the deciding stage."""

from __future__ import annotations

from streams.agent.handler import SyncHandler
from streams.clock import now_ms
from streams.connections import contexts_of, mapping_of
from streams.engine.settings import EngineSettings
from streams.engine.worker import run_chunks
from streams.settings import Settings
from streams.tenants import await_tenants
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
        outputs=(*COMMANDS.values(), JOURNAL, DEAD_LETTERS, CONTROL),
        instance=settings.instance,
    )


def run_sync(settings: Settings) -> int:
    """Decide until SIGTERM; returns the exit code.

    1. The schemas and the mapping are in order.
    2. Every Keap account has told which custom fields it has; until then nothing is decided.
    3. The engine hands events to the handler.

    Raises:
        ConfigurationError: a mapping fault, a missing topic, a broker out of reach, a schema the registry refuses.
        RetriableError: the registry does not answer.
    """
    use_worker_format(settings)
    for connection in settings.connections.values():
        mapping_of(settings, connection)
    tenants = await_tenants(settings)
    if tenants is None:
        return 0
    handler = SyncHandler(contexts_of(settings, tenants), settings.partitions, now_ms)
    return run_chunks(engine_of(settings), handler)
