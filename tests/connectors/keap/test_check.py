"""`check` says everything that would go wrong later."""

from __future__ import annotations

from connectors.keap import KeapConnector
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant


def test_a_tenant_that_is_ready_has_no_faults(keap: KeapConnector, run: Run):
    """The sandbox's tenant has the stamp field."""
    assert run(keap.check()) == []


def test_the_missing_stamp_field_is_named_for_each_entity(tenant: Tenant, run: Run):
    """With what to do about it."""
    keap = KeapConnector(tenant.url, "keap-sandbox-token", per_second=10**6, stamp_field="erp link")
    faults = run(keap.check())
    run(keap.close())
    assert [fault.split(":")[0] for fault in faults] == ["keap companies", "keap contacts", "keap opportunities"]
    assert all("'erp link'" in fault and "TEXT" in fault for fault in faults)


def test_a_refused_token_is_one_sentence(tenant: Tenant, run: Run):
    """Once, with the address, without the token."""
    keap = KeapConnector(tenant.url, "wrong-token")
    (fault,) = run(keap.check())
    run(keap.close())
    assert fault.startswith(tenant.url)
    assert "credentials refused" in fault
    assert "wrong-token" not in fault


def test_an_address_where_nobody_is_is_one_sentence(run: Run):
    """Connectivity first."""
    keap = KeapConnector("http://127.0.0.1:1", "t")
    (fault,) = run(keap.check())
    run(keap.close())
    assert "http://127.0.0.1:1/rest/v2" in fault


def test_a_wrong_address_is_one_sentence(tenant: Tenant, run: Run):
    """Keap's HTML page for unknown URLs becomes a question."""
    keap = KeapConnector(tenant.url + "/rest/v2", "keap-sandbox-token")
    (fault,) = run(keap.check())
    run(keap.close())
    assert "is the address right?" in fault
