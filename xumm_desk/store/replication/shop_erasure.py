"""Erase in this journal what another till of the shop has erased, before anything of it is shipped.

A till that was away hears of erasures before it ships its own facts, so that it cannot bring back
what was erased meanwhile; what it still learns of such a request is erased before it gets a name.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication import erasure_order
from xumm_desk.core.replication.erasure_order import ErasureOrder, by_request
from xumm_desk.core.replication.replicated_fact import ChainFault, ReplicatedFact
from xumm_desk.store.history import indexing
from xumm_desk.store.keeping import erasure
from xumm_desk.store.keeping.chain import Anchor

from . import erasure_orders, local_facts
from .erasure_orders import Kept
from .identity import RunOnWriter
from .local_facts import TakenIn
from .transactions import transaction

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

_PAGES: Final = 64
"""Of the search's index that are merged in one step; a sale's facts wait for some milliseconds."""
_NOTHING_MORE: Final = 2
"""Fewer changes than these of one step say that all is merged (https://sqlite.org/fts5.html)."""

Orders = Mapping[str, ErasureOrder]
"""What is to be erased, by request."""


class ShopErasures:
    """What one connection to the shop's database has to do about erasures. Raises
    `ShopDatabaseError` and `JournalError`."""

    def __init__(
        self,
        shop: ShopDatabase,
        run: RunOnWriter,
        *,
        ledger: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._shop, self._run, self._ledger, self._now = shop, run, ledger, now
        self._to_forget = self._merging = self._told = False

    def begin(self) -> None:
        """Erase what others have erased meanwhile, although the facts between are not here yet."""
        known = {till: end.number for till, end in self._run(local_facts.ends).items()}
        own = self._run(local_facts.own_till)
        told = [fact for fact in self._shop.orders_after(known) if fact.till != own]
        orders = by_request(told)
        if not orders:
            return
        kept = self._hashes(orders)

        def erase(db: sqlite3.Connection) -> None:
            here = [name for name in orders if _is_here(db, name)]
            with transaction(db):
                self._erase(db, here, orders, kept)

        self._run(erase)

    def before_naming(self, db: sqlite3.Connection) -> None:
        """Erase in facts of this till that have no name yet what was erased from their requests."""
        if names := _late(db):
            with transaction(db):
                self._erase(db, names, {}, {})

    def take_in(self, facts: Sequence[ReplicatedFact]) -> TakenIn:
        """Take in facts of others, erased ones too, and erase what they say."""
        told = by_request(facts)
        kept = self._hashes(told) if told else {}
        found = self._take_in(facts, told, kept)
        if ChainFault.CHANGED not in found.faults.values():
            return found
        # Erased in the database, perhaps by an order that comes later in its till's chain.
        orders = by_request(self._shop.orders_of([fact.identifier for fact in facts]))
        again = self._take_in(facts, {**told, **orders}, kept) if orders else found
        names = dict.fromkeys((*found.identifiers, *again.identifiers))
        return TakenIn(tuple(names), self._named_rightly(again.faults))

    def _named_rightly(self, faults: Mapping[str, ChainFault]) -> dict[str, ChainFault]:
        """These faults, those apart of which an order may still come: in a database that is being
        filled anew a till's facts may be there before another one's order about them."""
        ends = self._run(local_facts.ends)

        def named(till: str, fault: ChainFault) -> ChainFault:
            known = ends[till].number if till in ends else 0
            marked = fault is ChainFault.CHANGED and self._shop.is_erased(till, known + 1)
            return ChainFault.UNVOUCHED if marked else fault

        return {till: named(till, fault) for till, fault in faults.items()}

    def forget(self) -> bool:
        """Take some of what was erased out of the index of the search; whether there is more."""
        if self._to_forget:
            self._to_forget = bool(self._run(self._forget_step))
        return self._to_forget

    def _forget_step(self, db: sqlite3.Connection) -> bool:
        if indexing.catch_up_step(db):
            return True
        before = db.total_changes
        # The first one marks all that there is to be merged, as "optimize" does in one long step.
        pages = _PAGES if self._merging else -_PAGES
        db.execute("INSERT INTO request_text (request_text, rank) VALUES ('merge', ?)", (pages,))
        self._merging = db.total_changes - before >= _NOTHING_MORE
        return self._merging

    def _take_in(self, facts: Sequence[ReplicatedFact], orders: Orders, kept: Kept) -> TakenIn:
        hashes = {**kept, **{(fact.till, fact.number): fact.hash for fact in facts}}

        def run(db: sqlite3.Connection) -> TakenIn:
            def vouched(fact: ReplicatedFact) -> bool:
                known = (orders.get(fact.identifier), erasure_orders.order_of(db, fact.identifier))
                return any(one is not None and one.vouches(fact) for one in known)

            return local_facts.take_in(
                db,
                facts,
                ledger=self._ledger,
                vouched=vouched,
                finish=lambda touched: self._erase(db, touched, orders, hashes),
            )

        self._told = False
        taken: TakenIn = self._run(run)
        if self._told:
            self._run(_make_durable)
        return taken

    def _erase(
        self, db: sqlite3.Connection, identifiers: Iterable[str], orders: Orders, kept: Kept
    ) -> None:
        """Within the caller's transaction."""
        anchors: list[Anchor] = []
        done: list[str] = []
        whole = ErasureOrder()
        for name in identifiers:
            known = (orders.get(name), erasure_orders.order_of(db, name))
            if not any(known):
                continue
            order = erasure_order.joined(one for one in known if one is not None)
            choices = order.choices
            db.execute("PRAGMA secure_delete = ON")
            planned = erasure.plan(db, name, choices, order.shop, ledger=self._ledger)
            if planned is None:
                # Open here, or something is known here alone that its outcome needs.
                log.warning("%s was erased at another till, but is not finished here", name)
                continue
            erasure_orders.keep_links(db, planned.seqs, kept)
            anchors += erasure.carry_out(db, planned, choices)
            if planned.seqs:
                done.append(name)
            whole = erasure_order.joined((whole, order))
            self._told |= erasure_orders.add_order(
                db, name, choices, order.shop, at=self._now(), told=known[0]
            )
        if anchors:
            erasure.add_record(db, anchors, whole.choices, requests=len(done), at=self._now())
            indexing.note_changed(db, done)
            self._to_forget = True

    def _hashes(self, orders: Orders) -> Kept:
        """The hashes of the facts here that are to be erased, as the shop has them: reckoning them
        from a till's first fact on would hold up the journal."""
        names = self._run(partial(_names, identifiers=list(orders)))
        return self._shop.hashes_of(names) if names else {}


def _names(db: sqlite3.Connection, identifiers: Sequence[str]) -> list[erasure_order.Name]:
    found: list[erasure_order.Name] = []
    for identifier in identifiers:
        seqs = db.execute("SELECT seq FROM facts WHERE identifier = ?", (identifier,)).fetchall()
        found += erasure_orders.names_of(db, (seq for (seq,) in seqs))
    return found


def _is_here(db: sqlite3.Connection, identifier: str) -> bool:
    row = db.execute("SELECT 1 FROM requests WHERE identifier = ?", (identifier,)).fetchone()
    return row is not None


def _late(db: sqlite3.Connection) -> list[str]:
    """The requests from which something was erased and of which this till has facts without a
    name."""
    rows = db.execute(
        "SELECT DISTINCT identifier FROM facts f"
        " WHERE seq > (SELECT looked_at FROM tills WHERE own = 1) AND kind <> 'erasure'"
        " AND EXISTS (SELECT 1 FROM facts e"
        " WHERE e.identifier = f.identifier AND e.kind = 'erasure')"
        " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = f.seq)"
    ).fetchall()
    return [row[0] for row in rows]


def _make_durable(db: sqlite3.Connection) -> None:
    """What is taken in may be undone by a power cut, as it comes again; a fact of this till that
    was written with it must not be undone once the shop has it."""
    with transaction(db):
        db.execute("UPDATE tills SET own = own WHERE own = 1")
