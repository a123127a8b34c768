"""Products (SPEC, 2.6): a price is written as an integer of the currency's smallest unit and read as an object.

They have no custom fields, no `fields=`, and no filter by time.
"""

from sandbox.keap import filters
from sandbox.keap.checks import Check, boolean, integer, number, part, switch, text
from sandbox.keap.entities.spec import RECORD_ID, Document, Entity, Property, Reading, constant, created, updated, written
from sandbox.keap.storage import Row

CURRENCY = "USD"
_INT32 = 2**31 - 1
_NAME, _SKU = "document ->> '$.name'", "document ->> '$.sku'"
_STOCK: dict[str, Check] = {
    "inventory_limit": integer(0, _INT32),
    "out_of_stock_enabled": boolean,
    "email_for_inventory_notifications": text(255),
}

_SWITCHES = (
    "shippable", "taxable", "subscription_only", "storefront_hidden", "country_taxable", "state_taxable", "city_taxable",
    "is_package", "needs_digital_delivery",
)  # fmt: skip


def show_money(amount: int) -> Document:
    """CurrencyValue: `{"amount": 1250, "currency_code": "USD", "formatted_amount": "$12.50"}`."""
    return {"amount": amount, "currency_code": CURRENCY, "formatted_amount": f"${amount // 100:,}.{amount % 100:02d}"}


def _show_inventory(row: Row, reading: Reading) -> Document:
    stock: Document = {name: row.document.get(name) for name in _STOCK}
    # Lists leave the count out (ProductInventory_List against ProductInventory_Detail).
    return {**stock, "inventory_count": row.document.get("inventory_count", 0)} if reading.alone else stock


def _settle(document: Document) -> Document:
    """Give every switch a value, and flatten the inventory of a create, so that the flat properties of a PATCH meet it."""
    rest = {name: value for name, value in document.items() if name != "inventory"}
    return {"active": True, **dict.fromkeys(_SWITCHES, False), **rest, **document.get("inventory", {})}


def _texts(names: tuple[str, ...], limit: int) -> dict[str, Property]:
    return {name: written(name, text(limit)) for name in names}


PRODUCT = Entity(
    kind="Product",
    plural="products",
    path="products",
    id_space="product",
    properties={
        "id": RECORD_ID,
        "name": written("name", text(255), required=True),
        "price": Property(integer(0), integer(0), lambda row, _: show_money(row.document["price"]), required=True),
        "short_description": written("short_description", text(1000), required=True),
        "sku": written("sku", text(64), unset=""),
        "weight": written("weight", number),
        **_texts(("description", "top_html", "bottom_html", "delivery_description"), 65535),
        **{name: written(name, switch) for name in ("active", *_SWITCHES)},
        "inventory": Property(create=part({**_STOCK, "inventory_count": integer(0, _INT32)}), show=_show_inventory),
        **{name: Property(patch=check) for name, check in _STOCK.items()},
        "categories": constant([]),
        "options": constant([]),
        "subscription_plans": constant([]),
        "has_legacy_image": constant(False),
        "create_time": created(),
        "update_time": updated(),
    },
    has_fields=False,
    filters={
        "name": filters.prefix(_NAME),
        "sku": filters.prefix(_SKU),
        "description": filters.prefix("document ->> '$.description'"),
        "short_description": filters.prefix("document ->> '$.short_description'"),
        "product_id": filters.compared("id"),
        "product_ids": filters.id_set(),
    },
    orders={
        "": "id", "name": f"lower({_NAME})", "sku": f"lower(ifnull({_SKU}, ''))", "last_updated_time": "updated_s",
    },
    indexed=(_NAME, _SKU),
    settle=_settle,
)  # fmt: skip
