"""Does an ERP keep the contract? One clause after another, over the wire, knowing nothing of our connector.

Reading clauses change nothing. Writing clauses make records of their own, named `keapsync conformance ...`, and delete them again.
"""

from connectors.erp.conformance.clause import Clause
from connectors.erp.conformance.receiver import Hook
from connectors.erp.conformance.run import CLAUSES, Result, conformance

__all__ = ["CLAUSES", "Clause", "Hook", "Result", "conformance"]
