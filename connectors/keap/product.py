"""Products: prices in minor units, no custom fields (so no stamp), no `fields=`, no filter or order by creation."""

from __future__ import annotations

from connectors.keap.entity import Entity
from connectors.keap.money import Currency, Price
from connectors.keap.scalars import flags, numbers, text

PRODUCT = Entity(
    flow="product",
    plural="products",
    parts=(
        *text("name", "sku", "description", "short_description"),
        Price(),
        Currency(),
        *flags("active", "taxable", "shippable", "subscription_only"),
        *numbers("weight"),
    ),
    fields="none",
    created="create_time",
    updated="update_time",
    id_filter="product_id",
    by_update="last_updated_time desc",
    # What was created since a moment was changed since then, too.
    by_create="last_updated_time desc",
    by_create_shows="updated_at",
    stamped=False,
)
