"""Puts the rows of memory among the lines that the history has answered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import neg

from xumm_desk.core.history.history_lines import HistoryLines
from xumm_desk.ui.requests.columns import Column

from .lines import Lines, merged
from .memory_rows import MemoryRows


def merge(memory: MemoryRows, found: HistoryLines, rows: Sequence[str]) -> Lines:
    """The lines of `found` with the rows of memory `rows`, in their order, in their places: in the
    order of time each where it belongs; in another order what is over stands where the history has
    it, and what still moves above all."""
    by_time = memory.column is Column.TIME
    # What has left memory since it was asked is a line of the history again.
    instead: dict[int, list[int]] = {
        line: [] for name, line in found.places.items() if name in memory.rows
    }
    before: dict[int, list[int]] = {}
    for name, number in zip(rows, memory.numbers(rows), strict=True):
        line = found.places.get(name)
        over = memory.rows[name].verdict.final
        if line is not None and (by_time or over):
            instead[line] = [number]
            continue
        at = _place_in(found, name, descending=memory.descending) if by_time else 0
        comes_later = at == len(found.keys) if by_time else over
        if found.whole or name not in found.known or not comes_later:
            before.setdefault(at, []).append(number)
    return merged(found.keys, instead, before)


def _place_in(found: HistoryLines, name: str, *, descending: bool) -> int:
    """Where a request belongs among keys that are in order of time."""
    key = found.known.get(name)
    if key is None:  # newer than all that the index knows
        return 0 if descending else len(found.keys)
    if descending:
        return bisect_left(found.keys, -key, key=neg)
    return bisect_left(found.keys, key)
