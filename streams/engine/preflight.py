"""Look at the broker before anything starts: an endless retry log is no answer to a wrong address."""

from __future__ import annotations

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ClusterMetadata

from schemas.errors import ConfigurationError, RetriableError
from streams.engine.settings import EngineSettings


def require_topics(settings: EngineSettings) -> None:
    """Check that the broker answers and that every topic has the right number of partitions.

    Raises:
        ConfigurationError: each topic that is missing or differs.
        RetriableError: the broker cannot be reached; it may be on its way.
    """
    metadata = _metadata(settings)
    faults = []
    for name in (*settings.topics, settings.changelog, *settings.outputs):
        topic = metadata.topics.get(name)
        if topic is None:
            faults.append(f"topic {name} does not exist")
        elif name not in settings.outputs and len(topic.partitions) != settings.partitions:
            faults.append(f"topic {name} has {len(topic.partitions)} partitions, {settings.partitions} are configured")
    if faults:
        raise ConfigurationError(*faults)


def _metadata(settings: EngineSettings) -> ClusterMetadata:
    admin = AdminClient({"bootstrap.servers": settings.bootstrap, **settings.security, "log_level": 0})
    try:
        return admin.list_topics(timeout=settings.start_timeout_s)
    except KafkaException as error:
        raise RetriableError(f"Kafka at {settings.bootstrap} cannot be reached: {error.args[0].str()}") from error
