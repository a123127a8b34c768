"""Which properties an ERP has and where they are in its records."""

from __future__ import annotations

from connectors.erp.profile.shape import Profile
from connectors.erp.properties import PROPERTIES, STAMP
from schemas.flows import FLOWS, Flow

Places = dict[str, str]
"""Property -> its place."""


def places(profile: Profile, flow: Flow) -> Places:
    """Return every property an ERP has, its stamp among them."""
    named = profile.entity(flow).names
    spelled = {name: named.get(name, _spell(profile, name)) for name in PROPERTIES[flow] | named.keys()}
    spelled[STAMP] = spelled[STAMP] or STAMP  # one that keeps none says so in its capabilities
    return {name: place for name, place in spelled.items() if place}


def properties(profile: Profile) -> dict[Flow, frozenset[str]]:
    """Return every native property by flow, for the mapping's parser."""
    return {flow: frozenset(places(profile, flow)) for flow in FLOWS}


def _spell(profile: Profile, name: str) -> str:
    return name if profile.case == "snake" else ".".join(_camel(part) for part in name.split("."))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
