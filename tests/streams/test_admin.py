"""Topics: created once, checked at every start."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from sandbox.broker.configuration import free_port
from schemas.errors import ConfigurationError, RetriableError
from streams import admin
from streams.admin import check_topics, create_topics
from streams.settings import Settings
from streams.topics import TOPICS, WEEK_MS, Topic

pytestmark = pytest.mark.broker


@pytest.fixture
def settings(broker: str) -> Settings:
    """Ask for three partitions."""
    return Settings(kafka=broker, partitions=3)


@pytest.fixture
def topics() -> list[Topic]:
    """Return the table's topics under names of this test's own."""
    return [Topic(f"{topic.name}-{uuid.uuid4().hex[:8]}", topic.policy, topic.retention_ms) for topic in TOPICS]


def test_created_topics_pass_the_check(settings: Settings, topics: list[Topic]) -> None:
    """And are not created twice."""
    assert sorted(create_topics(settings, topics)) == sorted(topic.name for topic in topics)
    check_topics(settings, topics)
    assert create_topics(settings, topics) == []


def test_every_missing_topic_is_named(settings: Settings, topics: list[Topic]) -> None:
    """All at once."""
    with pytest.raises(ConfigurationError) as caught:
        check_topics(settings, topics)
    assert [fault.split()[1] for fault in caught.value.faults] == [f"{topic.name}:" for topic in topics]
    assert "keapsync topics create" in caught.value.faults[0]


def test_a_wrong_partition_count_is_a_sentence(settings: Settings, topic: Callable[..., str]) -> None:
    """Connections would not find their partition."""
    name = topic("changes", 2)
    with pytest.raises(ConfigurationError, match=rf"topic {name}: 2 partitions where settings.partitions is 3"):
        check_topics(settings, [Topic(name, "delete")])


def test_a_wrong_policy_is_a_sentence(settings: Settings, topic: Callable[..., str]) -> None:
    """A log that is compacted cannot be replayed."""
    name = topic("changes", 3, cleanup_policy="compact")
    with pytest.raises(ConfigurationError, match=rf"topic {name}: cleanup.policy is compact where delete belongs"):
        check_topics(settings, [Topic(name, "delete")])


def test_a_retention_may_be_longer_not_shorter(settings: Settings, topic: Callable[..., str]) -> None:
    """For ever is longer than anything."""
    name = topic("changes", 3, retention_ms=str(WEEK_MS))
    check_topics(settings, [Topic(name, "delete", WEEK_MS - 1)])
    check_topics(settings, [Topic(name, "delete", WEEK_MS)])
    with pytest.raises(ConfigurationError, match=rf"topic {name}: retention.ms is {WEEK_MS}"):
        check_topics(settings, [Topic(name, "delete", -1)])


def test_too_few_replicas_are_a_sentence(settings: Settings, topic: Callable[..., str]) -> None:
    """What was promised to survive a broker would not."""
    name = topic("changes", 3)
    with pytest.raises(ConfigurationError, match=r"1 replicas where settings.replication is 3"):
        check_topics(settings.model_copy(update={"replication": 3}), [Topic(name, "delete")])


def test_more_replicas_than_brokers_are_refused_with_the_brokers_words(settings: Settings, topics: list[Topic]) -> None:
    """One sentence for each topic."""
    with pytest.raises(ConfigurationError, match="the broker refuses it"):
        create_topics(settings.model_copy(update={"replication": 3}), topics[:1])


@pytest.mark.parametrize("ask", [create_topics, check_topics])
def test_a_broker_out_of_reach_is_a_sentence(ask: Callable[[Settings], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon, and with its address."""
    monkeypatch.setattr(admin, "REACH_S", 1.0)
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(RetriableError, match=f"no broker answers at {address}"):
        ask(Settings(kafka=address))
