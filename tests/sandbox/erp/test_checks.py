"""Schemas compiled into checks."""

import pytest
from jsonschema import Draft202012Validator

from sandbox.erp.checks import compile_check
from sandbox.erp.contract import load_contract


def test_a_keyword_that_cannot_be_checked_stops_the_start() -> None:
    """No clause of the contract is skipped in silence."""
    with pytest.raises(ValueError, match="multipleOf"):
        compile_check({"type": "integer", "multipleOf": 2})


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        1.0,
        -1.5,
        2**40,
        "",
        "x",
        "x" * 300,
        "12.50",
        "012",
        "1e3",
        "-0.1",
        "2026-02-28",
        "won",
        [],
        ["x"],
        [1],
        {},
        {"city": "x"},
    ],
)
def test_the_checks_agree_with_a_validator(value: object) -> None:
    """Each property of each entity takes what a JSON Schema validator takes, formats aside."""
    for entity in load_contract().entities.values():
        for name, schema in entity.properties.items():
            if "format" not in schema:
                accepted = compile_check(schema)(value) == []
                assert accepted == Draft202012Validator(schema).is_valid(value), (entity.name, name)
