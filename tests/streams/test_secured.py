"""Kafka behind TLS and SASL: settings, the clients outside the engine, and what a listener that refuses is told to have said."""

import re
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError, RetriableError
from streams import admin
from streams.admin import check_topics, create_topics
from streams.clients import consumer, producer, read_to_end
from streams.security import Cluster, SecuritySettings
from streams.settings import Settings, load
from streams.topics import Topic
from tests.secured import PASSWORD, USER, Secured

pytestmark = pytest.mark.broker


@pytest.fixture
def settings(secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings as they are in production: a file for what everybody may see, variables that name files for the rest."""
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    config = tmp_path / "keapsync.yaml"
    config.write_text(f"kafka: {secured.sasl}\nkafka_security:\n  protocol: SASL_SSL\n  username: {USER}\n")
    monkeypatch.setenv("KEAPSYNC_KAFKA_SECURITY__CA_FILE", str(secured.folder / "ca.pem"))
    monkeypatch.setenv("KEAPSYNC_KAFKA_SECURITY__PASSWORD_FILE", str(tmp_path / "password"))
    return load(config)


def test_topics_are_made_and_checked(settings: Settings):
    """The same settings open the door to the tools, and show no password."""
    topics = [Topic(f"changes-{uuid.uuid4().hex[:8]}", "delete")]
    assert create_topics(settings, topics) == [topics[0].name]
    check_topics(settings, topics)
    assert PASSWORD not in repr(settings) + repr(settings.cluster) + str(settings.cluster)


def test_capture_writes_in_transactions_and_everybody_reads(settings: Settings):
    """Transactional producer, reader and group consumer get in, with the rights of docs/kafka.md."""
    (topic,) = create_topics(settings, [Topic(f"changes-{uuid.uuid4().hex[:8]}", "delete")])
    client = producer(settings.cluster, f"capture-{topic}")
    client.init_transactions(30)
    client.begin_transaction()
    client.produce(topic, b"value", partition=0)
    client.commit_transaction(30)
    assert [message.value() for message in read_to_end(settings.cluster, topic, 0)] == [b"value"]
    member = consumer(settings.cluster, f"capture-{topic}")
    member.subscribe([topic])
    assert member.consume(1, 30)[0].value() == b"value"
    member.close()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"sasl.password": "another-planted-word"}, ConfigurationError, "kafka_security: {} refuses: .* invalid credentials"),
        ({"ssl.ca.location": "probe"}, ConfigurationError, "kafka_security: {} refuses: .*certificate verify failed"),
        ({"security.protocol": "SASL_PLAINTEXT"}, RetriableError, "no broker answers at {}"),
    ],
)
def test_a_listener_that_refuses_is_quoted(
    change: dict[str, str], error: type[Exception], says: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """What to repair is in the sentence, the password is not."""
    monkeypatch.setattr(admin, "REACH_S", 2.0)
    cluster = replace(settings.cluster, access={**settings.cluster.access, **change})
    with pytest.raises(error, match=says.format(re.escape(settings.kafka))) as caught:
        admin._reached(cluster)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(("password", "says"), [(PASSWORD, "missing"), ("another-planted-word", "refuses")])
@pytest.mark.usefixtures("settings")
def test_no_command_prints_a_password(tmp_path: Path, password: str, says: str):
    """Let in or not, at whatever level it logs; what librdkafka writes by itself is looked at too."""
    (tmp_path / "password").write_text(password)
    command = [sys.executable, "-m", "console", "--verbose", "--config", str(tmp_path / "keapsync.yaml"), "topics", "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert says in done.stderr
    assert password not in done.stdout + done.stderr


def test_a_certificate_is_enough_where_a_listener_asks_for_one(secured: Secured):
    """Mutual TLS, without a name."""
    _, topics = admin._reached(Cluster(secured.tls, secured.certificate().access()))
    assert isinstance(topics, dict)


def test_plain_is_enough_where_a_listener_offers_it(secured: Secured):
    """SASL's PLAIN, as most hosted clusters have it."""
    _, topics = admin._reached(Cluster(secured.sasl, secured.security("PLAIN").access()))
    assert isinstance(topics, dict)


def test_a_certificate_without_its_key_is_refused_at_once(secured: Secured):
    """A file that is no key, or another's, is named before anything starts; nobody is asked for a password at a terminal."""
    files = {"cert_file": secured.folder / "client.pem", "key_file": secured.folder / "broker.key"}
    with pytest.raises(ValueError, match=r"key_file\n.*cannot be used: KEY_VALUES_MISMATCH"):
        SecuritySettings.model_validate({"protocol": "SSL", **files})
    with pytest.raises(ValueError, match=r"key_file\n.*is missing"):
        SecuritySettings.model_validate({"protocol": "SSL", "cert_file": files["cert_file"]})
