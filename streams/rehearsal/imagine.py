"""A sink that makes no call: every command is answered as if it had been carried out."""

from __future__ import annotations

from schemas.flows import Fields
from schemas.records import Change, Command, Outcome


class Imagination:
    """What both sides would show after the calls imagined so far."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], tuple[Fields, int | None, int | None]] = {}
        self._made = 0

    def see(self, change: Change) -> None:
        """Remember what a side really shows."""
        self._shown[change.side, f"{change.entity}/{change.id}"] = (change.fields, change.version, change.updated_at)

    def answer(self, command: Command, at: int) -> Outcome:
        """Return the outcome the command would have."""
        if command.target is None:
            self._made += 1
        record = command.target or f"new-{self._made}"
        before, version, updated_at = self._shown.get((command.side, f"{command.entity}/{record}"), ({}, None, None))
        after = {**before, **command.fields}
        if command.op != "read":
            version, updated_at = (None if version is None else version + 1), at
        self._shown[command.side, f"{command.entity}/{record}"] = (after, version, updated_at)
        return Outcome(
            command=command.id,
            connection=command.connection,
            link=command.link,
            seq=command.seq,
            side=command.side,
            entity=command.entity,
            status="applied",
            at=at,
            calls=0,
            id=record,
            record=after,
            version=version,
            updated_at=updated_at,
        )
