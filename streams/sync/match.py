"""Which two halves are twins: rules in order, exactly one unlinked candidate on each side, never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.flows import Side, other
from streams.mapping.rows import FlowMapping, MatchRule
from streams.sync import pages
from streams.sync.fields import canonical, refs_of, resolve
from streams.sync.index import key_of
from streams.sync.state import Link
from streams.sync.turn import Turn


@dataclass(frozen=True, slots=True)
class Match:
    """What the rules say of a half link: a twin, several candidates, or (None in its place) nothing."""

    rule: str
    twin: Link | None
    candidates: tuple[str, ...]


def match(turn: Turn, link: Link, side: Side) -> Match | None:
    """Look for the twin of a half link whose record is on `side`."""
    mapping = turn.mapping(link.flow)
    for number, rule in enumerate(mapping.match):
        if rule.narrows:
            continue
        found = sharing(turn, link, side, mapping, rule)
        if found is None:
            continue
        mine, theirs = found
        if not theirs and len(mine) == 1:
            continue
        verdict = _verdict(link, side, rule, mine, theirs)
        if verdict is None and (len(mine) == 1) != (len(theirs) == 1):
            verdict = _narrowed(turn, link, side, mapping, mapping.match[number + 1 :])
        return verdict or Match(name_of(rule), None, _refs(link, [*mine, *theirs]))
    return None


def name_of(rule: MatchRule) -> str:
    """Name a rule for the journal: `email + name`."""
    return " + ".join(rule.fields)


def _verdict(link: Link, side: Side, rule: MatchRule, mine: list[Link], theirs: list[Link]) -> Match | None:
    if rule.review_only:
        return None
    if rule.unique and (len(mine), len(theirs)) != (1, 1):
        return None
    mine = [one for one in mine if is_open(one, side)]
    theirs = [one for one in theirs if is_open(one, other(side))]
    if [one.id for one in mine] != [link.id] or len(theirs) != 1:
        return None
    return Match(name_of(rule), theirs[0], ())


def _narrowed(turn: Turn, link: Link, side: Side, mapping: FlowMapping, rules: tuple[MatchRule, ...]) -> Match | None:
    for rule in rules:
        if not rule.narrows:
            return None
        found = sharing(turn, link, side, mapping, rule)
        if found and found[1]:
            return _verdict(link, side, rule, *found)
    return None


def sharing(turn: Turn, link: Link, side: Side, mapping: FlowMapping, rule: MatchRule) -> tuple[list[Link], list[Link]] | None:
    """Return who shares this link's key on its own side (itself included) and on the other; None when the rule says nothing of it."""
    key = key_of(link, side, mapping, rule)
    if key is None:
        return None
    references = [mapping.row(name) for name in rule.fields if mapping.row(name).kind.reference]
    wanted = [resolve(turn, canonical(link, side, row)) for row in references]
    found: list[list[Link]] = []
    for where in (side, other(side)):
        sharing = [turn.link(member) for member in pages.members(turn, f"{link.flow}/{where}/{key}")]
        found.append([one for one in sharing if one and [resolve(turn, canonical(one, where, row)) for row in references] == wanted])
    return found[0], found[1]


def is_open(link: Link, side: Side) -> bool:
    """Tell whether a link with a record on `side` may still get a twin by rule."""
    twin = link.side(other(side))
    return (
        link.state in ("half", "review") and not link.pinned and link.side(side).id is not None and twin.id is None and twin.pending is None
    )


def _refs(link: Link, links: list[Link]) -> tuple[str, ...]:
    own = set(refs_of(link))
    return tuple(sorted({ref for one in links for ref in refs_of(one)} - own))
