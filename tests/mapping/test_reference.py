"""References: a ref of the side that names it, a bare id in its record."""

from __future__ import annotations

import pytest

from schemas.errors import MappingError
from streams.mapping.kinds.reference import Reference

COMPANY = Reference("company")


def test_a_bare_id_reads_as_the_ref_of_its_side():
    """Each side has its own name for the entity."""
    assert COMPANY.read("keap", "5") == "keap/company/5"
    assert COMPANY.read("erp", 5) == "erp/customer/5"


def test_a_ref_of_the_target_is_written_as_its_id():
    """An id may hold anything, slashes too."""
    assert COMPANY.write("erp", "erp/customer/9") == "9"
    assert COMPANY.write("erp", COMPANY.read("erp", "A/9")) == "A/9"


@pytest.mark.parametrize("ref", ["keap/company/5", "erp/contact/5", "5"])
def test_a_ref_of_another_side_or_flow_is_refused(ref: str):
    """A Keap id must never land in the ERP."""
    with pytest.raises(MappingError, match="cannot be written to erp"):
        COMPANY.write("erp", ref)


def test_only_references_point_into_a_flow():
    """The core asks `reference` to know which values it resolves."""
    assert COMPANY.reference == "company"
