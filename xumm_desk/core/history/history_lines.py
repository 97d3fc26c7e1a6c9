"""The answer to a question to the history: keys in order, which are few bytes for each request."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryLines:
    """Keys of requests, in order, and of the requests that are in memory, by identifier: their
    `known` keys, as far as the index knows them yet, and their `places` among `keys`. `whole` is
    False where there may be more than were wanted."""

    keys: array[int]
    known: Mapping[str, int]
    places: Mapping[str, int]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How much of the index is still to be made: `waiting` requests that were written since, and
    `behind` of `whole` that an older program left."""

    waiting: int
    behind: int
    whole: int

    @property
    def is_complete(self) -> bool:
        """Whether every request is found at its present state."""
        return not self.waiting and not self.behind
