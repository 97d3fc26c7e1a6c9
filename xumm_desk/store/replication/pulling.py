"""Take in what the other tills have shipped: all of it in order, a part at a time."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication.pull_time import pull_time
from xumm_desk.core.replication.replicated_fact import ChainFault, ReplicatedFact
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_view import BULK

from .shop_erasure import ShopErasures

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

BATCH: Final = 500
_AT_ONCE: Final = 200
"""Facts that a till writes together: some 10 ms for which a sale's own facts wait."""

FactsListener = Callable[[ShopNews], None]


class Pulling:
    """The facts of the others, over one connection. Raises `ShopDatabaseError` when it is lost, and
    `JournalError`."""

    def __init__(
        self,
        shop: ShopDatabase,
        erasures: ShopErasures,
        on_facts: FactsListener,
        known: Mapping[str, int],
        *,
        sells: bool,
        monotonic: Callable[[], float],
    ) -> None:
        """`known` is how far the facts of each till are here. One that `sells` goes by `pull_time`,
        and takes in a little at a time; a monitor all at once."""
        self._shop, self._erasures, self._on_facts = shop, erasures, on_facts
        self._monotonic = monotonic
        self._known = dict(known)
        # How far they are there.
        self._newest: dict[str, int] = {}
        self._broken: set[str] = set()
        # Those of them that are looked at again with the next poll: an order may come meanwhile.
        self._unvouched: set[str] = set()
        # Facts that are still to be taken in, and whether they are some of many.
        self._read: deque[ReplicatedFact] = deque()
        self._bulk = False
        self._sells = sells
        # When nothing was missing at last, and since when something is.
        self._level, self._since = -inf, inf
        self._chance = 0.0
        # Whether some of it was taken in, and what was heard since.
        self._begun = False
        self._later: dict[str, int] = {}

    def known(self, till: str) -> int:
        """The number of the till's last fact that is here."""
        return self._known.get(till, 0)

    def hear(self, newest: Mapping[str, int]) -> None:
        """Others have shipped facts up to these numbers. Those of which it is heard while others
        are taken in have a time of their own: else a busy shop would have no pause."""
        if self._begun:
            self._later |= newest
        else:
            self._newest |= newest

    def poll(self) -> None:
        """Ask how far the others are, whatever was heard."""
        self._newest |= self._shop.ends()
        self._broken -= self._unvouched
        self._unvouched.clear()

    def hurry(self) -> None:
        """Begin at once this time."""
        self._since = -inf

    def due(self) -> float:
        """When to take in what is missing, on the clock given; `inf` where nothing is."""
        behind = self._behind()
        if not behind and not self._read:
            return inf
        if not self._sells:
            return -inf
        if self._since == inf:
            self._since, self._chance = self._monotonic(), random.random()  # noqa: S311 - no secret
        missing = len(self._read) + self._missing(behind)
        return pull_time(self._since, self._level, missing, len(self._newest), self._chance)

    def pull(self) -> bool:
        """Take in some of what others have shipped; False where nothing is missing. Own facts come
        between two parts of a long past."""
        if not self._read:
            behind = self._behind()
            if not behind:
                return False
            self._bulk = self._missing(behind) > BULK
            after = {till: self.known(till) for till in behind}
            self._read.extend(self._shop.read(after, BATCH))
            if not self._read:
                self._newest |= after
        most = _AT_ONCE if self._sells else BATCH
        some = [self._read.popleft() for _ in range(min(most, len(self._read)))]
        self._take_in(some)
        self._begun = bool(self._read or self._behind())
        if not self._begun:
            self._level, self._since = self._monotonic(), inf
            self._newest |= self._later
            self._later = {}
        return True

    def _behind(self) -> Collection[str]:
        """The tills of which facts are missing here."""
        return [
            till
            for till, number in self._newest.items()
            if till != self._shop.till and till not in self._broken and number > self.known(till)
        ]

    def _missing(self, behind: Collection[str]) -> int:
        return sum(self._newest[till] - self.known(till) for till in behind)

    def _take_in(self, facts: Sequence[ReplicatedFact]) -> None:
        facts = [fact for fact in facts if fact.till not in self._broken]
        found = self._erasures.take_in(facts)
        for till, fault in found.faults.items():
            log.error("facts of the till %s do not follow those that are here: %s", till, fault)
            self._broken.add(till)
            if fault is ChainFault.UNVOUCHED:
                self._unvouched.add(till)
        for fact in facts:
            if fact.till not in self._broken:
                self._known[fact.till] = fact.number
        if found.identifiers:
            self._on_facts(ShopNews(found.identifiers, found.hints, self._bulk))
