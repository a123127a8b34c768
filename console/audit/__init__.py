"""The auditor: both systems compared pair by pair under the mapping, whatever the link table believes."""

from console.audit.reader import Reader
from console.audit.world import Difference, World

__all__ = ["Difference", "Reader", "World"]
