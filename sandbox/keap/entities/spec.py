"""How an entity is declared: one table of properties, with what each takes and how each is shown.

Documents hold what was written, in the shape of writes (flat ids, lists by slot), without cleared properties.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.keap.checks import Check
from sandbox.keap.filters import Filter
from sandbox.keap.storage import Row, View

Document = dict[str, Any]

MISSING: Any = object()  # Shown by leaving the property out.


@dataclass(frozen=True, slots=True)
class Reading:
    """What showing a record needs beside the record.

    Attributes:
        view: The state that is read, for the names of referenced records.
        plural: The entity of the record.
        moment: Prints a time: rounded up on reads, exact in answers to writes.
        alone: The record was asked for by id, not in a list.
    """

    view: View
    plural: str
    moment: Callable[[int], str]
    alone: bool = True


Reader = Callable[[Row, Reading], Any]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity.

    Attributes:
        create: What POST takes; None: nothing.
        patch: What PATCH takes; None: nothing.
        show: How it is read; None: it is write-only.
        required: POST must bring it and PATCH cannot clear it.
        optional: Left out of answers unless `fields=` asks for it.
    """

    create: Check | None = None
    patch: Check | None = None
    show: Reader | None = None
    required: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    Attributes:
        kind: Singular, as messages call it.
        plural: Name of its collection: path, envelope key, table.
        path: Its collection's path under `/rest/v2/`.
        id_space: Entities of one id space never share an id.
        properties: All of them, by name.
        only_selected: `fields=` names all that is shown; otherwise it adds to what is shown anyway.
        has_fields: There is a `fields=` parameter at all.
        filters: What `filter=` takes.
        filters_apart: Sets of filters that exclude each other.
        orders: Key of `order_by=` to the SQL that orders; the first is the default.
        indexed: SQL expressions worth an index.
        references: Property holding an id to the plural it points to.
        idle_fields: Names that `fields=` takes though they show nothing.
        idle_masks: Names that `update_mask=` takes though nothing can be written there (generated noise in SPEC).
        verify: Rules across properties, checked on create; raises Refused.
        permit: Rules between what a record was and what it is to be, checked on PATCH; raises Refused.
        settle: Brings a document into its stored shape, after every write.
        custom_fields: The entity has a model with custom fields.
        owner: Property that names the user whose record it is; None: everybody's.
    """

    kind: str
    plural: str
    path: str
    id_space: str
    properties: Mapping[str, Property]
    only_selected: bool = False
    has_fields: bool = True
    filters: Mapping[str, Filter] = field(default_factory=dict)
    filters_apart: tuple[frozenset[str], ...] = ()
    orders: Mapping[str, str] = field(default_factory=lambda: {"id": "id"})
    indexed: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    idle_fields: frozenset[str] = frozenset()
    idle_masks: frozenset[str] = frozenset()
    verify: Callable[[Document], None] = lambda _document: None
    permit: Callable[[Document, Document, View], None] = lambda _old, _new, _view: None
    settle: Callable[[Document], Document] = lambda document: document
    custom_fields: bool = False
    owner: str | None = None


def written(name: str, check: Check, *, unset: Any = None, required: bool = False, optional: bool = False) -> Property:
    """A property that is shown as it was written; `unset` is what is shown in its place when it is not."""
    return Property(check, check, lambda row, _: row.document.get(name, unset), required, optional)


def shown(show: Reader, *, optional: bool = False) -> Property:
    """A read-only property."""
    return Property(show=show, optional=optional)


def constant(value: Any, *, optional: bool = False) -> Property:
    """A read-only property that no tenant of the sandbox ever fills."""
    return Property(show=lambda _row, _reading: value, optional=optional)


def created(*, optional: bool = False) -> Property:
    """The moment of creation."""
    return shown(lambda row, reading: reading.moment(row.created_ms), optional=optional)


def updated(*, optional: bool = False) -> Property:
    """The moment of the last change."""
    return shown(lambda row, reading: reading.moment(row.updated_ms), optional=optional)


RECORD_ID = shown(lambda row, _: str(row.id))
