"""The files of many workers into one archive, in an order that does not depend on who was first."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from asnforge.batch.archive import Archive

Contents = tuple[tuple[str, bytes], ...]


class Filing:
    """Puts files into an archive: pool after pool, unit after unit. Those that come early wait for their turn.

    The archive is complete when nothing more comes of any pool.

    Parameters
    ----------
    archive : Archive or None
        The archive; None where there is none, and nothing to be done.
    pools : sequence of str
        The pools, in order.
    """

    def __init__(self, archive: Archive | None, pools: Sequence[str]) -> None:
        self._archive = archive
        self._pools = deque(pools)
        self._early: dict[str, dict[int, Contents]] = {}
        self._next = 0
        self._closed: set[str] = set()

    def add(self, pool: str, place: int, contents: Contents) -> None:
        """Take the files of a unit of a pool."""
        if self._archive is not None:
            self._early.setdefault(pool, {})[place] = contents
            self._flush()

    def close(self, pool: str) -> None:
        """Know that nothing more comes of a pool."""
        if self._archive is not None:
            self._closed.add(pool)
            self._flush()

    def _flush(self) -> None:
        while self._archive is not None and self._pools:
            pool = self._pools[0]
            early = self._early.get(pool, {})
            if pool in self._closed:
                # A unit that failed has no files, and those after it need not wait.
                self._write([early.pop(place) for place in sorted(early)])
                self._early.pop(pool, None)
                self._pools.popleft()
                self._next = 0
            elif self._next in early:
                self._write([early.pop(self._next)])
                self._next += 1
            else:
                return
        if self._archive is not None:
            self._archive.complete = True

    def _write(self, units: Sequence[Contents]) -> None:
        for contents in units:
            for name, data in contents:
                if self._archive is not None:
                    self._archive.add(name, data)
