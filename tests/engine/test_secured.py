"""A whole stage behind TLS and SASL: membership, recovery, transactions and commits, with no right it does not need."""

from dataclasses import replace
from pathlib import Path

import pytest

from streams.engine.security import credentials
from streams.security import SecuritySettings
from tests.engine.stage import stage, terminate
from tests.secured import PASSWORD, Secured

pytestmark = pytest.mark.broker


def test_a_stage_runs_behind_a_secured_listener(secured: Secured, tmp_path: Path):
    """In by SCRAM it counts and stops in order; in by certificate, without its local store, it knows what was counted."""
    with stage(secured.plain, tmp_path) as counting:
        by_name = replace(counting.settings, bootstrap=secured.sasl, security=secured.security().access())
        by_certificate = replace(counting.settings, bootstrap=secured.tls, security=secured.certificate().access())
        counting.settings = by_name
        for number in range(3):
            counting.send("key", number)
        counting.flush()
        first = counting.start()
        counting.await_sent(3)
        assert terminate(first) == 0
        assert counting.lag() == 0
        counting.send("key", 2)
        counting.send("key", 3)
        counting.flush()
        counting.settings = by_certificate
        second = counting.start()
        assert counting.await_sent(4) == {"key": [0, 1, 2, 3]}
        assert terminate(second) == 0
        assert PASSWORD not in counting.log("worker-0") + counting.log("worker-1")
        assert PASSWORD not in repr(by_name)


def test_the_consumer_is_told_what_the_other_clients_are(secured: Secured):
    """Faust's credentials say the same as librdkafka's names, and show no password."""
    told = credentials(secured.security("PLAIN").access())
    assert (told.protocol.value, told.mechanism.value, told.password) == ("SASL_SSL", "PLAIN", PASSWORD)
    assert PASSWORD not in repr(told)
    assert credentials(SecuritySettings(protocol="SASL_PLAINTEXT", username="u", password=PASSWORD).access()).ssl_context is None
    assert credentials(SecuritySettings().access()) is None
