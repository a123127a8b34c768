"""The hardened Faust shell: at-least-once input, one transaction per piece of work, a table per partition.

`run_chunks` runs a stage that decides over chunks of events, `run_lanes` one that handles single records by key.
"""

from streams.engine.contracts import Handler, LaneContext, LaneHandler, Table
from streams.engine.records import Outputs, Produce, Record
from streams.engine.settings import EngineSettings
from streams.engine.worker import run_chunks, run_lanes

__all__ = [
    "EngineSettings",
    "Handler",
    "LaneContext",
    "LaneHandler",
    "Outputs",
    "Produce",
    "Record",
    "Table",
    "run_chunks",
    "run_lanes",
]
