"""One link in full: what it joins, what is agreed and who said so, what each side shows, what is in flight."""

from __future__ import annotations

from rich.text import Text

from console.read_model.links import refs, title
from console.show import console, moment, table, text
from schemas.flows import SIDES, Side
from streams.sync.state import Link


def print_link(link: Link) -> None:
    """Print everything the table knows of a link."""
    out = console()
    out.print(Text.assemble((link.flow, "bold"), f" {title(link)}  ({link.connection})"))
    for name, value in _facts(link):
        out.print(f"  {name:<14}{value}")
    for side in SIDES:
        for name, value in _side_facts(link, side):
            out.print(f"  {name:<14}{value}")
    values = table("field", "agreed", "said by", "at", "keap shows", "erp shows")
    for name in sorted(link.agreed.keys() | link.keap.seen.keys() | link.erp.seen.keys()):
        said = link.agreed.get(name)
        values.add_row(
            name,
            text(said.value if said else None),
            text(said.side if said else None),
            moment(said.at if said else None),
            _shown(link, "keap", name),
            _shown(link, "erp", name),
        )
    out.print(values)
    out.print()


def _facts(link: Link) -> list[tuple[str, str]]:
    ids = refs(link)
    facts = [("link", link.id), ("state", link.state), ("keap", text(ids.get("keap"))), ("erp", text(ids.get("erp")))]
    more = {
        "reason": link.reason,
        "candidates": ", ".join(link.candidates),
        "waits for": ", ".join(dict.fromkeys(filter(None, [link.gate, *link.gates]))),
        "former": ", ".join(link.former),
        "disputed": ", ".join(link.disputed) + " (keapsync choose)" if link.disputed else None,
        "frozen": ", ".join(link.frozen) + " (keapsync thaw)" if link.frozen else None,
        "pinned": "an operator decided" if link.pinned else None,
    }
    return facts + [(name, value) for name, value in more.items() if value]


def _side_facts(link: Link, side: Side) -> list[tuple[str, str]]:
    state = link.side(side)
    facts = []
    if state.pending:
        command = state.pending.command
        fields = ", ".join(command.fields)
        facts.append((f"to {side}", f"{command.op} in flight since {moment(command.issued_at)}, command {command.id}: {fields}"))
    if state.deferred:
        facts.append((f"from {side}", f"a change waits for that answer: {state.deferred.capture} of {moment(state.deferred.read_at)}"))
    if state.blocked:
        facts.append((f"to {side}", f"blocked: {state.blocked}"))
    if state.refused:
        facts.append((f"to {side}", f"cannot be written there: {', '.join(state.refused)}"))
    if state.gone:
        facts.append((f"on {side}", "the record is gone"))
    return facts


def _shown(link: Link, side: Side, name: str) -> str:
    """Return what a side shows of a field: its own spelling, an older value, or what is agreed."""
    state = link.side(side)
    if state.id is None:
        return ""
    if name in state.seen:
        return text(state.seen[name])
    said = link.agreed.get(name)
    return "=" if said else text(None)
