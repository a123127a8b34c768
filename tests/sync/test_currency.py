"""Prices of another currency than the Keap account's: never taken for its own, in neither direction."""

from __future__ import annotations

import pytest

from schemas.flows import Fields
from schemas.records import Command
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.state import Link
from tests.sync.desk import Desk, context

MAPPING = load_mapping(None, MappingOptions(currency="USD"))
ERP: Fields = {"sku": "W-1", "name": "Widget", "unit_price": "12.50", "currency": "EUR", "description": "old"}
KEAP: Fields = {"sku": "W-1", "name": "Widget", "price.amount": "10.00", "price.currency_code": "USD", "description": "old"}
NAMED = "product.unit_price: 13.00 is in EUR, and the Keap account's currency is USD"
REFUSED = "product.unit_price: the erp record is in EUR, and the Keap account's currency is USD"


@pytest.fixture
def desk() -> Desk:
    """Return a desk whose account keeps prices in dollars."""
    return Desk(context(mapping=MAPPING))


def erp(desk: Desk, at: int = 0, **changes: str | None) -> list[Command]:
    """Let the ERP show the product."""
    return desk.show("erp", "product", "e1", ERP | changes, at)


def keap(desk: Desk, at: int = 0, **changes: str | None) -> list[Command]:
    """Let Keap show the product."""
    return desk.show("keap", "product", "k1", KEAP | {name.replace("__", "."): value for name, value in changes.items()}, at)


def foreign(desk: Desk) -> Link:
    """Link a product that costs 10 dollars here and 12.50 euros there."""
    keap(desk)
    erp(desk)
    assert desk.marks() == []
    return desk.link("k1")


def test_a_product_of_another_currency_waits_at_a_gate(desk: Desk):
    """Named, without a dead letter."""
    erp(desk)
    assert desk.marks() == []
    assert desk.link("e1").gate == "currency"
    assert desk.refused == []


@pytest.mark.parametrize("currency", ["USD", "usd ", None, ""])
def test_a_product_of_the_accounts_currency_is_created(desk: Desk, currency: str | None):
    """One that names none counts as the account's."""
    erp(desk, currency=currency)
    (create,) = desk.marks()
    assert (create.side, create.fields["price.amount"]) == ("keap", "12.50")


def test_a_price_that_nobody_can_read_is_told_at_once(desk: Desk):
    """It is no matter of currencies, and a half pair has no gate that says it."""
    erp(desk, unit_price="free", currency=None)
    assert desk.refused == ["product.unit_price: 'free' is not a decimal number"]


def test_the_gate_opens_when_the_currency_does(desk: Desk):
    """With the price that was left out before."""
    erp(desk)
    desk.marks()
    (create,) = erp(desk, 60_000, currency="USD")
    assert create.fields["price.amount"] == "12.50"


def test_while_the_accounts_currency_is_not_known_prices_are_taken_as_they_come():
    """Nothing can be compared."""
    desk = Desk()
    erp(desk)
    (create,) = desk.marks()
    assert create.fields["price.amount"] == "12.50"


def test_a_product_of_keap_names_its_currency_in_the_erp(desk: Desk):
    """When it is created, and never after."""
    keap(desk)
    (create,) = desk.marks()
    assert (create.fields["unit_price"], create.fields["currency"]) == ("10.00", "USD")
    desk.answer(create)
    assert desk.show("erp", "product", "new1", create.fields | {"currency": "EUR"}, 60_000) == []
    assert "tolerated" not in desk.kinds()


def test_two_prices_of_different_currencies_stay_apart(desk: Desk):
    """Linked by the sku; the price is named once, everything else is in step."""
    link = foreign(desk)
    assert link.state == "linked"
    assert desk.refused == [REFUSED]


def test_a_foreign_price_is_not_written_to_keap_and_the_rest_is(desk: Desk):
    """A dead letter names it."""
    foreign(desk)
    (update,) = erp(desk, 60_000, unit_price="13.00", description="new")
    assert (update.side, update.fields) == ("keap", {"description": "new"})
    assert desk.refused == [REFUSED, NAMED]


def test_keaps_price_is_not_written_over_a_foreign_one(desk: Desk):
    """It is as wrong in that direction; the rest is written."""
    foreign(desk)
    (update,) = keap(desk, 60_000, price__amount="11.00", description="new")
    assert (update.side, update.fields) == ("erp", {"description": "new"})
    assert desk.refused == [REFUSED, REFUSED]


def test_prices_meet_when_the_currency_is_the_accounts(desk: Desk):
    """The row's policy chooses: the ERP's."""
    foreign(desk)
    (update,) = erp(desk, 60_000, currency="USD")
    assert (update.side, update.fields) == ("keap", {"price.amount": "12.50"})
    assert desk.answer(update, record=KEAP | update.fields) == []


def test_a_price_that_was_refused_is_written_when_the_currency_is_the_accounts(desk: Desk):
    """The currency's edit is what it waited for."""
    keap(desk)
    erp(desk, currency="USD", unit_price="10.00")
    desk.marks()
    erp(desk, 30_000, currency="EUR", unit_price="10.00")
    assert keap(desk, 60_000, price__amount="11.00") == []
    (update,) = erp(desk, 90_000, currency="USD", unit_price="10.00")
    assert (update.side, update.fields) == ("erp", {"unit_price": "11.00"})
