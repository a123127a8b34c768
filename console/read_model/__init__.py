"""What the topics say right now, read committed to their ends and kept in memory for the length of one command.

The topics are the truth: nothing here is stored, and no worker is asked.
"""

from console.read_model.links import Links, read_links
from console.read_model.records import read_compacted, read_records

__all__ = ["Links", "read_compacted", "read_links", "read_records"]
