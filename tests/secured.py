"""A broker that lets nobody in without TLS and a name: SASL_SSL and mutual TLS, and rights as narrow as the documented ones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from streams.security import Cluster, SecuritySettings
from tests.broker import start_broker, stop_broker

USER, PASSWORD = "keapsync", "broker-planted-3b1d"
NAMES = ("stage-", "capture-", "sync-")
"""How the groups and transactional ids of the tests begin."""
RIGHTS = {
    (ResourceType.TOPIC, "*"): ("READ", "WRITE", "DESCRIBE", "CREATE", "DESCRIBE_CONFIGS"),
    **{(ResourceType.GROUP, name): ("READ", "DESCRIBE") for name in NAMES},
    **{(ResourceType.TRANSACTIONAL_ID, name): ("WRITE", "DESCRIBE") for name in NAMES},
}
"""What docs/kafka.md says that keapsync needs, and nothing else."""
EXTENSIONS = "subjectAltName=IP:127.0.0.1\n"


@dataclass(frozen=True)
class Secured:
    """A running broker and what opens its doors.

    Attributes:
        plain: its address without any security, for the test's own clients.
        sasl, tls: addresses of the listeners for SASL_SSL and for mutual TLS.
        folder: holds `ca.pem`, and `client.pem` with `client.key`.
    """

    plain: str
    sasl: str
    tls: str
    folder: Path

    def security(self, mechanism: str = "SCRAM-SHA-512", password: str = PASSWORD) -> SecuritySettings:
        """Return what opens the SASL_SSL listener."""
        given = {"mechanism": mechanism, "username": USER, "password": password, "ca_file": self.folder / "ca.pem"}
        return SecuritySettings.model_validate({"protocol": "SASL_SSL", **given})

    def certificate(self) -> SecuritySettings:
        """Return what opens the listener for mutual TLS."""
        files = {f"{name}_file": self.folder / file for name, file in (("ca", "ca.pem"), ("cert", "client.pem"), ("key", "client.key"))}
        return SecuritySettings.model_validate({"protocol": "SSL", **files})

    def cluster(self) -> Cluster:
        """Return the cluster as clients of ours are given it."""
        return Cluster(self.sasl, self.security().access())


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Run such a broker once for all tests that need it."""
    install_jars()
    folder = tmp_path_factory.mktemp("secured")
    _certify(folder)
    plain, sasl, tls = (free_port() for _ in range(3))
    also = folder / "also.properties"
    also.write_text(_properties(folder, sasl, tls))
    child = start_broker(str(folder / "broker"), plain, "--also", str(also))
    made = Secured(*(f"127.0.0.1:{port}" for port in (plain, sasl, tls)), folder)
    try:
        _let_in(made.plain)
        yield made
    finally:
        stop_broker(child)


def _certify(folder: Path) -> None:
    """Make an authority and two certificates it signed."""
    (folder / "extensions").write_text(EXTENSIONS)
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl(folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name in ("broker", "client"):
        _openssl(folder, "req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions"]
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.pem")
    (folder / "keystore.pem").write_text((folder / "broker.key").read_text() + (folder / "broker.pem").read_text())


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _properties(folder: Path, sasl: int, tls: int) -> str:
    listeners = f"SASL_SSL://127.0.0.1:{sasl},SSL://127.0.0.1:{tls}"
    properties = {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": folder / "keystore.pem",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": folder / "ca.pem",
        "listener.name.ssl.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": (
            f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
        ),
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    return "".join(f"{key}={value}\n" for key, value in properties.items())


def _let_in(plain: str) -> None:
    """Make the user and give it, and the bearer of the certificate, their rights."""
    admin = AdminClient({"bootstrap.servers": plain})
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    for altered in admin.alter_user_scram_credentials([UserScramCredentialUpsertion(USER, scram, PASSWORD.encode())]).values():
        altered.result(30)
    rights = [
        AclBinding(kind, name, _pattern(name), f"User:{who}", "*", AclOperation[operation], AclPermissionType.ALLOW)
        for who in (USER, "CN=client")
        for (kind, name), operations in RIGHTS.items()
        for operation in operations
    ]
    for created in admin.create_acls(rights).values():
        created.result(30)


def _pattern(name: str) -> ResourcePatternType:
    return ResourcePatternType.LITERAL if name == "*" else ResourcePatternType.PREFIXED
