"""What `kafka_security` takes, and how it says what it does not."""

import ast
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError
from streams.security import Cluster, SecuritySettings
from streams.settings import load

ROOT = Path(__file__).parents[2]


def faults(tmp_path: Path, security: str) -> list[str]:
    """Load `kafka_security: {...}`, expecting a refusal; return its sentences without the file's name."""
    config = tmp_path / "keapsync.yaml"
    config.write_text(f"kafka_security: {security}\n")
    with pytest.raises(ConfigurationError) as refusal:
        load(config)
    return [fault.removeprefix(f"{config}:1: ") for fault in refusal.value.faults]


def test_without_settings_nothing_is_asked_for():
    """A bare address stays a bare address."""
    assert load().cluster == Cluster("127.0.0.1:9092")
    assert Cluster.of("here:9092") == Cluster("here:9092")
    assert SecuritySettings().access() == {}


def test_clients_get_librdkafkas_names():
    """Mechanism, name and password for SASL; the system's authorities where no file names others."""
    settings = load(kafka_security={"protocol": "SASL_SSL", "mechanism": "PLAIN", "username": "me", "password": "planted"})
    assert settings.cluster.access == {
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": "probe",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "me",
        "sasl.password": "planted",
    }
    assert "planted" not in repr(settings) + repr(settings.cluster)


@pytest.mark.parametrize(
    ("security", "says"),
    [
        ("{protocol: SASL_SSL, username: me}", "kafka_security.password: is missing (or set KEAPSYNC_KAFKA_SECURITY__PASSWORD)"),
        ("{protocol: SASL_SSL, password: pw}", "kafka_security.username: is missing (or set KEAPSYNC_KAFKA_SECURITY__USERNAME)"),
        ("{protocol: SSL, username: me}", "kafka_security.username: belongs to protocol SASL_SSL or SASL_PLAINTEXT, and it is SSL"),
        ("{ca_file: ca.pem}", "kafka_security.ca_file: belongs to protocol SSL or SASL_SSL, and it is PLAINTEXT"),
        ("{protocol: SSL, ca_file: nowhere.pem}", "kafka_security.ca_file: cannot read it: No such file or directory"),
        ("{protocol: SSL, key_file: key.pem}", "kafka_security.key_file: has no cert_file beside it"),
        ("{protocol: TLS}", "kafka_security.protocol: Input should be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'"),
        ("{protocol: SSL, verify: false}", "kafka_security.verify: there is no such setting"),
    ],
)
def test_every_fault_is_named_with_its_place(tmp_path: Path, security: str, says: str):
    """One sentence, and none about what follows from it."""
    assert faults(tmp_path, security) == [says]


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path):
    """It is looked into when the settings are read, not when a worker is under way."""
    (tmp_path / "ca.pem").write_text("no certificate\n")
    (fault,) = faults(tmp_path, f"{{protocol: SSL, ca_file: {tmp_path / 'ca.pem'}}}")
    assert fault.startswith("kafka_security.ca_file: cannot be used: ")


def test_every_client_is_made_from_the_whole_cluster():
    """`settings.kafka` is an address to show; a client that is made from it would knock without a key."""
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("streams", "console", "sandbox/demo", "sandbox/chaos")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "Cluster"
        for given in node.args
        if isinstance(given, ast.Attribute) and given.attr == "kafka"
    ]
    assert calls == []
