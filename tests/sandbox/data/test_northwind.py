"""Northwind becomes two systems: the ERP has all of it, Keap two thirds, respelled, with the orders of its customers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.data import DataError, load_northwind

FILES = {
    "customers.csv": """\
customerID,companyName,contactName,contactTitle,address,city,region,postalCode,country,phone,fax
ONE,Québec Oü,José Pedro Freyre,Owner,1 Rue,Montréal,BC,H1J 1C3,Canada,(514) 555-8054,NULL
TWO,Two Ltd,Ann Devon,Sales Agent,35 King George,London,Isle of Wight,WX3 6FW,UK,(171) 555-0297,(171) 555-3373
THREE,Three Inc,Rene Phillips,Owner,2743 Bering St.,Anchorage,AK,99508,USA,(907) 555-7584,NULL
""",
    "products.csv": """\
productID,productName,supplierID,categoryID,quantityPerUnit,unitPrice,unitsInStock,unitsOnOrder,reorderLevel,discontinued
1,Chai,1,1,10 boxes x 20 bags,18.00,39,0,10,0
2,Chang,1,1,24 - 12 oz bottles,19.5,17,40,25,1
3,Aniseed Syrup,1,2,12 - 550 ml bottles,10.00,13,70,25,0
""",
    "orders.csv": "orderID,customerID,orderDate\n10,ONE,1996-07-04 00:00:00.000\n11,THREE,1996-07-05 00:00:00.000\n",
    "order_details.csv": "orderID,productID,unitPrice,quantity,discount\n10,1,14.00,12,0.05\n10,2,9.99,3,0\n11,1,1.00,1,0\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small Northwind."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_erp_has_all_and_keap_two_thirds(folder: Path):
    """What Keap has are the true pairs."""
    seeds = load_northwind(folder)
    assert [len(seeds.erp[name]) for name in ("customers", "contacts", "products", "orders")] == [3, 3, 3, 0]
    assert [len(seeds.keap[name]) for name in ("companies", "contacts", "products")] == [2, 2, 2]
    assert seeds.truth.pairs == {"company": [(0, 0), (1, 1)], "contact": [(0, 0), (1, 1)], "product": [(0, 0), (1, 1)]}


def test_an_order_becomes_an_opportunity_of_its_customers_contact(folder: Path):
    """Its amount is the sum of the lines less discount, to the cent; a customer that Keap lacks brings none."""
    (opportunity,) = load_northwind(folder).keap["opportunities"]
    assert opportunity["opportunity_title"] == "Order 10"
    assert opportunity["contact_id"] == {"$ref": ["contacts", 0]}
    assert opportunity["estimated_close_time"].startswith("1996-07-04")
    assert opportunity["projected_revenue_high"] == 189.57  # 14.00 x 12 x 0.95 + 9.99 x 3


def test_regions_are_codes_where_they_have_one(folder: Path):
    """Others travel as their names."""
    addresses = [customer["billing_address"] for customer in load_northwind(folder).erp["customers"]]
    assert [(each["country"], each["region"]) for each in addresses] == [("CA", "CA-BC"), ("GB", "Isle of Wight"), ("US", "US-AK")]


def test_missing_values_are_left_out(folder: Path):
    """NULL is no text."""
    assert "fax" not in load_northwind(folder).erp["customers"][0]


def test_phones_keep_their_digits(folder: Path):
    """Only their groups differ, so that both sides compare equal."""
    seeds = load_northwind(folder)
    for one, two in seeds.truth.pairs["contact"]:
        phones = seeds.keap["contacts"][one]["phone_numbers"][0]["number"], seeds.erp["contacts"][two]["phone"]
        digits = ["".join(letter for letter in phone if letter.isdigit()) for phone in phones]
        assert digits[0] == digits[1]


def test_a_file_without_a_column_is_refused(folder: Path):
    """The sentence names file and column."""
    (folder / "orders.csv").write_text("orderID,orderDate\n")
    with pytest.raises(DataError, match=r"orders\.csv:1: no column customerID"):
        load_northwind(folder)
