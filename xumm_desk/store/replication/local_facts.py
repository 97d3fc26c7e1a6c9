"""Name the facts of this journal for the shop, and know how far those of each till are here.

All functions run on the writer's connection; those that write, in one transaction of their own.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from xumm_desk.core.replication.replicated_fact import (
    CHAIN_START,
    ChainEnd,
    ReplicatedFact,
    link,
)
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.store import sale_numbers, tag_blocks
from xumm_desk.store.history import indexing

from . import account_facts, judging
from .transactions import repeatable_transaction, transaction

_FACT_COLUMNS: Final = "f.identifier, f.at, f.witness, f.kind, f.text"
PLACE: Final = "(SELECT place FROM tills WHERE till = ?)"
"""How the tables here name a till."""
_AT_ONCE: Final = 500


def own_till(db: sqlite3.Connection) -> str | None:
    """The id under which this journal's facts have names; None where it never joined a shop."""
    row = db.execute("SELECT till FROM tills WHERE own = 1").fetchone()
    return None if row is None else str(row[0])


def join(db: sqlite3.Connection, till: str) -> None:
    """Give the facts of this journal that have no name yet names under this id, from 1; nothing
    where it has an id already. From now on it hands out only tags that the shop leases to it."""
    with transaction(db):
        if own_till(db) is None:
            _begin(db, till)


def ends(db: sqlite3.Connection) -> dict[str, ChainEnd]:
    """How far the facts of each till are known; of the own one, how far the shop has them."""
    rows = db.execute("SELECT till, number, hash FROM tills")
    return {till: ChainEnd(number, hashed) for till, number, hashed in rows}


def name_facts(db: sqlite3.Connection, most: int) -> int:
    """Name up to `most` facts of this journal that have none yet; returns how many got one."""
    with repeatable_transaction(db):
        row = db.execute("SELECT place, looked_at FROM tills WHERE own = 1").fetchone()
        if row is None:
            return 0
        place, looked_at = row
        (newest,) = db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
        found = db.execute(
            "SELECT seq FROM facts WHERE seq > ?"
            " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = facts.seq)"
            " ORDER BY seq LIMIT ?",
            (looked_at, most),
        ).fetchall()
        (number,) = db.execute(
            "SELECT coalesce(max(number), 0) FROM replicated WHERE till = ?", (place,)
        ).fetchone()
        db.executemany(
            "INSERT INTO replicated (till, number, seq) VALUES (?, ?, ?)",
            ((place, number, seq) for number, (seq,) in enumerate(found, number + 1)),
        )
        looked_at = found[-1][0] if len(found) == most else newest
        db.execute("UPDATE tills SET looked_at = ? WHERE place = ?", (looked_at, place))
        return len(found)


def tell_and_settle(db: sqlite3.Connection, *, ledger: bool) -> tuple[str, ...]:
    """Record what this till's tables know of its accounts and no fact tells yet, and let them agree
    with what others told; returns what changed, as `account_facts.settle` does."""
    is_till = own_till(db) is not None
    if not account_facts.has_work(db, tells=is_till):
        return ()
    with transaction(db):  # these facts are written nowhere else
        if is_till:
            account_facts.tell(db)
        settled = account_facts.settle(db, writes=is_till)
        changed = [name for name in settled if name != SUBJECT]
        judging.judge_requests(db, changed, {}, ledger=ledger)
        indexing.note_changed(db, changed)
    return settled


def named_facts(
    db: sqlite3.Connection, till: str, after: ChainEnd, most: int
) -> list[ReplicatedFact]:
    """The facts of the till behind this end of its chain, up to `most`. One that was archived or
    lost ends them: nothing behind it can be linked."""
    rows = db.execute(
        f"SELECT r.number, l.hash, {_FACT_COLUMNS} FROM replicated r"  # noqa: S608 - ours
        " JOIN facts f USING (seq)"
        " LEFT JOIN erased_links l ON l.till = r.till AND l.number = r.number"
        f" WHERE r.till = {PLACE} AND r.number > ? ORDER BY r.number LIMIT ?",
        (till, after.number, most),
    )
    made: list[ReplicatedFact] = []
    for number, kept, *columns in rows:
        if number != after.number + 1:
            break
        identifier, at, source, kind, text = columns
        whole = (identifier, at, source, kind, text)
        after = ChainEnd(number, kept or link(after.hash, number, whole))
        made.append(ReplicatedFact(till, number, *whole, after.hash, erased=kept is not None))
    return made


def last_number(db: sqlite3.Connection, till: str) -> int:
    """The number of the till's last fact that has a name here."""
    (number,) = db.execute(
        f"SELECT coalesce(max(number), 0) FROM replicated WHERE till = {PLACE}",  # noqa: S608
        (till,),
    ).fetchone()
    return int(number)


def unsent(db: sqlite3.Connection, there: int | None = None) -> int:
    """How many facts of this journal the shop's database does not have, with or without a name:
    behind number `there`, or behind what it had at last; all where it never joined a shop."""
    row = db.execute("SELECT till, number, looked_at FROM tills WHERE own = 1").fetchone()
    till, shipped, looked_at = ("", 0, 0) if row is None else row
    known = shipped if there is None else there
    (nameless,) = db.execute(
        "SELECT count(*) FROM facts WHERE seq > ?"
        " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = facts.seq)",
        (looked_at,),
    ).fetchone()
    return max(0, last_number(db, till) - known) + int(nameless)


def end_at(db: sqlite3.Connection, till: str, number: int) -> ChainEnd | None:
    """The end of the till's chain at this number, reckoned from the facts; None where one up to it
    is missing."""
    end = ChainEnd()
    while end.number < number:
        some = named_facts(db, till, end, min(_AT_ONCE, number - end.number))
        if not some:
            return None
        end = ChainEnd(some[-1].number, some[-1].hash)
    return end


def set_shipped(db: sqlite3.Connection, till: str, end: ChainEnd) -> None:
    """The shop's database has the till's own facts up to this end."""
    with repeatable_transaction(db):
        set_end(db, till, end)


def begin_again(db: sqlite3.Connection, till: str, known: ChainEnd) -> None:
    """Give up the names under the present id behind `known`, the last one that the shop has too,
    and go on under the id `till`. What the shop has under the old id behind it comes in as from
    another till: this journal was restored from a copy, or is one."""
    with transaction(db):
        old = own_till(db)
        if old is not None:
            db.execute(
                f"DELETE FROM replicated WHERE till = {PLACE} AND number > ?",  # noqa: S608
                (old, known.number),
            )
            db.execute(
                f"DELETE FROM erased_links WHERE till = {PLACE} AND number > ?",  # noqa: S608
                (old, known.number),
            )
            set_end(db, old, known)
        # The journal that has the old id hands these out.
        tag_blocks.give_up(db)
        sale_numbers.give_up(db)
        _begin(db, till)


def leave(db: sqlite3.Connection) -> None:
    """Forget the tills of the shop and the names of all facts; the facts stay, and which requests
    are another till's: this one does not follow them."""
    with transaction(db):
        for table in (
            "replicated",
            "erased_links",
            "tills",
            "tag_blocks",
            "tag_wish",
            "number_blocks",
        ):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our names


def _begin(db: sqlite3.Connection, till: str) -> None:
    db.execute("UPDATE tills SET own = 0")
    add_till(db, till, own=True)


def add_till(db: sqlite3.Connection, till: str, *, own: bool) -> None:
    """Know of another till; within the caller's transaction."""
    db.execute(
        "INSERT INTO tills (till, own, number, hash, looked_at) VALUES (?, ?, 0, ?, 0)",
        (till, int(own), CHAIN_START),
    )


def set_end(db: sqlite3.Connection, till: str, end: ChainEnd) -> None:
    """The facts of the till are known up to this end; within the caller's transaction."""
    db.execute("UPDATE tills SET number = ?, hash = ? WHERE till = ?", (end.number, end.hash, till))
