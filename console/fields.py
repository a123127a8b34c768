"""The custom fields that a connection's mapping stands on, held against what its Keap account has; and making those that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.errors import FatalError, RetriableError, SyncError
from schemas.flows import Flow
from streams.accounts import keap_connector
from streams.connections import whole_mapping_of
from streams.mapping.converters.date_in_zone import DateInZone
from streams.mapping.kinds.boolean import Boolean
from streams.mapping.kinds.date import Date
from streams.mapping.kinds.decimal import Decimal, Money
from streams.mapping.kinds.instant import Instant
from streams.mapping.kinds.integer import Integer
from streams.mapping.rows import CUSTOM

if TYPE_CHECKING:
    from connectors.keap import KeapConnector
    from connectors.keap.model import TenantModel
    from streams.mapping.rows import Kind
    from streams.settings import Settings

TYPES: Final[dict[type, str]] = {
    Boolean: "YES_NO",
    Date: "DATE",
    DateInZone: "DATE_TIME",
    Decimal: "DECIMAL_NUMBER",
    Instant: "DATE_TIME",
    Integer: "WHOLE_NUMBER",
    Money: "CURRENCY",
}
"""A row's type -> Keap's; every other is TEXT, which takes what the ERP holds as it is."""
STAMP: Final = "stamp"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A custom field that the mapping stands on, and how the account has it.

    Attributes:
        feeds: the ERP property, or `stamp`.
        there: the type of the account's field; None where it has none.
        alike: a label of the account that differs in case and spaces only.
    """

    flow: Flow
    label: str
    field_type: str
    feeds: str
    optional: bool
    there: str | None
    alike: str | None = None


def wanted_fields(settings: Settings, name: str, tenant: TenantModel) -> list[Wanted]:
    """Return every custom field that the mapping of a connection names, the stamp's first; raises ConfigurationError."""
    found: dict[tuple[Flow, str], Wanted] = {}
    for flow, mapping in whole_mapping_of(settings, settings.connections[name]).items():
        has = tenant.custom_fields.get(flow, {})
        folded = {_fold(label): label for label in has}
        stamp = mapping.stamp.get("keap", "").removeprefix(CUSTOM)
        named = [(stamp, "TEXT", STAMP, False)] if stamp else []
        named += [(row.label, type_of(row.kind), row.erp, row.optional) for row in mapping.rows if row.label]
        for label, field_type, feeds, optional in named:
            alike = folded.get(_fold(label)) if label not in has else None
            found.setdefault((flow, label), Wanted(flow, label, field_type, feeds, optional, has.get(label), alike))
    return list(found.values())


def type_of(kind: Kind) -> str:
    """Return the type of the field that holds a row's values in Keap."""
    return TYPES.get(type(kind), "TEXT")


@dataclass(frozen=True, slots=True)
class Made:
    """What became of the fields that were missing."""

    made: tuple[Wanted, ...]
    refused: tuple[str, ...]
    """A sentence per field that was not made."""


async def make_fields(keap: KeapConnector, missing: list[Wanted]) -> Made:
    """Make the fields one by one; one that is refused stops no other, an account that does not answer stops all.

    Once a reply is lost it is not known whether its field was made; whoever asks again looks first.
    """
    made: list[Wanted] = []
    refused: list[str] = []
    for number, field in enumerate(missing):
        place = f"{field.flow} {field.label!r}"
        if field.alike is not None:
            refused.append(f"{place}: the account has {field.alike!r}; give it the label to the letter, there or in the mapping")
            continue
        try:
            await keap.add_field(field.flow, field.label, field.field_type)
        except (RetriableError, FatalError) as error:
            left = len(missing) - number - 1
            refused.append(f"{place}: {error}; {left} more were not tried" if left else f"{place}: {error}")
            break
        except SyncError as error:
            refused.append(f"{place}: {error}")
        else:
            made.append(field)
    return Made(tuple(made), tuple(refused))


async def look(settings: Settings, name: str, *, create: bool) -> tuple[list[Wanted], Made]:
    """Hold a connection's mapping against its account, and make what is missing where that is asked for."""
    keap = keap_connector(settings, name)
    try:
        wanted = wanted_fields(settings, name, await keap.model())
        missing = [field for field in wanted if field.there is None] if create else []
        return wanted, await make_fields(keap, missing)
    finally:
        await keap.close()


def field_faults(wanted: list[Wanted]) -> list[str]:
    """Return a sentence per field that rows need and the account lacks; the stamp's is the connector's to tell."""
    return [
        f"keap {field.flow}: there is no custom field {field.label!r}, on which {field.feeds} stands;"
        " `keapsync keap fields --create` makes it, or `optional: true` lets the row wait for it"
        for field in wanted
        if field.there is None and not field.optional and field.feeds != STAMP
    ]


def waiting_sentence(labels: list[tuple[Flow, str]]) -> str | None:
    """Say which optional rows do not count, None when all do."""
    if not labels:
        return None
    by_flow = {flow: ", ".join(label for one, label in labels if one == flow) for flow, _ in labels}
    named = "; ".join(f"{flow}: {names}" for flow, names in by_flow.items())
    return f"optional rows that do not count, for want of a custom field in Keap ({named}); `keapsync keap fields --create` makes them"


def _fold(label: str) -> str:
    return " ".join(label.casefold().split())
