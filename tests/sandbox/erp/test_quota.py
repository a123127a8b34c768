"""The quota."""

from itertools import count

from sandbox.erp.database import open_database
from sandbox.erp.quota import Bucket, Quota
from sandbox.erp.switches import Switch
from tests.sandbox.erp.client import ErpClient


def test_a_spent_quota_says_how_long_to_wait(erp: ErpClient) -> None:
    """Nothing is done, and the capabilities tell the rate beforehand."""
    erp.switch("quota", per_minute=2)
    assert erp.get("/capabilities").json()["rate_limit"] == {"per_minute": 2}
    assert erp.post("/customers", json={"name": "One"}).status_code == 201
    answer = erp.post("/customers", json={"name": "Two"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 30
    erp.switch("quota", per_minute=1000)
    assert len(erp.get("/customers").json()["items"]) == 1


def test_the_bucket_fills_steadily() -> None:
    """After the time it asked for, there is one request more, and never more than a minute's worth."""
    clock = {"s": 0.0}
    switch = Switch(open_database(None), "quota", Quota(per_minute=60))
    bucket = Bucket(switch, lambda: clock["s"])
    assert next(number for number in count() if bucket.take()) == 60
    assert bucket.take() == 1
    clock["s"] += 1
    assert (bucket.take(), bucket.take()) == (0, 1)
    clock["s"] += 3600
    assert next(number for number in count() if bucket.take()) == 60
