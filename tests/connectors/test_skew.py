"""Skew is measured on Date headers of whole seconds."""

from __future__ import annotations

from email.utils import formatdate
from random import Random

import pytest
from structlog.testing import capture_logs

from connectors.keap import KeapConnector
from connectors.skew import LIMIT_MS, SkewMeter
from sandbox.keap.server import DEFAULT_TOKEN, build_app
from tests.connectors.conftest import Run, Stage
from tests.connectors.keap.conftest import Tenant

NOW = 1_800_000_000_000


def dated(at: int) -> dict[str, str]:
    """Return the header a server sends at a time of its own (ms)."""
    return {"date": formatdate(at // 1000, usegmt=True)}


@pytest.mark.parametrize("skew_ms", [300_000, -300_000, 5_000, -1_700, 300, -300, 0])
def test_a_skew_is_measured_to_less_than_a_second(skew_ms: int):
    """Over answers at any fraction of a second, each up to 400 ms under way; what is less than a second is nothing."""
    random = Random(skew_ms)
    for _ in range(200):
        meter = SkewMeter("keap")
        for _ in range(15):
            sent, took = NOW + random.randrange(100_000), random.randrange(10, 400)
            meter.observe(dated(sent + random.randrange(took) + skew_ms), sent + took, took / 1000)
        measured = meter.ms()
        assert measured == 0 if abs(skew_ms) < 500 else abs(measured - skew_ms) <= 700


def test_a_few_answers_that_lie_do_not_count():
    """Caches, slow ones, and dates that are none."""
    meter = SkewMeter("keap")
    meter.observe({**dated(NOW - 3_600_000), "age": "3600"}, NOW, 0.1)
    meter.observe(dated(NOW - 60_000), NOW, 60.0)
    meter.observe({"date": "yesterday"}, NOW, 0.1)
    meter.observe({}, NOW, 0.1)
    assert meter.ms() == 0
    for at in range(0, 9_000, 1_000):
        meter.observe(dated(NOW + at), NOW + at, 0.1)
    meter.observe(dated(NOW + 86_400_000), NOW, 0.1)
    assert meter.ms() == 0


def test_a_clock_that_is_put_right_is_followed_and_told_once_each_way():
    """One line when it goes off by more than the limit, one when it is back."""
    meter = SkewMeter("keap")
    with capture_logs() as lines:
        for step in range(40):
            ahead = LIMIT_MS + 5_000 if step < 20 else 0
            meter.observe(dated(NOW + step * 1_000 + ahead), NOW + step * 1_000, 0.01)
    assert [line["event"] for line in lines] == ["clock.skewed", "clock.recovered"]
    assert meter.ms() == 0


def test_a_connector_knows_its_servers_clock(stage: Stage, run: Run):
    """Five minutes behind."""
    stage.app = build_app()
    tenant = Tenant(stage.url)
    tenant.put("clock", ahead_ms=-300_000)
    connector = KeapConnector(stage.url, DEFAULT_TOKEN, per_second=10**6)
    assert connector.skew_ms() == 0
    run(connector.check())
    assert abs(connector.skew_ms() + 300_000) < 2_000
    run(connector.close())
    tenant.http.close()
