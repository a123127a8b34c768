"""A cold start: open one partition of the table with nothing on disk, and print what that took, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace

from bench.loops.arguments import parse
from streams.engine.partition import Partition
from streams.settings import Settings
from streams.workers.sync import engine_of


def main() -> None:
    """Recover once."""
    told = parse()
    engine = engine_of(Settings(kafka=told.kafka, partitions=told.partitions, data_dir=told.data))
    engine = replace(engine, stage=told.source, topics=(told.source,), changelog=told.changelog)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    partition = Partition(engine, 0)
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    rows = sum(1 for _ in partition.table.scan(b"link/"))
    partition.close()
    cpu_s = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "rss_mb": used.ru_maxrss / 1024, "links": rows}) + "\n")


if __name__ == "__main__":
    main()
