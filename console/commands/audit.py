"""`keapsync audit`: do the two systems hold the same, whatever the link table believes."""

# ruff: noqa: PLC0415 - Kafka and the connectors are imported only where they are asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.errors import FAILED
from console.session import session
from console.show import console, table
from schemas.flows import SIDES

if TYPE_CHECKING:
    from console.audit.drift import Audit
    from streams.settings import Settings


def audit(
    ctx: typer.Context,
    wait: Annotated[
        float | None, typer.Option(min=0, help="Seconds before pairs that differ are read again; else as long as an edit may take.")
    ] = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Ask for sweeps of the flows that differ: what changed unseen is carried over.")
    ] = False,
) -> None:
    """Read both sides whole, compare every pair under the mapping, list what differs; exits with 1 when something does."""
    settings = session(ctx).connected()
    from console.audit import drift
    from console.read_model import read_links

    links = read_links(settings)
    audits = [drift.audit(settings, name, links, wait) for name in settings.connections]
    for each in audits:
        _print(each)
        if repair:
            _ask_for_sweeps(settings, each)
    if any(each.differences for each in audits):
        raise typer.Exit(FAILED)


def _print(audit: Audit) -> None:
    if audit.differences:
        rows = table("flow", "keap", "erp", "difference")
        for link, differences in audit.differences:
            for each in differences:
                rows.add_row(link.flow, link.keap.id, link.erp.id, each.what)
        console().print(rows)
    console().print(f"{audit.connection}: {audit.pairs} pairs compared, {audit.count} differences in {len(audit.differences)} of them")


def _ask_for_sweeps(settings: Settings, audit: Audit) -> None:
    from console.requests import request

    for flow in audit.flows:
        for side in SIDES:
            request(settings, audit.connection, "sweep", side=side, flow=flow, again="true")
    if audit.flows:
        console().print(f"{audit.connection}: asked for sweeps of {', '.join(audit.flows)} on both sides; audit again when they are done")
