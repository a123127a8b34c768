"""`check` learns what the ERP offers and says what would go wrong."""

from __future__ import annotations

import pytest

from connectors.base import Traits
from connectors.erp import ErpConnector
from schemas.errors import FatalError, RateLimitedError
from tests.connectors.conftest import Run
from tests.connectors.erp.conftest import Screens


def test_the_reference_erp_has_no_faults(erp: ErpConnector, run: Run):
    """All of the contract."""
    assert run(erp.check()) == []


def test_the_rate_limit_of_the_capabilities_sets_the_pace(screens: Screens, erp: ErpConnector, run: Run):
    """120 a minute are two a second, whatever was configured."""
    screens.put("quota", per_minute=120)
    run(erp.check())
    assert run(erp._api.pacer.rate()) == 2


def test_a_poorer_erp_has_no_faults_but_other_traits(screens: Screens, erp: ErpConnector, run: Run):
    """Whoever asks it adapts; what it means is said by the console's check."""
    offered = ("updated_since", "versions", "idempotency", "external_id", "soft_delete", "webhooks")
    whole = Traits("since", versions=True, keys=True, rounded_ms=0, stamps=True, look_up=True, soft_deletes=True, hooks=True)
    poorest = Traits("scan", versions=False, keys=False, rounded_ms=0, stamps=False, look_up=True, soft_deletes=False, hooks=False)
    assert run(erp.check()) == []
    assert erp.traits("company") == whole
    screens.put("capabilities", **dict.fromkeys(offered, False))
    assert run(erp.check()) == []
    assert erp.traits("company") == poorest


def test_a_refused_token_is_one_sentence(screens: Screens, run: Run):
    """Without the token; a call raises what stops the worker."""
    erp = ErpConnector(screens.url, "wrong-token")
    (fault,) = run(erp.check())
    with pytest.raises(FatalError):
        run(erp.get("company", "cu-1"))
    run(erp.close())
    assert "credentials refused" in fault
    assert "wrong-token" not in fault


def test_nobody_there_is_one_sentence(run: Run):
    """With the address."""
    erp = ErpConnector("http://127.0.0.1:1", "t")
    (fault,) = run(erp.check())
    run(erp.close())
    assert "http://127.0.0.1:1/api/v1" in fault


def test_the_wait_of_a_429_is_the_erps(screens: Screens, erp: ErpConnector, run: Run):
    """Retry-After is passed on."""
    screens.put("faults", throttle=1.0)
    with pytest.raises(RateLimitedError) as caught:
        run(erp.get("company", "cu-1"))
    assert caught.value.wait_s == 1
