"""Bring the shop's database what it lacks: the rest of a till that leaves, the facts of a till that
is gone."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication.replicated_fact import ChainEnd
from xumm_desk.core.replication.shop_state import TillRole

from . import erasure_orders, local_facts, till_chains
from .shop_erasure import ShopErasures

if TYPE_CHECKING:
    from .shop_database import ShopDatabase
    from .shop_owner import ShopOwner

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class ErasedThere:
    """How many facts were erased in the database; how many were erased elsewhere and are not here
    as they are there; of how many requests that are erased here the database is not told yet."""

    facts: int
    missing: int
    untold: int


def send_rest(shop: ShopDatabase, db: sqlite3.Connection) -> int:
    """Ship what the shop lacks of this journal's own facts; returns how many it still lacks. One
    that the shop does not know as this till's journal ships nothing. Raises `ShopDatabaseError`."""
    till = local_facts.own_till(db)
    if till is None or shop.role() is not TillRole.TILL or till not in shop.own_ids():
        return local_facts.unsent(db)
    shop.use_id(till)
    end = shop.own_end()
    if local_facts.ends(db)[till] != end and local_facts.end_at(db, till, end.number) != end:
        return local_facts.unsent(db)
    erasures = ShopErasures(shop, lambda job: job(db), ledger=True)
    erasures.begin()
    while True:
        erasures.before_naming(db)
        named = local_facts.name_facts(db, _AT_ONCE)
        facts = local_facts.named_facts(db, till, end, _AT_ONCE)
        if facts:
            shop.ship(facts)
            end = ChainEnd(facts[-1].number, facts[-1].hash)
        elif not named:
            local_facts.set_shipped(db, till, end)
            return local_facts.unsent(db)


def fill(owner: ShopOwner, db: sqlite3.Connection, till: str) -> tuple[int, int]:
    """Ship facts of another till, which is gone, as far as they are here unchanged and the database
    lacks them. Returns how many went, and how many that this journal knew of are still not there.

    Raises:
        ShopDatabaseError: also if the database has other facts under the same numbers.
    """
    here, there = till_chains.chain_of(db, till), owner.end_of(till) or ChainEnd()
    if here.changed or there.number >= here.end.number:
        return 0, max(0, here.known.number - there.number)
    begin = local_facts.end_at(db, till, there.number)
    end = begin if begin is not None else ChainEnd()
    sent = 0
    while end.number < here.end.number:
        facts = local_facts.named_facts(db, till, end, min(_AT_ONCE, here.end.number - end.number))
        owner.fill(facts)
        end = ChainEnd(facts[-1].number, facts[-1].hash)
        sent += len(facts)
    return sent, here.known.number - end.number


def erase_there(owner: ShopOwner, db: sqlite3.Connection) -> ErasedThere:
    """Replace in the database the texts of facts that are erased in this journal, as far as an
    order of a till, which is there already, says just that of them: else nobody would believe it.
    Raises `ShopDatabaseError`."""
    orders = owner.orders()
    replaced, missing = 0, 0
    some: list[tuple[str, int, str]] = []
    for identifier, order in orders.items():
        found, others = erasure_orders.erased_facts(db, identifier, order)
        missing += others
        some += found
        if len(some) >= _AT_ONCE:
            replaced += owner.erase(some)
            some = []
    untold = sum(name not in orders for name in erasure_orders.ordered(db))
    return ErasedThere(replaced + owner.erase(some), missing, untold)


def is_elsewhere(db: sqlite3.Connection, till: str, present: frozenset[str]) -> bool:
    """Whether all facts of the till have a name of one of the tills `present` too: it came back
    under another id."""
    marks = ", ".join("?" * len(present))
    question = (  # the marks alone are put in
        "SELECT 1 FROM replicated r WHERE r.till = (SELECT place FROM tills WHERE till = ?)"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM replicated o JOIN tills t ON t.place = o.till"
        f" WHERE o.seq = r.seq AND t.till IN ({marks})) LIMIT 1"
    )
    return db.execute(question, (till, *present)).fetchone() is None
