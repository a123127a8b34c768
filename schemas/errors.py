"""The one error tree, grouped by what the caller does.

SyncError
|- ConfigurationError        stop before start; every fault listed with its place
|- FatalError                stop the worker: credentials refused, unreadable schema, broken invariant
|- RetriableError            same record again, partition held: timeout, 5xx, broker away
|   |- RateLimitedError      the wait is the server's
|   `- AmbiguousError        the reply was lost: look before repeating a create
|- RecordError               dead-letter this record, go on
|   |- SchemaError           bytes no committed schema can read
|   |- MappingError          a value that cannot be mapped
|   `- RejectedError         the target's 4xx, with its words
|- ConflictError             the record moved under us: read again, decide again
`- SkippableError            count and go on
    `- GoneError             the record does not exist on that side (any more)

An echo, a stale or a duplicate change is a verdict of the core, never an exception.
"""

from __future__ import annotations


class SyncError(Exception):
    """Anything keapsync raises on purpose."""


class ConfigurationError(SyncError):
    """The settings, the mapping or the environment are wrong; raised before anything is written.

    Attributes:
        faults: one sentence per fault, each naming its place.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class FatalError(SyncError):
    """The worker cannot go on; its supervisor restarts it or an operator acts."""


class RetriableError(SyncError):
    """The same call may succeed later.

    Attributes:
        wait_s: seconds the server asks for, or None when the caller's backoff decides.
    """

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class RateLimitedError(RetriableError):
    """The server refused the call for its rate; nothing happened there."""


class AmbiguousError(RetriableError):
    """The reply was lost: the server may have done what was asked."""


class RecordError(SyncError):
    """This record cannot be processed; it becomes a dead letter and the others go on."""


class SchemaError(RecordError):
    """Bytes that no committed schema can read."""


class MappingError(RecordError):
    """A value that the mapping cannot carry.

    Attributes:
        flow, field, value: where it happened, for the dead letter.
    """

    def __init__(self, message: str, *, flow: str = "", field: str = "", value: object = None) -> None:
        super().__init__(message)
        self.flow = flow
        self.field = field
        self.value = value


class RejectedError(RecordError):
    """The target refused the record for good.

    Attributes:
        status: HTTP status, or 0 when refused before the call.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ConflictError(SyncError):
    """The record is not what the decision was based on.

    Attributes:
        record: the current one (`connectors.base.Record`), when the refusal brought it.
    """

    def __init__(self, message: str, record: object = None) -> None:
        super().__init__(message)
        self.record = record


class SkippableError(SyncError):
    """Nothing is left to do, such as deleting what is gone."""


class GoneError(SkippableError):
    """The record does not exist (any more) on that side."""
