"""How often a side is read."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ReadingSettings(BaseModel):
    """Part of one API account's settings."""

    poll_s: float = Field(
        default=60,
        gt=0,
        description="Seconds between two polls of an idle flow at most (four times as long while hooks are relied on); a busy one sooner.",
    )
    sweep_s: float = Field(default=86_400, gt=0, description="Seconds between two full scans of a flow, which find deletions and drift.")
    calls_per_day: int | None = Field(default=None, gt=0, description="API calls a day for all of us; polling takes quota_share of them.")
    hook_late_s: float = Field(default=120, gt=0, description="Seconds a hook may take; later, its change counts as one no hook announced.")
    hooks: bool = Field(
        default=False, description="`keapsync hooks` hears this side's changes; polls become rarer once it has missed none for an hour."
    )
