"""What a broker begins with: made once, copied whole, each copy somebody else."""

from pathlib import Path

import pytest

from sandbox.broker.blank import copy_blank, make_blank
from sandbox.broker.jars import BrokerError


def test_every_copy_is_a_cluster_of_its_own(tmp_path: Path) -> None:
    """Nothing else of it changes."""
    (tmp_path / "blank" / "logs").mkdir(parents=True)
    (tmp_path / "blank" / "logs" / "meta.properties").write_text("node.id=1\ncluster.id=one-and-the-same\nversion=1\n")
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        copy_blank(tmp_path / "blank", tmp_path / name)
        assert [path.name for path in (tmp_path / name).iterdir()] == ["logs"]
        told.append((tmp_path / name / "logs" / "meta.properties").read_text().splitlines())
    assert [[first, last] for first, _, last in told] == [["node.id=1", "version=1"]] * 2
    assert len({cluster for _, cluster, _ in told} | {"cluster.id=one-and-the-same"}) == 3


def test_a_directory_that_cannot_be_formatted_is_named_and_not_kept(tmp_path: Path) -> None:
    """The next broker tries again."""
    with pytest.raises(BrokerError, match="Kafka cannot format"):
        make_blank(tmp_path / "4.1.1", ["false"])
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
