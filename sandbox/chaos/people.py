"""People at both screens: they edit and add records through the public APIs, and remember what they did.

A person who is told of an error saves again until it is accepted, so every edit remembered as done is done. An addition whose answer
never came is not repeated, for that would be a second record: what became of it is looked up in the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from sandbox.chaos.beside import Beside
from sandbox.chaos.kinds import BIRTHS, KINDS, Birth, Kind
from sandbox.data.seeds import COLLECTIONS
from sandbox.demo.servers import API, PERSON, Server
from schemas.flows import FLOWS, SIDES, Fields, Flow, Side, Value, entity_of

Pair = dict[Side, str]
"""The ids of one thing, on the sides where it is."""
RIVAL = 0.15
"""Share of edits that are followed at once by one of the same field on the other side."""
LATE = 0.15
"""Share of edits in the ERP that are followed by one of the same field in Keap a little later: while they are on their way there."""
LATER_S = (0.1, 2.0)
"""How much later: a poll, a decision, and a reading of the sink's."""
BIRTH = 0.06
"""Share of steps that add a record."""
RESTED_S = 40.0
"""Where nothing was said for so long, a value that is given more than once can be told from what it was before: all was seen by then."""
NEW = 3
"""So many records were added just now."""
PATIENCE_S = 90
"""How long a person tries: longer than any part is down."""
ANSWER_S = 10
AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit; times in ms since the epoch."""

    side: Side
    flow: Flow
    id: str
    row: str
    value: Value
    sent_at: int
    confirmed_at: int | None
    """None: it was never accepted, and may be there or not."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A record that was added; `id` is None when the answer never came."""

    birth: Birth
    mark: str
    id: str | None


@dataclass(slots=True)
class Memory:
    """What people did."""

    edits: list[Edit] = field(default_factory=list)
    newcomers: list[Newcomer] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Refusals that have nothing to do with faults: the storm itself is wrong."""


class People(Beside):
    """One busy person after the other."""

    def __init__(self, servers: tuple[Server, Server], pairs: dict[Flow, list[Pair]], seed: int, pause_s: float, before: int = 0) -> None:
        """Prepare.

        Args:
            servers: both, running.
            pairs: what is there on both sides, for as long as no links are known.
            seed: of all they do.
            pause_s: between two edits, on average.
            before: so many values were given by others, who give no other ones.
        """
        super().__init__("people")
        self.linked: dict[Flow, list[Pair]] = {flow: [] for flow in FLOWS}
        """What has a link by now; may be replaced while they work."""
        self._pairs = pairs
        self.memory = Memory()
        self._random = Random(seed)
        self._pause_s = pause_s
        self._count = before
        self._due: list[tuple[float, Kind, Pair]] = []
        """Edits in Keap that are still to be made, and when (monotonic seconds)."""
        self._touched: dict[tuple[Side, str, str], float] = {}
        """(side, record, row) -> when it was edited last (monotonic seconds)."""
        self._http: dict[Side, httpx.Client] = {
            server.side: httpx.Client(
                base_url=server.url + API[server.side],
                headers={"authorization": f"Bearer {server.token}", **PERSON},
                timeout=ANSWER_S,
            )
            for server in servers
        }
        self._stage = next(iter(servers[0].stages().values()))

    def __exit__(self, *_: object) -> None:
        """Let them finish what they do."""
        super().__exit__()
        for client in self._http.values():
            client.close()

    def _work(self) -> None:
        while not self._stop.wait(self._pause_s * self._random.uniform(0.5, 1.5)):
            if self._random.random() < BIRTH:
                self._add(self._random.choice(BIRTHS))
            else:
                self._edit()
            now = time.monotonic()
            due, self._due = [late for late in self._due if late[0] <= now], [late for late in self._due if late[0] > now]
            for _, kind, pair in due:
                self._save(kind, "keap", pair)

    def _edit(self) -> None:
        kind = self._random.choice([kind for kind in KINDS if self._found(kind)])
        pair = self._random.choice(self._found(kind))
        # Keap has no versions: between a sink's read and its patch an edit there is lost, by design for some milliseconds. Keap
        # first, so that rivals meet in the deciding and not in that gap.
        side = self._random.choice(sorted(pair))
        if kind.repeats:
            self._repeat(kind, side, pair)
            return
        rival = len(pair) > 1 and self._random.random() < RIVAL
        self._save(kind, "keap" if rival else side, pair)
        if rival:
            self._save(kind, "erp", pair)
        elif side == "erp" and len(pair) > 1 and self._random.random() < LATE:
            self._due.append((time.monotonic() + self._random.uniform(*LATER_S), kind, pair))

    def _repeat(self, kind: Kind, side: Side, pair: Pair) -> None:
        """Say what may have been said before: where the field rests, and shows something else."""
        values, shown = self._says(kind, side), self._shown(kind, side, pair)
        if shown is not None and self._rested(kind, pair) and not kind.needless(side, values, shown):
            self._save(kind, side, pair, values)

    def _found(self, kind: Kind) -> list[Pair]:
        """Return what can be edited so. Before it has a twin it may be matched by whom it refers to, and what is empty says nothing."""
        if not kind.repeats:
            return self.linked[kind.flow] or self._pairs[kind.flow]
        if kind.to is None:
            return self._twins(kind.flow)
        return self._twins(kind.flow) if self._twins(kind.to) else []

    def _twins(self, flow: Flow) -> list[Pair]:
        return [pair for pair in self.linked[flow] if len(pair) == len(SIDES)]

    def _rested(self, kind: Kind, pair: Pair) -> bool:
        since = time.monotonic() - RESTED_S
        return all(self._touched.get((side, record_id, kind.row), 0.0) < since for side, record_id in pair.items())

    def _says(self, kind: Kind, side: Side) -> Fields:
        self._count += 1
        if kind.to is None:
            return kind.says(self._count)
        return {kind.row: f"{side}/{entity_of(kind.to, side)}/{self._random.choice(self._twins(kind.to))[side]}"}

    def _save(self, kind: Kind, side: Side, pair: Pair, said: Fields | None = None) -> None:
        values, path = said or self._says(kind, side), _path(kind, side, pair)
        sent_at, deadline = _now(), time.monotonic() + PATIENCE_S
        done = None
        while done is None and time.monotonic() < deadline:
            done = self._accepted(lambda: self._patch(kind, side, path, values))
        confirmed_at = _now() if done else None
        for row, value in values.items():
            self._touched |= {(one, record_id, row): time.monotonic() for one, record_id in pair.items()}
            self.memory.edits.append(Edit(side, kind.flow, pair[side], row, value, sent_at, confirmed_at))

    def _patch(self, kind: Kind, side: Side, path: str, values: Fields) -> httpx.Response:
        if side == "erp":
            as_merge = {"content-type": "application/merge-patch+json"}
            return self._http[side].patch(path, json=kind.body(side, values, {}), headers=as_merge)
        shown = self._get(kind, side, path)
        if not shown.is_success:
            return shown
        return self._http[side].patch(path, params={"update_mask": kind.keap[0]}, json=kind.body(side, values, shown.json()))

    def _get(self, kind: Kind, side: Side, path: str) -> httpx.Response:
        asked = {"fields": kind.keap[0]} if side == "keap" and kind.flow in ("company", "contact") else {}
        return self._http[side].get(path, params=asked)

    def _shown(self, kind: Kind, side: Side, pair: Pair) -> dict[str, Any] | None:
        """Return what a record shows, None when nobody answers."""
        try:
            answer = self._get(kind, side, _path(kind, side, pair))
        except httpx.TransportError:
            return None
        return dict(answer.json()) if answer.is_success else None

    def _accepted(self, call: Callable[[], httpx.Response]) -> bool | None:
        """Return whether a call was accepted or refused; None: it should be tried again."""
        try:
            answer = call()
        except httpx.TransportError:
            time.sleep(AGAIN_S)
            return None
        if answer.is_success or self._refused(answer):
            return answer.is_success
        time.sleep(AGAIN_S)
        return None

    def _refused(self, answer: httpx.Response) -> bool:
        """Tell whether an answer is final, and remember it: people do nothing that should be refused."""
        final = answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS
        if final:
            self.memory.failures.append(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}")
        return final

    def _add(self, birth: Birth) -> None:
        given = self._given() if birth.deal else {}
        if given is None:
            return
        self._count += 1
        mark = f"n{self._count:05d}"
        added: str | None = None
        try:
            answer = self._http[birth.side].post(f"/{COLLECTIONS[birth.side][birth.flow]}", json=birth.body(mark, given))
        except httpx.ConnectError:
            return
        except httpx.TransportError:
            self.memory.newcomers.append(Newcomer(birth, mark, None))
            return
        if answer.is_success:
            body: dict[str, Any] = answer.json()
            added = str(body["id"])
        elif self._refused(answer) or answer.is_client_error:
            return
        self.memory.newcomers.append(Newcomer(birth, mark, added))

    def _given(self) -> dict[str, str] | None:
        """Return what a deal is about: somebody who was just added, and has no twin yet, or who has one; None: nobody is there."""
        added = [each.id for each in self.memory.newcomers[-NEW:] if each.id and (each.birth.flow, each.birth.side) == ("contact", "keap")]
        contacts = added or [pair["keap"] for pair in self._twins("contact")]
        return {"contact_id": self._random.choice(contacts), "stage_id": self._stage} if contacts else None


def _path(kind: Kind, side: Side, pair: Pair) -> str:
    return f"/{COLLECTIONS[side][kind.flow]}/{pair[side]}"


def _now() -> int:
    return time.time_ns() // 1_000_000
