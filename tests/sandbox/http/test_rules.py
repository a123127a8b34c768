"""The dice behind the faults."""

import msgspec
import pytest

from sandbox.http.rules import Dice, Fault, Rules


def draws(rules: Rules, path: str = "/a", times: int = 200) -> list[Fault | None]:
    """Draw for one path again and again."""
    dice = Dice(rules)
    return [dice.draw("POST", path).fault for _ in range(times)]


def test_all_off_hits_nothing() -> None:
    """The default is a healthy server."""
    assert set(draws(Rules())) == {None}


def test_rates_are_kept_and_repeat() -> None:
    """About that share, and the same ones for the same seed."""
    rules = Rules(seed=7, error_after=0.25)

    hits = draws(rules)

    assert 30 < hits.count(Fault.ERROR_AFTER) < 70
    assert hits == draws(rules)
    assert hits != draws(msgspec.structs.replace(rules, seed=8))


def test_one_paths_draws_do_not_depend_on_anothers() -> None:
    """Whatever runs beside it."""
    rules = Rules(seed=7, throttle=0.5)
    dice = Dice(rules)

    mixed = []
    for _ in range(50):
        dice.draw("POST", "/b")
        mixed.append(dice.draw("POST", "/a").fault)

    assert mixed == draws(rules, times=50)


def test_other_methods_are_spared() -> None:
    """`methods` limits everything, latency too."""
    dice = Dice(Rules(reject_token=True, latency_ms=(5, 9), methods=("GET",)))

    assert dice.draw("POST", "/a") == (0.0, None)
    wait_s, fault = dice.draw("GET", "/a")
    assert 0.005 <= wait_s <= 0.009
    assert fault is Fault.REJECT_TOKEN


@pytest.mark.parametrize("body", [b'{"throttle": 1.1}', b'{"latency_ms": [5]}', b'{"typo": 1}', b'{"drop_reply": -0.1}'])
def test_bad_rules_are_refused(body: bytes) -> None:
    """A rate is a share."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Rules)
