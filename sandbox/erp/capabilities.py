"""What the ERP offers, with a switch for each, so that a poorer ERP can be played."""

from msgspec import Struct


class Capabilities(Struct, frozen=True, forbid_unknown_fields=True):
    """The switches; one that is off makes the ERP act as if it had never heard of the thing.

    Webhooks are off because nothing is delivered: subscriptions are only kept. `external_id` off changes what is said, not
    yet what is done.

    Attributes:
        updated_since: Off: the parameter is ignored.
        versions: Off: no `ETag`, and `If-Match` is ignored.
        idempotency: Off: `Idempotency-Key` is ignored.
        external_id: Off: only said so.
        soft_delete: Off: a deleted record is not shown any more.
        webhooks: Only said so.
    """

    updated_since: bool = True
    versions: bool = True
    idempotency: bool = True
    external_id: bool = True
    soft_delete: bool = True
    webhooks: bool = False
