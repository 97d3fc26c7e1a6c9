"""Find out whether this journal is still the one that the shop knows under its till's id."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.store import sale_numbers, tag_blocks

from . import local_facts

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

_AT_ONCE: Final = 500

RunOnWriter = Callable[[Callable[[sqlite3.Connection], Any]], Any]
"""Runs a function on the journal's connection, waits, and returns or raises what it did."""


def settle(shop: ShopDatabase, run: RunOnWriter) -> tuple[str, ChainEnd]:
    """The id under which this journal ships, and how far the shop has its facts; the connection
    uses that id from then on.

    A journal whose facts are not those that the shop has under its id was restored from a copy, or
    is one: it goes on under an id of its own, and what the other shipped comes in as another
    till's. Raises `ShopDatabaseError`, and `JournalError`.
    """
    till: str | None = run(local_facts.own_till)
    if till is None:
        till = shop.till
        run(partial(local_facts.join, till=till))
    if till not in shop.own_ids():
        log.info("this journal was another till's, or another shop's")
        return begin_again(shop, run, ChainEnd()), ChainEnd()
    shop.use_id(till)
    while run(partial(local_facts.name_facts, most=_AT_ONCE)):
        pass
    there = shop.own_end()
    known = _last_common(shop, run, till, there)
    if known.number < run(local_facts.ends).get(till, ChainEnd()).number:
        # The shop's database lost its newest rows, those of leased tags perhaps as well.
        run(tag_blocks.give_up)
        run(sale_numbers.give_up)
    if known == there:
        run(partial(local_facts.set_shipped, till=till, end=there))
        return till, there
    return begin_again(shop, run, known), ChainEnd()


def begin_again(shop: ShopDatabase, run: RunOnWriter, known: ChainEnd) -> str:
    """Go on under a new id behind `known`; returns the id."""
    made = shop.add_id()
    log.warning("this journal is not the one that the shop knows: it goes on as till %s", made)
    run(partial(local_facts.begin_again, till=made, known=known))
    shop.use_id(made)
    return made


def _last_common(shop: ShopDatabase, run: RunOnWriter, till: str, there: ChainEnd) -> ChainEnd:
    """The last fact that both have under the id, or `there` where that is the same."""
    ours = run(local_facts.ends).get(till, ChainEnd())
    if there.number < ours.number:
        # The shop's database was made anew, or restored. It gets again what it lost, unless what
        # it has cannot be reckoned any more: facts were archived, or are another journal's.
        begin: ChainEnd | None = run(partial(local_facts.end_at, till=till, number=there.number))
        return there if begin == there else ChainEnd()
    end = ours if _has(shop, till, ours) else ChainEnd()
    while end.number < there.number:
        theirs = shop.read({till: end.number}, _AT_ONCE)
        here = run(partial(local_facts.named_facts, till=till, after=end, most=_AT_ONCE))
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
