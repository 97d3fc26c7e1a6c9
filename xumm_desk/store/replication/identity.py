"""Find out whether this journal is still the one that the shop knows under its till's id."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact

from . import local_facts

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

_AT_ONCE: Final = 500

RunOnWriter = Callable[[Callable[[sqlite3.Connection], Any]], Any]
"""Runs a function on the journal's connection, waits, and returns or raises what it did."""


def settle(shop: ShopDatabase, run: RunOnWriter) -> tuple[str, ChainEnd]:
    """The id under which this journal ships, and how far the shop has its facts.

    A journal whose facts are not those that the shop has under its id was restored from a copy, or
    is one: it goes on under an id of its own, and what the other shipped comes in as another
    till's. Raises `ShopDatabaseError`, and `JournalError`.
    """
    till = run(local_facts.own_till)
    if till is None:
        # A journal that never joined; its id may have been used by a folder that is lost.
        run(lambda db: local_facts.join(db, shop.till))
        till = shop.till
    while run(lambda db: local_facts.name_facts(db, _AT_ONCE)):
        pass
    there = shop.end_of(till)
    known = _last_common(shop, run, till, there)
    if known == there:
        run(lambda db: local_facts.set_shipped(db, till, there))
        return till, there
    return begin_again(shop, run, known), ChainEnd()


def begin_again(shop: ShopDatabase, run: RunOnWriter, known: ChainEnd) -> str:
    """Go on under a new id behind `known`; returns the id."""
    new = shop.new_till()
    log.warning("this journal is not the one that the shop knows: it goes on as till %s", new)
    run(lambda db: local_facts.begin_again(db, new, known))
    return new


def _last_common(shop: ShopDatabase, run: RunOnWriter, till: str, there: ChainEnd) -> ChainEnd:
    """The last fact that both have under the id, or `there` where that is the same."""
    ours = run(local_facts.ends).get(till, ChainEnd())
    if there.number < ours.number:
        # The shop's database was made anew, or restored. It gets again what it lost, unless what
        # it has cannot be reckoned any more: facts were archived, or are another journal's.
        begin = run(lambda db: local_facts.end_at(db, till, there.number))
        return begin if begin is not None else ChainEnd()
    end = ours if there.number == ours.number or _has(shop, till, ours) else ChainEnd()
    while end.number < there.number:
        theirs = shop.read({till: end.number}, _AT_ONCE)
        here = run(lambda db, end=end: local_facts.named_facts(db, till, end, _AT_ONCE))
        before, end = end, _agreed(end, theirs, here)
        if end.number < before.number + len(theirs) or not theirs:
            break
    return end


def _has(shop: ShopDatabase, till: str, end: ChainEnd) -> bool:
    return end.number == 0 or shop.hash_of(till, end.number) == end.hash


def _agreed(end: ChainEnd, theirs: list[ReplicatedFact], ours: list[ReplicatedFact]) -> ChainEnd:
    """The end of what both lists have in common."""
    for told, own in zip(theirs, ours, strict=False):
        if (told.number, told.hash) != (own.number, own.hash):
            break
        end = ChainEnd(own.number, own.hash)
    return end
