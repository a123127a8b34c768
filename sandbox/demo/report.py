"""The table at the end of a demo, and what differs when something does."""

from __future__ import annotations

from rich.console import Console

from console.show import table
from sandbox.demo.servers import Server
from sandbox.demo.verdict import Verdict
from schemas.flows import FLOWS

SHOWN = 40
"""Differences that are printed one by one."""
COLUMNS = ("pairs", "created in keap", "created in erp", "updated in keap", "updated in erp", "in review", "differences")


def print_report(out: Console, verdict: Verdict, keap: Server, erp: Server) -> None:
    """Print the table of flows, then the differences. Writes are those of the workers: the demo's own edits are left out."""
    rows = table("flow", *COLUMNS, numbers=COLUMNS)
    for flow in FLOWS:
        wrong = [each for each in (*verdict.differences, *verdict.duplicates) if each.flow == flow]
        numbers = (
            verdict.pairs[flow], keap.writes["POST", flow], erp.writes["POST", flow],
            keap.writes["PATCH", flow], erp.writes["PATCH", flow], verdict.reviews[flow], len(wrong),
        )  # fmt: skip
        rows.add_row(flow, *map(str, numbers))
    out.print(rows)
    wrong = [*verdict.duplicates, *verdict.differences]
    for each in wrong[:SHOWN]:
        out.print(f"  {each.flow}: {each.what}")
    if len(wrong) > SHOWN:
        out.print(f"  and {len(wrong) - SHOWN} more")
