"""How many requests of the history are in each group, besides those in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from xumm_desk.core.status import Status

from .filtering import Group, past_groups
from .history_source import HistorySource

StatusCounts = Mapping[tuple[Status, bool], int]
"""How many requests have each status, apart by whether a person has to look at them."""


class PastCounts:
    """The numbers as the history answered last; `changed` is called when they are others."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.counts: Counter[Group] = Counter()
        # How often was asked: the answer to the last question alone is about what is in memory now.
        self._asked = 0

    def ask(
        self,
        history: HistorySource,
        known: Sequence[str],
        before: Callable[[], bool] = lambda: True,
    ) -> None:
        """Ask for all but the requests `known`. Where nobody has asked again since, `before` is
        called with the answer, and says whether it may be used."""
        self._asked += 1
        number = self._asked

        def answered(found: StatusCounts) -> None:
            if number == self._asked and before():
                self._use(found)

        history.count(known, answered)

    def _use(self, found: StatusCounts) -> None:
        counts: Counter[Group] = Counter()
        for (status, attention), number in found.items():
            for group in past_groups(status, attention=attention):
                counts[group] += number
        if counts != self.counts:
            self.counts = counts
            self._changed()
