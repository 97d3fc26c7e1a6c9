"""Filter and sort many rows in short turns, so that the window stays alive meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, Final

from xumm_desk.engine.book import RequestRow

AT_ONCE: Final = 1500
"""So many rows are no work worth dividing: their answer is there at once."""

_STEP_SECONDS: Final = 0.005
_CHUNK: Final = 64
_RUN: Final = 1024
"""Rows that are sorted together in one turn; the last turn has only to merge."""


class IncrementalSort:
    """One question, "which of these rows, in what order", and how far its answer has come."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        rows: Mapping[str, RequestRow],
        wanted: Callable[[RequestRow], bool],
        key: Callable[[RequestRow], Any],
        down: bool,
        then: Callable[[list[str]], None],
        monotonic: Callable[[], float],
    ) -> None:
        """`mono` tells monotonic seconds, by which the length of a turn is measured."""
        self.next_sort = then
        # Turned round now and again at the end, so that equal rows keep their order.
        self._names = list(names)[::-1] if down else list(names)
        self._rows = rows
        self._matches = wanted
        self._key = key
        self._descending = down
        self._monotonic = monotonic
        self._done = 0
        self._keys: dict[str, Any] = {}
        self._order: list[str] = []
        self._run: list[str] = []
        self._changed_meanwhile: set[str] = set()

    def changed(self, names: Iterable[str]) -> None:
        """These rows are new or have changed since the question was asked."""
        self._changed_meanwhile.update(names)

    def step(self) -> list[str] | None:
        """Work for a few milliseconds; the answer, or None where more turns are needed."""
        until = self._monotonic() + _STEP_SECONDS if len(self._names) > AT_ONCE else inf
        while self._done < len(self._names):
            for name in self._names[self._done : self._done + _CHUNK]:
                self._look_at(name)
            self._done += _CHUNK
            if len(self._run) >= _RUN:
                self._merge_run()
            if self._monotonic() > until:
                return None
        for name in self._changed_meanwhile:
            self._look_at(name)
        self._changed_meanwhile.clear()
        self._merge_run()
        order = [name for name in dict.fromkeys(self._order) if name in self._keys]
        order.sort(key=self._keys.__getitem__)
        return order[::-1] if self._descending else order

    def _merge_run(self) -> None:
        run = [name for name in self._run if name in self._keys]
        self._order += sorted(run, key=self._keys.__getitem__)
        self._run = []

    def _look_at(self, name: str) -> None:
        row = self._rows[name]
        if not self._matches(row):
            self._keys.pop(name, None)
            return
        if name not in self._keys:
            self._run.append(name)
        self._keys[name] = self._key(row)
