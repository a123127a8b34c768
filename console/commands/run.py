"""`keapsync run`: all workers as supervised children, or a dry run that writes nothing."""

# ruff: noqa: PLC0415 - what only one of the two needs is imported only there

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer

from console.session import Session, session
from schemas.errors import ConfigurationError
from schemas.flows import ENTITIES, FLOWS, SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.settings import Settings


log = structlog.get_logger(__name__)


def run(
    ctx: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and decide, print what would be done, write nothing.")] = False,
    flow: Annotated[
        list[str] | None, typer.Option(help="Write only this flow: company, contact, opportunity or product. Several times.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Write only this record: keap/contact/12, or its bare id. Several times.")] = None,
    state: Annotated[Path | None, typer.Option(help="Keep the pids of all workers in this JSON file.")] = None,
) -> None:
    """Run capture, sync and both writers; restart what ends, stop together."""
    if faults := [*_flow_faults(flow or ()), *_ref_faults(only or ())]:
        raise ConfigurationError(*faults)
    pilot = {name: value for name, value in (("flows", flow), ("only", only)) if value}
    settings = session(ctx).connected(**({"pilot": pilot} if pilot else {}))
    if dry_run:
        _dry_run(settings)
        return
    from console.checks import check_all, hindrances
    from console.supervise import WORKERS, supervise

    checked = check_all(settings)
    if faults := hindrances(settings, checked):
        raise ConfigurationError(*faults)
    for each in checked:
        if each.held:
            log.warning("start.held", connection=each.held, reason="; ".join(each.faults))
    raise typer.Exit(asyncio.run(supervise(WORKERS, _environment(session(ctx), pilot), state)))


def _flow_faults(flows: Iterable[str]) -> Iterator[str]:
    """Name the option, not the setting it stands for."""
    for flow in flows:
        if flow not in FLOWS:
            yield f"--flow: {flow} is no flow; allowed: {', '.join(FLOWS)}"


def _ref_faults(refs: Iterable[str]) -> Iterator[str]:
    allowed = [f"{side}/{entity}/ID" for side in SIDES for entity in ENTITIES[side].values()]
    for ref in refs:
        place, _, record = ref.rpartition("/")
        if not record.strip() or ("/" in ref and f"{place}/ID" not in allowed):
            yield f"--only: {ref!r} names no record; allowed: {', '.join(allowed)}, or a bare ID"


def _environment(current: Session, pilot: dict[str, Any]) -> dict[str, str]:
    """Say to the children what our options said."""
    environment = {f"KEAPSYNC_PILOT__{name.upper()}": json.dumps(value) for name, value in pilot.items()}
    if current.config:
        environment["KEAPSYNC_CONFIG"] = str(current.config.absolute())
    if current.verbose:
        environment["KEAPSYNC_LOG"] = "debug"
    return environment


def _dry_run(settings: Settings) -> None:
    from console.rehearse import rehearse
    from console.views.plan import print_plans

    print_plans(asyncio.run(rehearse(settings)))
