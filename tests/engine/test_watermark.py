"""The watermark: contiguous progress of one partition."""

from hypothesis import given
from hypothesis import strategies as st

from streams.engine.watermark import Watermark

offsets = st.sets(st.integers(0, 60), max_size=40).map(sorted)


@given(start=st.integers(0, 5), delivered=offsets, data=st.data())
def test_nothing_unfinished_is_ever_passed(start: int, delivered: list[int], data: st.DataObject):
    """Whatever is acknowledged in whatever order, the mark stays at or below the first unfinished record."""
    mark = Watermark(start)
    kept = [offset for offset in delivered if mark.deliver(offset)]
    acked = data.draw(st.lists(st.sampled_from(kept), unique=True) if kept else st.just([]))
    before = start
    for count, offset in enumerate(acked, 1):
        mark.ack(offset)
        unfinished = [each for each in kept if each not in acked[:count]]
        assert before <= mark.advance() <= min(unfinished, default=1_000)
        before = mark.advance()


@given(start=st.integers(0, 5), delivered=offsets, data=st.data())
def test_all_finished_means_all_committed(start: int, delivered: list[int], data: st.DataObject):
    """Once everything delivered is acknowledged, the mark is past the last record, gaps or not."""
    mark = Watermark(start)
    kept = [offset for offset in delivered if mark.deliver(offset)]
    for offset in data.draw(st.permutations(kept)):
        assert mark.waiting
        mark.ack(offset)
        mark.advance()
    assert mark.advance() == (kept[-1] + 1 if kept else start)
    assert not mark.waiting


def test_a_record_delivered_twice_is_told():
    """A record below what was delivered is refused, so that nobody handles it again."""
    mark = Watermark(3)
    assert mark.deliver(3)
    assert mark.deliver(7)
    assert not mark.deliver(3)
    assert not mark.deliver(5)


def test_a_hole_at_the_front_is_stepped_over():
    """Offsets the broker left out (markers, compaction) do not hold the mark back."""
    mark = Watermark(0)
    mark.deliver(10)
    mark.ack(10)
    assert mark.advance() == 11


def test_an_old_acknowledgement_changes_nothing():
    """An acknowledgement below the mark is ignored: the record was finished before."""
    mark = Watermark(5)
    mark.ack(2)
    assert mark.advance() == 5
