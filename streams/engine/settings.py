"""What one worker of the engine is told; the defaults are the ones measured in docs/faust.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """One worker of one stage. Times are in seconds, sizes in bytes.

    Attributes:
        stage: names the consumer group, the transactions (`stage-partition`) and the local directory.
        bootstrap: `host:port`, several divided by commas.
        security: how to get in, by librdkafka's names (`security.protocol`, `sasl.password`, ...); nothing for PLAINTEXT.
        topics: the source topics; partition p of each goes to the owner of p.
        changelog: the compacted topic behind the table, with as many partitions as the sources.
        partitions: how many partitions sources and changelog have.
        outputs: other topics that are sent to; they have to exist at the start.
        data_dir: the local stores; a cache, may be deleted at any time.
        instance: name of this worker within its stage. A worker that comes back under its name gets its partitions
            without waiting for the session timeout (KIP-345). Empty: an ordinary member.
        session_timeout_s: a worker that is silent for so long loses its partitions.
        heartbeat_s: how often it speaks.
        rebalance_timeout_s: a worker that does not give up its partitions within this time is out of the group.
        drain_s: how long work in hand may go on when partitions are given up; well under `rebalance_timeout_s`.
        commit_interval_s: how often offsets are committed.
        chunk: most events of one partition that are handled at once.
        queue: most events that wait in memory.
        concurrency: most records that lanes handle at the same time.
        linger_s: how long results of lanes are gathered into one transaction.
        transaction_timeout_s: after it the broker aborts an open transaction.
        record_limit: largest record that is sent; the broker's own limit is 1 MiB by default.
        start_timeout_s: how long a start waits for a broker that does not answer.
        open_timeout_s: how long opening and recovering the partitions may take.
        stall_timeout_s: exit when events wait and none is finished for so long; None where waiting is legitimate.
        health_port: serve `/livez` and `/readyz` on 127.0.0.1; None: do not.
    """

    stage: str
    bootstrap: str
    topics: tuple[str, ...]
    changelog: str
    partitions: int
    data_dir: Path
    outputs: tuple[str, ...] = ()
    security: Mapping[str, str] = field(default_factory=dict, repr=False)
    instance: str = ""
    session_timeout_s: float = 10.0
    heartbeat_s: float = 1.0
    rebalance_timeout_s: float = 30.0
    drain_s: float = 25.0
    commit_interval_s: float = 1.0
    chunk: int = 500
    queue: int = 4_000
    concurrency: int = 8
    linger_s: float = 0.005
    transaction_timeout_s: float = 60.0
    record_limit: int = 1_000_000
    start_timeout_s: float = 10.0
    open_timeout_s: float = 600.0
    stall_timeout_s: float | None = 300.0
    health_port: int | None = None

    @property
    def directory(self) -> Path:
        """Where this stage keeps its stores."""
        return self.data_dir / self.stage
