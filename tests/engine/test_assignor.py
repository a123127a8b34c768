"""The partition assignor: topics without metadata are no reason to idle for ever."""

import subprocess
import sys

SCRIPT = """
from types import SimpleNamespace
from streams.engine.assignor import Assignor
partitions = {partitions}
cluster = SimpleNamespace(partitions_for_topic=partitions.get)
groups = Assignor._get_copartitioned_groups({{"changes", "outcomes"}}, cluster, {{"member": ["changes", "outcomes"]}})
print({{number: [sorted(group) for group in together] for number, together in groups.items()}})
"""


def assign(partitions: dict[str, set[int] | None]) -> subprocess.CompletedProcess[str]:
    """Group two topics of one member in a process of its own."""
    return subprocess.run([sys.executable, "-c", SCRIPT.format(partitions=partitions)], capture_output=True, text=True, check=False)


def test_topics_of_one_size_stay_together():
    """Partition p of all source topics goes to the same worker."""
    assert assign({"changes": {0, 1}, "outcomes": {0, 1}}).stdout == "{2: [['changes', 'outcomes']]}\n"


def test_a_topic_without_metadata_ends_the_worker():
    """A topic the metadata lacks would be assigned to nobody: the worker exits, and its successor asks again."""
    done = assign({"changes": {0, 1}, "outcomes": None})
    assert done.returncode == 70
    assert "outcomes" in done.stdout
