"""Tell the shop that a customer's data was erased, and keep the chains of the tills whole.

A fact whose text was replaced keeps its place in the chain of its till: `erased_links` holds its
hash, which is of the text that is gone. An order (`core/replication/erasure_order.py`), a fact like
any other, names each of them with a digest. All functions run in the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.replication import erasure_order
from xumm_desk.core.replication.erasure_order import KIND, SOURCE, ErasureOrder, Name
from xumm_desk.core.replication.replicated_fact import ChainEnd
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.store.group_commit import add_links, chain_end, hash_link

from . import local_facts
from .remote_requests import rows_of

_AT_ONCE: Final = 500

Kept = Mapping[Name, bytes]
"""Hashes of facts in their tills' chains, by the names of the facts."""

_NAMED: Final = """
    SELECT t.till, r.number, l.hash, f.identifier, f.at, f.witness, f.kind, f.text
    FROM facts f JOIN replicated r USING (seq) JOIN tills t ON t.place = r.till
    JOIN erased_links l ON l.till = r.till AND l.number = r.number
    WHERE f.identifier = ?
"""


def order_of(db: sqlite3.Connection, identifier: str) -> ErasureOrder | None:
    """What is to be erased from a request by all that was told of it; None for nothing."""
    return orders_of(db, [identifier]).get(identifier)


def orders_of(db: sqlite3.Connection, identifiers: Sequence[str]) -> dict[str, ErasureOrder]:
    """The same for several requests, of those from which something is to be erased."""
    told: dict[str, list[ErasureOrder]] = {}
    query = "SELECT identifier, text FROM facts WHERE kind = 'erasure' AND"
    for identifier, text in rows_of(db, query, identifiers):
        read = erasure_order.read_order(text)
        if read is not None:
            told.setdefault(identifier, []).append(read)
    return {name: erasure_order.joined(some) for name, some in told.items()}


def ordered(db: sqlite3.Connection) -> Iterator[str]:
    """All requests from which something was erased."""
    rows = db.execute(
        "SELECT DISTINCT identifier FROM facts WHERE kind = 'erasure' ORDER BY identifier"
    )
    for (identifier,) in rows.fetchall():
        yield identifier


def names_of(db: sqlite3.Connection, seqs: Iterable[int]) -> list[Name]:
    """The names of facts of this journal by which the shop knows them."""
    found: list[Name] = []
    for seq in seqs:
        found += db.execute(
            "SELECT t.till, r.number FROM replicated r JOIN tills t ON t.place = r.till"
            " WHERE r.seq = ?",
            (seq,),
        ).fetchall()
    return found


def keep_links(db: sqlite3.Connection, seqs: Iterable[int], known: Kept) -> None:
    """Before the texts of these facts are replaced: keep their hashes, those that are `known`, else
    as they are reckoned from what is here. What cannot be reckoned any more stays without."""
    wanted: dict[str, list[int]] = {}
    for till, number in names_of(db, seqs):
        if not _is_kept(db, till, number):
            wanted.setdefault(till, []).append(number)
    for till, numbers in wanted.items():
        found = {n: known[till, n] for n in numbers if (till, n) in known}
        missing = sorted(set(numbers) - set(found))
        if missing:
            found |= _reckoned(db, till, missing)
        db.executemany(
            "INSERT INTO erased_links (till, number, hash)"
            " VALUES ((SELECT place FROM tills WHERE till = ?), ?, ?)",
            ((till, number, kept) for number, kept in found.items()),
        )


def add_order(
    db: sqlite3.Connection,
    identifier: str,
    choices: ErasureChoices,
    shop: frozenset[str],
    *,
    at: datetime,
    told: ErasureOrder | None = None,
    payments: frozenset[bytes] = frozenset(),
) -> bool:
    """Tell the shop that this was erased from the request, if it is not told all of it already,
    which may be by an order `told` that is not here yet; whether a fact was written. Nothing in a
    journal that is in no shop, and in a monitor's."""
    if local_facts.own_till(db) is None:
        return False
    known = order_of(db, identifier)
    if told is not None:
        known = told if known is None else erasure_order.joined((known, told))
    anchors: dict[Name, frozenset[bytes]] = {}
    for till, number, _kept, *columns in db.execute(_NAMED, (identifier,)):
        name, one = (till, number), erasure_order.digest(till, number, tuple(columns))
        if known is None or one not in known.anchors.get(name, ()):
            anchors[name] = frozenset({one})
    new = payments if known is None else payments - known.payments
    if known is not None and not anchors and not new and not _asks_more(choices, known):
        return False
    order = ErasureOrder(choices.payer, choices.note, choices.txid, shop, anchors, new)
    _write(db, (identifier, at.isoformat(), SOURCE, KIND, erasure_order.order_text(order)))
    return True


def vouch_for_listed(
    db: sqlite3.Connection, *, at: datetime, told: ErasureOrder | None = None
) -> bool:
    """Tell the shop how facts under `SUBJECT`, which are no request's, are after an erasure;
    whether a fact was written. What is erased of them is said by the orders about requests."""
    return add_order(
        db, SUBJECT, ErasureChoices(payer=False, note=False), frozenset(), at=at, told=told
    )


def erased_facts(
    db: sqlite3.Connection, identifier: str, order: ErasureOrder
) -> tuple[list[tuple[str, int, str]], int]:
    """The facts of a request that are here just as `order` says, by their names and with their
    texts; and how many others it names."""
    found: list[tuple[str, int, str]] = []
    for till, number, _kept, *columns in db.execute(_NAMED, (identifier,)):
        one = erasure_order.digest(till, number, tuple(columns))
        if one in order.anchors.get((till, number), ()):
            found.append((till, number, columns[-1]))
    return found, len(order.anchors) - len(found)


def _asks_more(choices: ErasureChoices, known: ErasureOrder) -> bool:
    before = known.choices
    return any(
        wanted and not was
        for wanted, was in (
            (choices.payer, before.payer),
            (choices.note, before.note),
            (choices.txid, before.txid),
        )
    )


def _write(db: sqlite3.Connection, columns: tuple[str, str, str, str, str]) -> None:
    before, last = chain_end(db)
    link = hash_link(before, columns)
    add_links(db, [(last + 1, *columns, link)])
    db.execute(
        "INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)", (last + 1, link)
    )


def _is_kept(db: sqlite3.Connection, till: str, number: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM erased_links"
        " WHERE till = (SELECT place FROM tills WHERE till = ?) AND number = ?",
        (till, number),
    ).fetchone()
    return row is not None


def _reckoned(db: sqlite3.Connection, till: str, numbers: Sequence[int]) -> dict[int, bytes]:
    """The hashes of these facts of a till, by what is here of its chain."""
    found: dict[int, bytes] = {}
    wanted, end = set(numbers), _end_before(db, till, numbers[0])
    while end.number < numbers[-1]:
        some = local_facts.named_facts(db, till, end, _AT_ONCE)
        if not some:
            break
        found |= {fact.number: fact.hash for fact in some if fact.number in wanted}
        end = ChainEnd(some[-1].number, some[-1].hash)
    return found


def _end_before(db: sqlite3.Connection, till: str, number: int) -> ChainEnd:
    """The nearest end of the till's chain before this fact of which the hash is known."""
    known = [ChainEnd(), local_facts.ends(db)[till]]
    row = db.execute(
        "SELECT number, hash FROM erased_links"
        " WHERE till = (SELECT place FROM tills WHERE till = ?) AND number < ?"
        " ORDER BY number DESC LIMIT 1",
        (till, number),
    ).fetchone()
    if row is not None:
        known.append(ChainEnd(*row))
    return max((one for one in known if one.number < number), key=lambda one: one.number)
