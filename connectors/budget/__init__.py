"""What an API account may be called, shared by all who call it: readers and writers, in several processes of a host.

`headers` is what a server says, `ledger` what is known and follows from it (pure), `books` where it is kept, `line` who goes first,
`errand` what a call is made for, `pacer` all of it together.
"""

from connectors.budget.errand import Priority, begun, on_errand
from connectors.budget.ledger import Policy
from connectors.budget.pacer import Pacer

__all__ = ["Pacer", "Policy", "Priority", "begun", "on_errand"]
