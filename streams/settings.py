"""Settings: `keapsync.yaml` and the environment, the environment winning, secrets masked.

`KEAPSYNC_KAFKA`, `KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN`, ...; a name that ends in `_FILE` reads its value from that file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from schemas.errors import ConfigurationError
from schemas.flows import Flow

PREFIX = "KEAPSYNC_"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SideSettings(_Strict):
    """One API account."""

    url: str = Field(description="Base address; Keap's ends before /rest/v2, the ERP's before /api/v1.")
    token: SecretStr = Field(description="Personal access token, service account key or bearer token.")
    header: Literal["authorization", "x-keap-api-key"] = Field("authorization", description="Where the token goes.")
    poll_s: float = Field(60, gt=0, description="Seconds between two polls.")
    replica_lag_s: float = Field(
        10, ge=0, description="How long a read may show an older state after a write (seconds)."
    )
    time_zone: str = Field("UTC", description="The account's zone, for date-only values.")
    stamp_field: str | None = Field(
        "keapsync id", description="Label of the Keap custom field that carries the link id."
    )
    quota_share: float = Field(
        0.5, gt=0, le=1, description="Share of the account's rate that capture takes; the sink takes the rest."
    )
    per_second: float = Field(
        4, gt=0, description="Calls a second the account allows, until its headers say otherwise."
    )
    timeout_s: float = Field(30, gt=0, description="HTTP time-out (seconds).")


class FlowSettings(_Strict):
    """What a connection does with one flow."""

    enabled: bool = True
    best_effort: bool = Field(
        False, description="Run although a repeated create could make a duplicate on this target."
    )


class ConnectionSettings(_Strict):
    """One Keap account paired with one ERP."""

    keap: SideSettings
    erp: SideSettings
    default_country: str = Field(
        "US", min_length=2, max_length=2, description="ISO 3166 alpha-2, for phones without a country code."
    )
    flows: dict[Flow, FlowSettings] = Field(default_factory=dict)

    def enabled(self, flow: Flow) -> bool:
        """Tell whether a flow runs; flows run unless switched off."""
        return self.flows.get(flow, FlowSettings()).enabled


class PilotSettings(_Strict):
    """Limits of what is written; empty means no limit."""

    flows: tuple[Flow, ...] = ()
    only: tuple[str, ...] = Field((), description="Refs (keap/contact/12) or bare ids.")


class Settings(BaseSettings):
    """Everything the workers need."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False
    )

    kafka: str = Field("127.0.0.1:9092", description="Bootstrap servers.")
    partitions: int = Field(4, ge=1, description="Partitions of every topic; fixed once they exist.")
    replication: int = Field(1, ge=1, description="Replicas of every topic.")
    registry_url: str | None = Field(
        None, description="Schema registry; without one the schemas in the package are the store."
    )
    data_dir: Annotated[Path, BeforeValidator(os.path.expanduser)] = Path(".keapsync/data")
    mapping_dir: Path | None = Field(None, description="A file here replaces its flow's default mapping whole.")
    bulk_slots: int = Field(32, ge=1, description="Commands in flight per connection and side for backfill.")
    live_slots: int = Field(32, ge=1, description="Commands in flight per connection and side for live edits.")
    connections: dict[str, ConnectionSettings] = Field(default_factory=dict)
    pilot: PilotSettings = PilotSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, the file."""
        path = _config_path()
        file = YamlConfigSettingsSource(settings_cls, yaml_file=path) if path else None
        return tuple(source for source in (init_settings, env_settings, file) if source)


def load(config: Path | None = None, **overrides: Any) -> Settings:  # noqa: ANN401 - whatever a field takes
    """Return the settings of `config` (or KEAPSYNC_CONFIG, or ./keapsync.yaml) and the environment.

    Raises:
        ConfigurationError: with one sentence per fault, each naming its place.
    """
    raise NotImplementedError
