"""Take in what the other tills have shipped: all of it in order, a part at a time."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication.pull_time import PAST, news_time, past_time
from xumm_desk.core.replication.replicated_fact import ChainFault, ReplicatedFact
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_view import BULK

from .shop_erasure import ShopErasures

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

BATCH: Final = 500
_MONITOR_BATCH: Final = 2000
"""Nothing waits at a monitor, which sells nothing."""
_AT_ONCE: Final = 200
"""Facts that a till writes together: some 10 ms for which a sale's own facts wait."""

FactsListener = Callable[[ShopNews], None]


@dataclass(slots=True)
class _Wait:
    """Since when something is missing, and when nothing was at last; whether it is taken in."""

    since: float = inf
    level: float = -inf
    chance: float = 0.0
    begun: bool = False

    def note(self, now: float, *, is_missing: bool) -> None:
        if not is_missing:
            self.since, self.begun = inf, False
        elif self.since == inf:
            self.since, self.chance = now, random.random()  # noqa: S311 - no secret


@dataclass(slots=True)
class PullWaits:
    """For how long a till has waited with what others sell now, and with their past; it goes on
    over the next connection."""

    news: _Wait = field(default_factory=_Wait)
    past: _Wait = field(default_factory=_Wait)

    def begin_at_once(self) -> None:
        """Do not wait with what is missing now: a till that has just joined is looked at until it
        has all."""
        self.news.since = self.past.since = -inf


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
        waits: PullWaits | None,
        monotonic: Callable[[], float],
    ) -> None:
        """`known` is how far the facts of each till are here. A till goes by `waits`, and takes in
        a little at a time; a monitor, which has none, takes in at once all that it reads."""
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
        self._waits = waits
        self._batch = _MONITOR_BATCH if waits is None else BATCH
        self._followed: Set[str] = frozenset()
        self._was_past = False

    def known(self, till: str) -> int:
        """The number of the till's last fact that is here."""
        return self._known.get(till, 0)

    def hear(self, newest: Mapping[str, int]) -> None:
        """Others have shipped facts up to these numbers."""
        self._newest |= newest

    def poll(self) -> None:
        """Ask how far the others are, whatever was heard."""
        self._newest |= self._shop.ends()
        self._broken -= self._unvouched
        self._unvouched.clear()

    def follow(self, tills: Set[str]) -> None:
        """Take in at once what is missing of these tills: their requests are followed here."""
        self._followed = tills

    def due(self) -> float:
        """When to take in what is missing, on the clock given; `inf` where nothing is."""
        if self._read:
            return -inf
        return min(self._times(*self._missing()))

    def pull(self) -> bool:
        """Take in some of what is due; False where nothing is. Own facts come between two parts of
        a long past, and what is sold now as well."""
        return self._pull(self._monotonic())

    def pull_all(self) -> None:
        """Take in all that others have shipped up to now."""
        self.poll()
        while self._pull(inf):
            pass

    def _pull(self, now: float) -> bool:
        if not self._read and not self._read_some(now):
            return False
        most = self._batch if self._waits is None else _AT_ONCE
        some = [self._read.popleft() for _ in range(min(most, len(self._read)))]
        self._take_in(some)
        return True

    def _read_some(self, now: float) -> bool:
        """Read some facts that are due; False where none are. Of news and past that are both due,
        one comes after the other."""
        news, past = self._missing()
        news_due, past_due = (time <= now and time < inf for time in self._times(news, past))
        if not (news_due or past_due):
            return False
        self._was_past = past_due and not (news_due and self._was_past)
        missing = past if self._was_past else news
        self._bulk = sum(missing.values()) > BULK
        after = {till: self.known(till) for till in missing}
        self._read.extend(self._shop.read(after, self._batch))
        if not self._read:
            self._newest |= after
        if self._waits is not None:
            wait = self._waits.past if self._was_past else self._waits.news
            wait.begun = len(self._read) == BATCH
            if not wait.begun:
                # What comes from now on has a time of its own: else a busy shop has no pause.
                wait.since, wait.level = inf, now if now < inf else self._monotonic()
        return True

    def _missing(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many facts are missing here by till: of what is sold now, and of the past."""
        news: dict[str, int] = {}
        past: dict[str, int] = {}
        for till, number in self._newest.items():
            count = number - self.known(till)
            if count > 0 and till != self._shop.till and till not in self._broken:
                (past if count > PAST and till not in self._followed else news)[till] = count
        return news, past

    def _times(self, news: Mapping[str, int], past: Mapping[str, int]) -> tuple[float, float]:
        """When to take in each, `inf` where there is nothing."""
        if self._waits is None:
            return (-inf if news else inf), (-inf if past else inf)
        return self._news_time(self._waits.news, news), self._past_time(self._waits.past, past)

    def _news_time(self, wait: _Wait, missing: Mapping[str, int]) -> float:
        wait.note(self._monotonic(), is_missing=bool(missing))
        if not missing:
            return inf
        if wait.begun or any(till in self._followed for till in missing):
            return -inf
        return news_time(wait.since, wait.level, len(self._newest), wait.chance)

    def _past_time(self, wait: _Wait, missing: Mapping[str, int]) -> float:
        wait.note(self._monotonic(), is_missing=bool(missing))
        if not missing:
            return inf
        if wait.begun:
            return -inf
        return past_time(wait.since, sum(missing.values()), len(self._newest), wait.chance)

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
