"""Storage habits."""

from tests.sandbox.erp.client import ErpClient, faults


def test_a_trimming_upper_casing_rounding_erp_stores_its_own_spelling(erp: ErpClient) -> None:
    """The answer to the write already shows it, nested properties too."""
    erp.switch("habits", trim=True, upper=["name", "billing_address.city"], round={"credit_limit": 1})
    made = erp.make("customers", name=" Acme ", credit_limit="12.55", billing_address={"city": "Umeå ", "line1": " a"})
    assert (made["name"], made["credit_limit"]) == ("ACME", "12.6")
    assert (made["billing_address"]["city"], made["billing_address"]["line1"]) == ("UMEÅ", "a")


def test_saying_it_in_another_spelling_is_no_change(erp: ErpClient) -> None:
    """What would be stored the same keeps the version: a client that repeats itself makes no noise."""
    erp.switch("habits", trim=True, upper=["name"])
    made = erp.make("customers", name="Acme")
    assert erp.change("customers", made["id"], {"name": " acme "}).json() == made


def test_what_is_ignored_stays_as_it_is_and_the_rest_of_the_write_is_taken(erp: ErpClient) -> None:
    """A write of nothing else is no change at all; a new record never gets it."""
    made = erp.make("contacts", last_name="Berg", website="https://a.example")
    erp.switch("habits", ignore=["website"])
    assert erp.change("contacts", made["id"], {"website": "https://b.example"}).json() == made
    changed = erp.change("contacts", made["id"], {"website": None, "last_name": "Falk"}).json()
    assert (changed["website"], changed["last_name"]) == ("https://a.example", "Falk")
    assert erp.make("contacts", last_name="Dahl", website="https://c.example")["website"] is None


def test_derived_properties_follow_and_cannot_be_written(erp: ErpClient) -> None:
    """They change with what they are made of."""
    erp.switch("habits", derived=True)
    made = erp.make("contacts", first_name="Ada", last_name="Berg")
    assert made["full_name"] == "Ada Berg"
    assert erp.change("contacts", made["id"], {"last_name": "Falk"}).json()["full_name"] == "Ada Falk"
    assert faults(erp.change("contacts", made["id"], {"full_name": "x"})) == {("full_name", "unknown")}


def test_a_habit_nobody_knows_is_refused(erp: ErpClient) -> None:
    """The switches stay as they were."""
    assert erp.switch("habits", trims=True).status_code == 400
    assert erp.get(f"{erp.sandbox}/habits").json() == {"trim": False, "upper": [], "round": {}, "ignore": [], "derived": False}
