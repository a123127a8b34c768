"""How the brokers know us, and we them: TLS, client certificates, SASL; where the cluster is goes with it to every client."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

File = Annotated[Path, BeforeValidator(os.path.expanduser)]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a Kafka cluster is and how to get in; shown, it is its addresses.

    Attributes:
        servers: `host:port`, several divided by commas.
        access: librdkafka's names and values, secrets among them.
    """

    servers: str
    access: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, kafka: Self | str) -> Cluster:
        """Return a cluster; a bare address asks for nothing."""
        return kafka if isinstance(kafka, Cluster) else Cluster(kafka)

    def __str__(self) -> str:
        return self.servers


class SecuritySettings(BaseModel):
    """What the listener that `kafka` names asks for. A server's certificate is always verified, its host name too."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="The listener's security protocol; only SSL and SASL_SSL encrypt."
    )
    ca_file: File | None = Field(default=None, description="PEM of who signs the brokers' certificates; without it the system's.")
    cert_file: File | None = Field(default=None, description="PEM of our own certificate, where brokers ask for one (mutual TLS).")
    key_password: SecretStr | None = Field(default=None, description="Of the key, when it is encrypted.")
    key_file: File | None = Field(default=None, validate_default=True, description="PEM of the certificate's private key.")
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(default="SCRAM-SHA-512", description="Of SASL.")
    username: str | None = Field(default=None, validate_default=True, description="Of SASL.")
    password: SecretStr | None = Field(default=None, validate_default=True, description="Of SASL.")

    @field_validator("ca_file")
    @classmethod
    def _readable(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None:
            _require(info, "SSL", "SSL or SASL_SSL")
            _loaded(lambda: ssl.create_default_context(cafile=file))
        return file

    @field_validator("key_file")
    @classmethod
    def _pair(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        cert = info.data.get("cert_file")
        if key is None and cert is not None:
            raise PydanticCustomError("missing", "is missing")
        if key is not None and "cert_file" in info.data:
            _require(info, "SSL", "SSL or SASL_SSL")
            if cert is None:
                raise ValueError("has no cert_file beside it")
            secret = info.data.get("key_password")
            password = secret.get_secret_value() if secret else ""  # never asked for at a terminal
            _loaded(lambda: ssl.create_default_context().load_cert_chain(cert, key, password))
        return key

    @field_validator("username", "password")
    @classmethod
    def _for_sasl(cls, given: Any, info: ValidationInfo) -> Any:
        if given is not None:
            _require(info, "SASL", "SASL_SSL or SASL_PLAINTEXT")
        elif info.data.get("protocol", "").startswith("SASL"):
            raise PydanticCustomError("missing", "is missing")
        return given

    def access(self) -> dict[str, str]:
        """Return librdkafka's names and values; nothing for PLAINTEXT."""
        if self.protocol == "PLAINTEXT":
            return {}
        return {"security.protocol": self.protocol, **self._tls(), **self._sasl()}

    def _tls(self) -> dict[str, str]:
        if "SSL" not in self.protocol:
            return {}
        given = {"ssl.ca.location": str(self.ca_file) if self.ca_file else "probe"}  # the wheel's OpenSSL knows no system of its own
        if self.cert_file:
            given |= {"ssl.certificate.location": str(self.cert_file), "ssl.key.location": str(self.key_file)}
        if self.key_password:
            given["ssl.key.password"] = self.key_password.get_secret_value()
        return given

    def _sasl(self) -> dict[str, str]:
        if self.username is None or self.password is None:
            return {}
        return {"sasl.mechanism": self.mechanism, "sasl.username": self.username, "sasl.password": self.password.get_secret_value()}


def _require(info: ValidationInfo, part: str, protocols: str) -> None:
    protocol = info.data.get("protocol", part)  # what is wrong with it is said at its own place
    if part not in protocol:
        raise ValueError(f"belongs to protocol {protocols}, and it is {protocol}")


def _loaded(load: Any) -> None:
    try:
        load()
    except ssl.SSLError as error:
        raise ValueError(f"cannot be used: {error.reason or 'no PEM'}") from error
    except OSError as error:
        raise ValueError(f"cannot read {error.filename or 'it'}: {error.strerror}") from error
