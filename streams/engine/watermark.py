"""Progress of one source partition: only what is finished without a gap may be committed.

Stock Faust commits past events that are still in flight and miscounts gaps (faust issue 606).
"""

from __future__ import annotations


class Watermark:
    """Contiguous progress of one source partition, in one assignment of it.

    An acknowledgement that comes after the partition was given up reaches a watermark nobody reads: it cannot touch the
    next assignment's progress.
    """

    __slots__ = ("_acked", "_expected", "_holes", "_next")

    def __init__(self, offset: int) -> None:
        """Begin at `offset`, the first one that is not finished."""
        self._next = offset
        self._expected = offset
        self._acked: set[int] = set()
        self._holes: dict[int, int] = {}

    def deliver(self, offset: int) -> bool:
        """Note that the broker delivered `offset`; False when it did so before.

        Offsets it left out (compacted records, transaction markers) are holes: nobody will ever acknowledge them.
        """
        if offset < self._expected:
            return False
        if offset > self._expected:
            self._holes[self._expected] = offset
        self._expected = offset + 1
        return True

    def ack(self, offset: int) -> None:
        """Note that the record at `offset` is finished."""
        if offset >= self._next:
            self._acked.add(offset)

    def advance(self) -> int:
        """Return the first offset that is not finished; all below it may be committed."""
        while True:
            if self._next in self._acked:
                self._acked.remove(self._next)
                self._next += 1
            elif self._next in self._holes:
                self._next = self._holes.pop(self._next)
            else:
                return self._next

    @property
    def next(self) -> int:
        """The first offset that is not known to be finished."""
        return self._next

    @property
    def waiting(self) -> bool:
        """Tell whether a delivered record is not finished."""
        return self._next < self._expected
