"""How far each stage is behind: records of its topics that its consumer group has not finished.

A partition's end lies behind transaction markers, which are no records, so a short distance is counted record by record.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

from schemas.errors import RetriableError
from streams.clients import ANSWER_S, admin, consumer, patiently, read_to_end
from streams.topics import CHANGES, COMMANDS, CONTROL, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from confluent_kafka.admin import AdminClient

    from streams.settings import Settings

STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sync": (CHANGES, OUTCOMES, CONTROL),
    "write-keap": (COMMANDS["keap"],),
    "write-erp": (COMMANDS["erp"],),
}
"""Consumer group -> the topics it reads."""
COUNTED: Final = 500
"""A distance of at most so many offsets is counted exactly."""


def read_lag(settings: Settings) -> dict[str, int]:
    """Return the records each stage has still to do; raises RetriableError without a broker."""
    client = admin(settings.cluster)
    try:
        with ThreadPoolExecutor(8) as pool:
            return {
                stage: sum(pool.map(lambda place: _behind(settings, *place), _distances(client, settings, stage, topics)))
                for stage, topics in STAGES.items()
            }
    except KafkaException as error:
        raise RetriableError(f"kafka at {settings.kafka}: {error.args[0].str()}") from error


def _distances(client: AdminClient, settings: Settings, group: str, topics: tuple[str, ...]) -> list[tuple[TopicPartition, int]]:
    """Return, for each partition that is not at its end, where the group stands and where the end is."""
    partitions = [TopicPartition(topic, number) for topic in topics for number in range(settings.partitions)]
    stands = _committed(settings, group, partitions)
    ends = client.list_offsets({place: OffsetSpec.latest() for place in partitions}, request_timeout=ANSWER_S)
    found = {(place.topic, place.partition): future.result().offset for place, future in ends.items()}
    places = [(place, found[place.topic, place.partition]) for place in stands]
    return [(place, end) for place, end in places if max(place.offset, 0) < end]


def _committed(settings: Settings, group: str, partitions: list[TopicPartition]) -> list[TopicPartition]:
    """Return where a group stands, as a consumer that never joins it: an admin client whose coordinator moves crashes (librdkafka 5040)."""
    asking = consumer(settings.cluster, group)
    try:
        stands: list[TopicPartition] = patiently(lambda: asking.committed(partitions, ANSWER_S))
    finally:
        asking.close()
    return stands


def _behind(settings: Settings, place: TopicPartition, end: int) -> int:
    start = max(place.offset, 0)
    if end - start > COUNTED:
        return int(end - start)
    return sum(1 for _ in read_to_end(settings.cluster, place.topic, place.partition, start))
