"""Erase in this journal what another till of the shop has erased, before anything of it is shipped.

A till that was away hears of erasures before it ships its own facts, so that it cannot bring back
what was erased meanwhile; what it still learns of such a request is erased before it gets a name.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication import erasure_order
from xumm_desk.core.replication.erasure_order import ErasureOrder, by_request
from xumm_desk.core.replication.replicated_fact import ChainFault, ReplicatedFact
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import FactKind
from xumm_desk.store.history import indexing
from xumm_desk.store.keeping import erasure, listed_payments
from xumm_desk.store.keeping.chain import Anchor

from . import erasure_orders, local_facts, taking_in
from .erasure_orders import Kept
from .identity import RunOnWriter
from .taking_in import TakenIn
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
        self._to_forget = self._merging = self._told = self._relisted = False

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
                self._erase(db, here, orders, kept, listed_payments.listed_here(db))

        self._run(erase)

    def before_naming(self, db: sqlite3.Connection) -> None:
        """Erase in facts of this till that have no name yet what was erased from their requests."""
        names, listed = _late(db), listed_payments.nameless(db)
        if names or listed:
            with transaction(db):
                self._erase(db, names, {}, {}, listed)

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
        return TakenIn(_last(names), self._named_rightly(again.faults))

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
        listed = listed_payments.txids_in(
            fact.text for fact in facts if fact.kind == FactKind.LISTED.value
        )

        def run(db: sqlite3.Connection) -> TakenIn:
            def vouched(fact: ReplicatedFact) -> bool:
                known = (orders.get(fact.identifier), erasure_orders.order_of(db, fact.identifier))
                return any(one is not None and one.vouches(fact) for one in known)

            return taking_in.take_in(
                db,
                facts,
                ledger=self._ledger,
                vouched=vouched,
                finish=lambda touched: self._erase(
                    db,
                    touched,
                    orders,
                    hashes,
                    listed_payments.listed_here(db) + listed if orders else listed,
                ),
            )

        self._told = False
        # The lists may have been changed at the connection, when nobody was told.
        self._relisted = bool(orders)
        taken: TakenIn = self._run(run)
        if self._told:
            self._run(_make_durable)
        if self._relisted:
            return replace(taken, identifiers=_last((*taken.identifiers, SUBJECT)))
        return taken

    def _erase(
        self,
        db: sqlite3.Connection,
        identifiers: Iterable[str],
        orders: Orders,
        kept: Kept,
        listed: Sequence[str],
    ) -> None:
        """Erase what is to be erased from these requests, and from what says of the `listed`
        transactions that they are of no request. Within the caller's transaction."""
        anchors: list[Anchor] = []
        done: list[str] = []
        whole = ErasureOrder()
        vouches = False
        names = [name for name in identifiers if name != SUBJECT]
        here = erasure_orders.orders_of(db, names)
        for name in names:
            known = (orders.get(name), here.get(name))
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
            anchors += erasure.carry_out(db, planned)
            if planned.seqs:
                done.append(name)
            whole = erasure_order.joined((whole, order))
            vouches |= planned.has_listed
            # Those that the request does not name any more are its own from now on.
            listed = (*listed, *planned.txids)
            self._told |= erasure_orders.add_order(
                db,
                name,
                choices,
                order.shop,
                at=self._now(),
                told=known[0],
                payments=planned.payments,
            )
        erased = self._erase_listed(db, listed, orders, kept)
        if vouches or erased:
            self._told |= erasure_orders.vouch_for_listed(
                db, at=self._now(), told=orders.get(SUBJECT)
            )
        if anchors := anchors + erased:
            erasure.add_record(db, anchors, whole.choices, requests=len(done), at=self._now())
            indexing.note_changed(db, done)
            self._to_forget = True

    def _erase_listed(
        self, db: sqlite3.Connection, txids: Sequence[str], orders: Orders, kept: Kept
    ) -> list[Anchor]:
        """Erase who made these payments where that is erased from their request."""
        anchors: list[Anchor] = []
        known = listed_payments.orders_of_all(db, orders) if txids else {}
        for txid in dict.fromkeys(txids):
            erased = known.get(erasure_order.payment_digest(txid))
            if erased is None:
                continue
            rows = listed_payments.changed_facts(db, txid, erased)
            erasure_orders.keep_links(db, (row[0] for row in rows), kept)
            anchors += erasure.replace_texts(db, rows)
            self._relisted |= listed_payments.erase_row(db, txid, erased)
        return anchors

    def _hashes(self, orders: Orders) -> Kept:
        """The hashes of the facts here that are to be erased, as the shop has them: reckoning them
        from a till's first fact on would hold up the journal."""
        names = self._run(partial(_names, orders=orders)) if orders else []
        return self._shop.hashes_of(names) if names else {}


def _names(db: sqlite3.Connection, orders: Orders) -> list[erasure_order.Name]:
    found: list[erasure_order.Name] = []
    for identifier in orders:
        if identifier != SUBJECT:
            rows = db.execute("SELECT seq FROM facts WHERE identifier = ?", (identifier,))
            found += erasure_orders.names_of(db, (seq for (seq,) in rows.fetchall()))
    known = listed_payments.orders_of_all(db, orders)
    for txid in listed_payments.listed_here(db):
        if erasure_order.payment_digest(txid) in known:
            seqs = (row[0] for row in listed_payments.facts_of(db, txid))
            found += erasure_orders.names_of(db, seqs)
    return found


def _last(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, the lists last: requests that have lost a payment come before."""
    once = dict.fromkeys(names)
    return (*(name for name in once if name != SUBJECT), *([SUBJECT] if SUBJECT in once else []))


def _is_here(db: sqlite3.Connection, identifier: str) -> bool:
    row = db.execute("SELECT 1 FROM requests WHERE identifier = ?", (identifier,)).fetchone()
    return row is not None


def _late(db: sqlite3.Connection) -> list[str]:
    """The requests from which something was erased and of which this till has facts without a
    name."""
    rows = db.execute(
        "SELECT identifier FROM facts f"
        " WHERE seq > (SELECT looked_at FROM tills WHERE own = 1) AND kind <> 'erasure'"
        " AND identifier <> ?"
        " AND EXISTS (SELECT 1 FROM facts e"
        " WHERE e.identifier = f.identifier AND e.kind = 'erasure')"
        " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = f.seq)",
        (SUBJECT,),
    ).fetchall()
    # Not DISTINCT: SQLite would go through an index of all facts for it.
    return list(dict.fromkeys(row[0] for row in rows))


def _make_durable(db: sqlite3.Connection) -> None:
    """What is taken in may be undone by a power cut, as it comes again; a fact of this till that
    was written with it must not be undone once the shop has it."""
    with transaction(db):
        db.execute("UPDATE tills SET own = own WHERE own = 1")
