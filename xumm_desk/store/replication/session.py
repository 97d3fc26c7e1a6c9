"""One connection to the shop's database: ship, pull, keep leases, tell what the shop looks like."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication import takeover
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.core.replication.takeover import LIFE, RENEW
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.store import sale_numbers, tag_blocks

from . import identity, local_facts
from .identity import RunOnWriter
from .pulling import BATCH, FactsListener, Pulling, PullWaits
from .reading_leases import Reading, ReadingLeases, WantedAccounts
from .shop_erasure import ShopErasures

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

_LAST_BATCHES: Final = 10
"""Shipped before the end; a longer past waits for the next start."""
_POLL: Final = 15.0
"""Seconds after which is asked for news, whether or not a notification came."""
_TAG: Final = "destination tag"
_TAGS: Final = 500
_NUMBER: Final = "sale number "
_NUMBERS: Final = 200
_LARGEST: Final = 2**53
_TAGS_AGAIN: Final = 60.0
"""Seconds after which more tags are asked for where the range had none left."""
_HELD: Final = 86_400.0
_HELD_AFTER: Final = 10.0
"""Seconds for which `hold` lasts where the connection is lost, and at least."""
_COPY_AFTER: Final = 2 * LIFE
"""Seconds for which the lease of this till's life is refused before another program is taken to run
under its id: one of our own that crashed lets go sooner."""


class Session:
    """Raises `ShopDatabaseError` when the connection is lost, and `JournalError`."""

    def __init__(
        self,
        shop: ShopDatabase,
        run: RunOnWriter,
        *,
        ledger: bool,
        version: str,
        on_facts: FactsListener,
        on_view: Callable[[ShopView], None],
        monotonic: Callable[[], float],
        waits: PullWaits,
        accounts: WantedAccounts = frozenset,
    ) -> None:
        """`ledger` says whether a ledger node is set up, `accounts` which accounts this till would
        read for all."""
        self._shop, self._run = shop, run
        self._ledger, self._version = ledger, version
        self._on_facts, self._on_view = on_facts, on_view
        self._monotonic, self._waits = monotonic, waits
        self._reading = ReadingLeases(accounts)
        self._erasures = ShopErasures(shop, run, ledger=ledger)
        self._sells = False
        self._till, self._end = "", ChainEnd()
        self._saved = ChainEnd()
        self._unsent = 0
        # Leases of `hold`, and when they may be given back.
        self._held: dict[str, float] = {}
        self._adopted = False
        self._to_ship = True
        self._renew_at = self._poll_at = 0.0
        self._refused_since = self._no_tags_until = 0.0

    def begin(self) -> None:
        """Settle this till's identity, and listen for news."""
        # A monitor ships nothing, and follows nobody's requests.
        self._sells = self._shop.role() is TillRole.TILL
        if self._sells:
            self._run(self._erasures.before_naming)
            self._till, self._end = identity.settle(self._shop, self._run)
        self._saved = self._end
        self._shop.listen()
        self._erasures.begin()
        known = {till: end.number for till, end in self._run(local_facts.ends).items()}
        self._pulling = Pulling(
            self._shop,
            self._erasures,
            self._on_facts,
            known,
            waits=self._waits if self._sells else None,
            monotonic=self._monotonic,
        )
        if not known.keys() - {self._till}:
            self._waits.begin_at_once()
        self._refused_since = self._monotonic()

    def wake(self) -> None:
        """This till may have new facts."""
        self._to_ship = True

    def turn(self) -> bool:
        """Do some of what is to do; whether there is more."""
        now = self._monotonic()
        if now >= self._poll_at:
            self._poll_at = now + _POLL
            self._pulling.poll()
        if now >= self._renew_at or (self._sells and self._reading.are_due()):
            self._renew_at = now + RENEW
            self._to_ship = True
            self._keep_leases(now)
        if self._to_ship:
            self._to_ship = self._ship()
        self._pulling.hear(self._shop.wait(0.0))
        pulled = now >= self._pulling.due() and self._pulling.pull()
        return self._to_ship or pulled or self._erasures.forget()

    def wait(self, wake: int) -> None:
        """Return when there may be something to do; the descriptor `wake` can be read then."""
        if self._saved != self._end:
            # Only a check at the next start needs it, so it is not written with each batch.
            end, till = self._end, self._till
            self._run(lambda db: local_facts.set_shipped(db, till, end))
            self._saved = end
        now = self._monotonic()
        rest, due = max(0.0, min(self._renew_at, self._poll_at) - now), self._pulling.due()
        if due < inf:
            # What is told meanwhile is heard then.
            self._shop.rest(max(0.0, min(rest, due - now)), wake)
        else:
            self._pulling.hear(self._shop.wait(rest, wake))

    def hold(self, name: str) -> bool:
        """Take a lease for this till alone, and take in all that others have shipped up to now;
        False while another till holds it. It is given back when this till's own facts of the next
        seconds are in the database: where these cannot get there, nobody else may go on."""
        now = self._monotonic()
        if not self._sells or not self._live(now) or not self._shop.take_lease(name, _HELD):
            return False
        self._held[name] = now + _HELD_AFTER
        self._pulling.pull_all()
        return True

    def end(self) -> None:
        """Ship what is left, and give back what is held, so that others follow this till's requests
        at once."""
        if not self._sells:
            return
        for _ in range(_LAST_BATCHES):
            if not self._ship():
                break
        self._reading.give_back(self._shop)
        held = takeover.followed_by(self._shop.leases(), self._till)
        for name in (*map(takeover.follow_lease, held), takeover.life_lease(self._till)):
            self._shop.give_back_lease(name)

    def _ship(self) -> bool:
        till, end = self._till, self._end
        if not till:
            return False

        def next_facts(
            db: sqlite3.Connection,
        ) -> tuple[tuple[str, ...], int, list[ReplicatedFact], int]:
            settled = local_facts.tell_and_settle(db, ledger=self._ledger)
            self._erasures.before_naming(db)
            named = local_facts.name_facts(db, BATCH)
            facts = local_facts.named_facts(db, till, end, BATCH)
            return settled, named, facts, local_facts.last_number(db, till)

        settled, named, facts, last = self._run(next_facts)
        if settled:
            self._on_facts(ShopNews(settled))
        if facts:
            self._shop.ship(facts)
            self._end = ChainEnd(facts[-1].number, facts[-1].hash)
        self._unsent = last - self._end.number
        if self._unsent and not facts:
            # One that has a name was archived before it was shipped.
            self._till = identity.begin_again(self._shop, self._run, end)
            self._end = self._saved = ChainEnd()
            return True
        return bool(self._unsent) or named == BATCH

    def _lease_tags(self, now: float) -> None:
        """Keep enough destination tags that no other till hands out."""
        wish = self._run(lambda db: tag_blocks.wanted(db, int(time.time())))
        if wish is None or now < self._no_tags_until:
            return
        try:
            first, last = self._shop.reserve_block(_TAG, _TAGS, (wish.first, wish.last))
        except ShopDatabaseError as error:
            if not self._shop.is_open:
                raise
            log.warning("no more destination tags for this till: %s", error)
            self._no_tags_until = now + _TAGS_AGAIN
            return
        self._run(lambda db: tag_blocks.add(db, TagRange(first, last)))

    def _lease_numbers(self) -> None:
        """Keep enough sale numbers that no other till of the same name gives out."""
        for wish in self._run(sale_numbers.wanted):
            block = self._shop.reserve_block(
                f"{_NUMBER}{wish.count_name}", _NUMBERS, (wish.first, _LARGEST)
            )
            self._run(partial(sale_numbers.add, count_name=wish.count_name, block=block))

    def _live(self, now: float) -> bool:
        """Say that this till lives; False while another run is under its id."""
        lives = self._shop.take_lease(takeover.life_lease(self._till), LIFE)
        if lives:
            self._refused_since = now
        return lives

    def _adopt(self, now: float) -> None:
        """Go on with what `hold` took before the connection was lost, or before a crash."""
        if self._adopted:
            return
        self._adopted = True
        for name in takeover.held_by(self._shop.leases(), self._till):
            if self._shop.take_lease(name, _HELD):
                self._held.setdefault(name, now + _HELD_AFTER)

    def _keep_leases(self, now: float) -> None:
        shop, own = self._shop, self._till
        if self._sells:
            if self._live(now):
                self._adopt(now)
            elif now - self._refused_since > _COPY_AFTER:
                self._till = identity.begin_again(shop, self._run, self._end)
                self._end = self._saved = ChainEnd()
                return
        shop.report_state(self._unsent, self._version)
        if not self._unsent:
            for name in [name for name, until in self._held.items() if until < now]:
                shop.give_back_lease(name)
                del self._held[name]
        if self._sells:
            self._lease_tags(now)
            self._lease_numbers()
        tills, leases = shop.tills(), shop.leases()
        if self._sells:
            selling = [one.till for one in tills if one.role is TillRole.TILL]
            wanted = takeover.takeover(own, selling, leases)
            if wanted.take or wanted.give_back:
                for name in wanted.take:
                    shop.take_lease(name, LIFE)
                for name in wanted.give_back:
                    shop.give_back_lease(name)
                leases = shop.leases()
        reading = self._reading.keep(shop, own, leases) if self._sells else Reading()
        alive, followed = takeover.living(leases), takeover.followed_by(leases, own)
        covered = takeover.followed_by_any(leases)
        self._pulling.follow(followed)
        self._on_view(
            ShopView(
                connected=True,
                unsent=self._unsent,
                role=TillRole.TILL if self._sells else TillRole.MONITOR,
                reads=reading.here,
                read_elsewhere=reading.elsewhere,
                tills=tuple(
                    TillView(
                        one.till,
                        one.name,
                        one.role,
                        one.seen_seconds,
                        max(0, one.number - self._pulling.known(one.till)),
                        one.facts_behind,
                        one.till in alive,
                        one.till in followed,
                        one.till in covered,
                        one.left,
                    )
                    for one in tills
                    if one.till != shop.till
                ),
            )
        )
