"""Settings: what can be set; `keapsync.yaml` and the environment, the environment winning (`settings_sources`), secrets masked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import pycountry
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from schemas.errors import ConfigurationError
from schemas.flows import Flow
from streams.capture.settings import ReadingSettings
from streams.credentials import OAuthSettings
from streams.hooks.settings import HooksSettings
from streams.security import Cluster, SecuritySettings
from streams.settings_sources import PREFIX, Environment, laid_over, read_document, sentence

ConnectionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
"""Part of keys and of variable names: no slash, no underscore, lower case."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no IANA time zone, such as Europe/Paris")
    return name


def _country(code: str) -> str:
    if pycountry.countries.get(alpha_2=code) is None:
        raise ValueError("is no ISO 3166 alpha-2 code, such as US")
    return code


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SideSettings(_Strict, ReadingSettings):
    """One API account."""

    url: str = Field(pattern=r"^https?://[^/]+", description="Base address; Keap's ends before /rest/v2, the ERP's before /api/v1.")
    oauth: OAuthSettings | None = Field(default=None, description="Keap only, instead of a token.")
    token: SecretStr | None = Field(
        default=None, validate_default=True, description="Personal access token, service account key or bearer token."
    )
    header: Literal["authorization", "x-keap-api-key"] = Field(default="authorization", description="Where the token goes.")
    replica_lag_s: float = Field(default=10, ge=0, description="How long a read may show an older state after a write (seconds).")
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", description="The account's zone, for date-only values.")
    stamp_field: str | None = Field(default="keapsync id", description="Label of the Keap custom field that carries the link id.")
    quota_share: float = Field(default=0.5, gt=0, le=1, description="Part of calls_per_day that polling takes.")
    per_second: float = Field(default=4, gt=0, description="Calls a second from this host at most; the server's word lowers it.")
    reserve_share: float = Field(
        default=0.1, ge=0, lt=1, description="Part of the day's quota that backfill leaves to live traffic; sweeps stop there too."
    )
    timeout_s: float = Field(default=30, gt=0, description="HTTP time-out (seconds).")

    @property
    def polls_per_day(self) -> float | None:
        """Return how many calls a day polling may make; None sets no bound."""
        return self.calls_per_day and self.calls_per_day * self.quota_share

    @field_validator("token")
    @classmethod
    def _one_credential(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if "oauth" in info.data and (token is None) == (info.data["oauth"] is None):
            raise PydanticCustomError("missing", "is missing") if token is None else ValueError("a token or oauth, not both")
        return token


class ErpSettings(SideSettings):
    """The ERP's account, and what it speaks when that is not the contract."""

    url: str = Field(pattern=r"^[a-z][a-z0-9+.-]*://.", description="Base address, before /api/v1; an adapter's may have any scheme.")
    profile: Path | None = Field(default=None, description="File that says how this ERP's API looks (docs/erp.md).")
    adapter: str | None = Field(default=None, description="Entry point of the group keapsync.erp that speaks to it (docs/erp.md).")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.oauth is not None:
            raise ValueError("oauth is for Keap; an ERP takes a token")
        if self.profile and self.adapter:
            raise ValueError("a profile or an adapter, not both")
        return self


class FlowSettings(_Strict):
    """What a connection does with one flow."""

    enabled: bool = True
    approve: bool = Field(default=False, description="Plan mode: creates wait until an operator approves them.")
    best_effort: bool = Field(default=False, description="Run although a repeated create could make a duplicate on this target.")


class BreakerSettings(_Strict):
    """How many writes to one side of a flow are too many: the number, or the share of its pairs where that is more; 0 sets no limit.

    `..._most` is too many whatever the number of pairs; 0: nothing is.
    """

    updates: int = Field(default=500, ge=0)
    updates_share: float = Field(default=0.3, ge=0, le=1)
    updates_most: int = Field(default=5_000, ge=0)
    deletes: int = Field(default=20, ge=0, description="Deletes and switching off.")
    deletes_share: float = Field(default=0.02, ge=0, le=1)
    deletes_most: int = Field(default=200, ge=0)
    window_s: float = Field(default=600, gt=0, description="Within so many seconds.")


class ConnectionSettings(_Strict):
    """One Keap account paired with one ERP."""

    keap: SideSettings
    erp: ErpSettings
    default_country: Annotated[str, AfterValidator(_country)] = Field(
        default="US", description="ISO 3166 alpha-2, for phones without a country code."
    )
    breaker: BreakerSettings = BreakerSettings()
    flows: dict[Flow, FlowSettings] = Field(default_factory=dict)

    def enabled(self, flow: Flow) -> bool:
        """Tell whether a flow runs; flows run unless switched off."""
        return self.flows.get(flow, FlowSettings()).enabled


class PilotSettings(_Strict):
    """Limits of what is written; empty means no limit."""

    flows: tuple[Flow, ...] = ()
    only: tuple[str, ...] = Field(default=(), description="Refs (keap/contact/12) or bare ids.")


class Settings(BaseSettings):
    """Everything the workers need."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False, hide_input_in_errors=True
    )

    kafka: str = Field(default="127.0.0.1:9092", description="Bootstrap servers.")
    kafka_security: SecuritySettings = SecuritySettings()
    partitions: int = Field(default=4, ge=1, description="Partitions of every topic; fixed once they exist.")
    replication: int = Field(default=1, ge=1, description="Replicas of every topic.")
    registry_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+",
        description="Confluent-compatible schema registry, up to its /subjects; without one the schemas in the package are the store.",
    )
    data_dir: Annotated[Path, BeforeValidator(os.path.expanduser)] = Path(".keapsync/data")
    instance: str = Field(
        default="", description="Name of this set of workers, unlike any other's: they come back quickly after a crash (KIP-345)."
    )
    mapping_dir: Path | None = Field(default=None, description="A file here replaces its flow's default mapping whole.")
    bulk_slots: int = Field(default=32, ge=1, description="Commands in flight per connection and side for backfill.")
    live_slots: int = Field(default=32, ge=1, description="Commands in flight per connection and side for live edits.")
    connections: dict[ConnectionName, ConnectionSettings] = Field(default_factory=dict)
    pilot: PilotSettings = PilotSettings()
    hooks: HooksSettings = HooksSettings()

    @property
    def cluster(self) -> Cluster:
        """Where Kafka is and how to get in: what every client is made from."""
        return Cluster(self.kafka, self.kafka_security.access())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments only: `load` is the one place that reads files and the environment."""
        return (init_settings,)


def load(config: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings of `config` (or KEAPSYNC_CONFIG, or ./keapsync.yaml) and the environment.

    Raises:
        ConfigurationError: with one sentence per fault, each naming its place.
    """
    path = config_path(config)
    document = read_document(path)
    environment = Environment(Settings)
    try:
        settings = Settings(**laid_over(laid_over(document, environment()), overrides))
    except SettingsError as error:
        raise ConfigurationError(*environment.faults, f"environment: {error}") from error
    except ValidationError as error:
        faults = [sentence(fault, path, document) for fault in error.errors()]
        raise ConfigurationError(*environment.faults, *faults) from error
    if environment.faults:
        raise ConfigurationError(*environment.faults)
    return settings


def config_path(config: Path | None = None) -> Path | None:
    """Return the file that `load` reads: the argument, else KEAPSYNC_CONFIG, else ./keapsync.yaml when it is there."""
    named = config or os.environ.get("KEAPSYNC_CONFIG")
    if named:
        return Path(named).expanduser()
    return Path("keapsync.yaml") if Path("keapsync.yaml").is_file() else None
