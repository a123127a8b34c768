"""The kinds of records the tenant holds, each declared in a file of its own."""

from sandbox.keap.entities.company import COMPANY
from sandbox.keap.entities.contact import CONTACT
from sandbox.keap.entities.opportunity import OPPORTUNITY
from sandbox.keap.entities.product import PRODUCT
from sandbox.keap.entities.spec import Entity
from sandbox.keap.entities.stage import STAGE

# Stages first: their path is a longer one under that of opportunities.
ENTITIES = (STAGE, COMPANY, CONTACT, OPPORTUNITY, PRODUCT)

__all__ = ["COMPANY", "CONTACT", "ENTITIES", "OPPORTUNITY", "PRODUCT", "STAGE", "Entity"]
