"""Create and check the topics of `streams.topics`: partition count, replication, cleanup policy, retention.

A topic that exists is never altered: a changed partition count would tear connections apart, the rest is the operator's choice to make.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType, TopicMetadata

from schemas.errors import ConfigurationError, RetriableError
from streams.clients import admin
from streams.security import Cluster
from streams.settings import Settings
from streams.topics import TOPICS, Topic

REACH_S: Final = 10.0
"""How long the broker may take to answer before it counts as unreachable (seconds)."""

REFUSALS: Final = (KafkaError._AUTHENTICATION, KafkaError._SSL)  # noqa: SLF001 - confluent's public names
"""What a listener says to credentials or certificates that it does not like; asking again does not help."""


def create_topics(settings: Settings, topics: Iterable[Topic] = TOPICS) -> list[str]:
    """Create the topics that are missing and return their names.

    Raises:
        RetriableError: no broker answers.
        ConfigurationError: the broker refuses us, or a topic; one sentence each.
    """
    client, existing = _reached(settings.cluster)
    missing = [_new(topic, settings) for topic in topics if topic.name not in existing]
    if not missing:
        return []
    faults, created = [], []
    for name, future in client.create_topics(missing, operation_timeout=REACH_S).items():
        try:
            future.result()
            created.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another one was faster
                faults.append(f"topic {name}: the broker refuses it: {error.args[0].str()}")
    if faults:
        raise ConfigurationError(*faults)
    _await(client, set(created))
    return created


def check_topics(settings: Settings, topics: Iterable[Topic] = TOPICS) -> None:
    """Compare every topic with what it must be.

    Raises:
        RetriableError: no broker answers.
        ConfigurationError: the broker refuses us; or one sentence per missing or wrong topic.
    """
    client, existing = _reached(settings.cluster)
    wanted = list(topics)
    faults = [f"topic {topic.name}: missing; run `keapsync topics create`" for topic in wanted if topic.name not in existing]
    present = [topic for topic in wanted if topic.name in existing]
    configs = _configs(client, [topic.name for topic in present])
    for topic in present:
        faults += _shape_faults(topic, existing[topic.name], settings)
        faults += _config_faults(topic, configs[topic.name])
    if faults:
        raise ConfigurationError(*faults)


def _reached(cluster: Cluster) -> tuple[AdminClient, dict[str, TopicMetadata]]:
    """Return a client and the topics there are."""
    heard: dict[int, str] = {}
    client = admin(cluster, error_cb=lambda error: heard.update({error.code(): error.str()}))
    deadline = time.monotonic() + REACH_S
    while True:
        try:
            return client, client.list_topics(timeout=min(1.0, REACH_S)).topics
        except KafkaException as error:
            client.poll(0)  # why, is told only to who asks
            if refused := [heard[code] for code in REFUSALS if code in heard]:
                raise ConfigurationError(*(f"kafka_security: {cluster} refuses: {why}" for why in refused)) from error
            if time.monotonic() > deadline:
                why = "".join(f": {text}" for code, text in heard.items() if code != KafkaError._ALL_BROKERS_DOWN)  # noqa: SLF001
                raise RetriableError(f"kafka: no broker answers at {cluster} within {REACH_S:.0f} s{why}") from error


def _await(client: AdminClient, names: set[str]) -> None:
    """Wait until a broker shows topics that the controller has just made: it learns of them a moment later."""
    deadline = time.monotonic() + REACH_S
    while not names <= client.list_topics(timeout=REACH_S).topics.keys() and time.monotonic() < deadline:
        time.sleep(0.05)


def _new(topic: Topic, settings: Settings) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=settings.partitions,
        replication_factor=settings.replication,
        config={
            "cleanup.policy": topic.policy,
            # One replica may be away, none of what was acknowledged lost.
            "min.insync.replicas": str(max(1, settings.replication - 1)),
            **_retention(topic),
        },
    )


def _retention(topic: Topic) -> dict[str, str]:
    return {"retention.ms": str(topic.retention_ms)} if topic.policy == "delete" else {}


def _configs(client: AdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    futures = client.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names], request_timeout=REACH_S)
    return {resource.name: {key: entry.value for key, entry in future.result().items()} for resource, future in futures.items()}


def _shape_faults(topic: Topic, found: TopicMetadata, settings: Settings) -> Iterator[str]:
    if len(found.partitions) != settings.partitions:
        yield f"topic {topic.name}: {len(found.partitions)} partitions where settings.partitions is {settings.partitions}"
    replicas = min((len(partition.replicas) for partition in found.partitions.values()), default=0)
    if replicas < settings.replication:
        yield f"topic {topic.name}: {replicas} replicas where settings.replication is {settings.replication}"


def _config_faults(topic: Topic, found: dict[str, str]) -> Iterator[str]:
    if found.get("cleanup.policy") != topic.policy:
        yield f"topic {topic.name}: cleanup.policy is {found.get('cleanup.policy')} where {topic.policy} belongs"
    if topic.policy == "delete" and _shorter(int(found.get("retention.ms", -1)), topic.retention_ms):
        yield f"topic {topic.name}: retention.ms is {found['retention.ms']} where at least {topic.retention_ms} belongs"


def _shorter(found_ms: int, wanted_ms: int) -> bool:
    """Compare two retentions; -1 is for ever."""
    return found_ms != -1 and (wanted_ms == -1 or found_ms < wanted_ms)
