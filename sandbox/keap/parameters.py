"""Query parameters that hold several names: `fields=` and `update_mask=`, as csv, repeated, or both."""

from collections.abc import Collection

from starlette.datastructures import QueryParams

from sandbox.keap.entities import Entity
from sandbox.keap.errors import bad_request


def names(query: QueryParams, parameter: str, allowed: Collection[str]) -> tuple[str, ...] | None:
    """Read the names given with `parameter`, None when it is absent; raises ApiError 400 for one not allowed."""
    if parameter not in query:
        return None
    given = [name.strip() for part in query.getlist(parameter) for name in part.split(",")]
    for name in filter(None, given):
        if name not in allowed:
            raise bad_request(f"{name!r} is not a valid value of {parameter}", parameter)
    return tuple(dict.fromkeys(filter(None, given)))


def selected(entity: Entity, query: QueryParams) -> tuple[str, ...]:
    """Say which properties an answer shows: those of `fields=`, or those beside the optional ones."""
    readable = {name: each for name, each in entity.properties.items() if each.show}
    usual = tuple(name for name, each in readable.items() if not each.optional)
    if not entity.has_fields:
        return usual
    asked = names(query, "fields", readable.keys() | entity.idle_fields)
    if asked is None:
        return usual
    known = tuple(name for name in asked if name in readable)
    return ("id", *known) if entity.only_selected else (*usual, *known)


def masked(entity: Entity, query: QueryParams) -> frozenset[str] | None:
    """Say which properties a PATCH touches; None: all in its body."""
    patchable = {name for name, each in entity.properties.items() if each.patch}
    asked = names(query, "update_mask", patchable | entity.idle_masks)
    return None if asked is None else frozenset(patchable.intersection(asked))
