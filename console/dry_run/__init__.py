"""A dry run: both sides are read whole, the real core decides, and a pretended world answers its commands."""

from console.dry_run.plan import Planned, plan

__all__ = ["Planned", "plan"]
