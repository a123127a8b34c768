"""Faust's partition assignor, without the silence about a missing topic."""

from __future__ import annotations

from typing import Any

from faust.assignor.partition_assignor import PartitionAssignor

from streams.engine.fatal import die


class Assignor(PartitionAssignor):
    """Assigns partition p of all source topics to one worker (co-partitioned), keeping owners where it can."""

    @classmethod
    def _get_copartitioned_groups(cls, topics: set[str], cluster: Any, subscriptions: Any) -> Any:
        """Stock leaves out topics that the metadata lacks (seen after a broker restart): nobody consumes them."""
        missing = sorted(topic for topic in topics if not cluster.partitions_for_topic(topic))
        if missing:
            die(f"the broker's metadata lacks {', '.join(missing)}")
        return super()._get_copartitioned_groups(topics, cluster, subscriptions)
