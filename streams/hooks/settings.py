"""Where hooks arrive, and what keeps strangers from guessing it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class HooksSettings(BaseModel):
    """The receiver (`keapsync hooks`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str | None = Field(default=None, pattern=r"^https?://[^/]+", description="The receiver's address as the two systems reach it.")
    secret: SecretStr | None = Field(
        default=None, min_length=16, description="Part of every hook's path; Keap signs nothing, so that nobody may guess it."
    )
    host: str = Field(default="127.0.0.1", description="Where to listen; TLS ends in front of it.")
    port: int = Field(default=8800, ge=0, le=65535, description="Where to listen.")

    @property
    def path(self) -> str:
        """Return the secret part of every hook's path, "" when there is none."""
        return self.secret.get_secret_value() if self.secret else ""
