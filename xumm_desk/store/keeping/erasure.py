"""Erase a customer's data on request: from facts, the tables beside them, the index and the log.

The facts stay in their place and keep their hashes; `chain` says how the chain stays whole. Nothing
is erased from a request that is open, or of which the outcome or an amount would change. For
`erase` the journal must be closed in this process. In a shop of several tills an order goes to the
others, which erase the same (`store/replication/shop_erasure.py`).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices, ErasureReport
from xumm_desk.core.state import facts as fact_parsing
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.store import database, queries
from xumm_desk.store.history import indexing
from xumm_desk.store.replication import erasure_orders

from . import chain, copies, erased_text, swap
from .chain import Anchor

ERASED: Final = "erasure"

Progress = Callable[[int, int], None]
_Row = tuple[int, str, str, str, str, str, bytes]


def erase(
    path: Path,
    what: str,
    choices: ErasureChoices,
    *,
    ledger: bool,
    now: datetime,
    who: str = "",
    on_progress: Progress = lambda _done, _all: None,
) -> ErasureReport:
    """Erase what is known of the customer of one request, or of all requests of one account: `what`
    is the identifier or the address. Where copies of the journal stay, the report says how many.
    Raises `JournalError`."""
    swap.refuse_if_used(path)
    try:
        with closing(database.connect(path)) as db:
            db.execute("PRAGMA secure_delete = ON")
            shop = frozenset(row[0] for row in db.execute("SELECT account FROM seen"))
            names = _requests_of(db, what)
            done, count, refused, told = [], 0, [], 0
            db.execute("BEGIN IMMEDIATE")
            try:
                anchors: list[Anchor] = []
                for place, name in enumerate(names):
                    on_progress(80 * place // len(names), 100)
                    planned = plan(db, name, choices, shop, ledger=ledger)
                    if planned is None:
                        refused.append(name)
                        continue
                    erasure_orders.keep_links(db, planned.seqs, {})
                    if changed := carry_out(db, planned, choices):
                        anchors += changed
                        done.append(name)
                    told += erasure_orders.add_order(db, name, choices, shop, at=now)
                count = len(anchors)
                if anchors:
                    add_record(db, anchors, choices, requests=len(done), at=now, who=who)
                    indexing.note_changed(db, done)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            if done:
                _forget(db)
    except sqlite3.Error as error:
        raise database.journal_error(error, path) from None
    left = copies.list_copies(copies.folder_of(path)) if done else []
    if choices.copies:
        for one in left:
            Path(one.path).unlink(missing_ok=True)
        left = []
    return ErasureReport(len(done), count, tuple(refused), len(left), told)


def _requests_of(db: sqlite3.Connection, what: str) -> list[str]:
    row = db.execute("SELECT 1 FROM requests WHERE identifier = ?", (what,)).fetchone()
    if row is not None:
        return [what]
    # The index of the history may be behind, so the facts are asked.
    rows = db.execute(
        "SELECT DISTINCT identifier FROM facts WHERE instr(text, ?) > 0 AND identifier <> ?"
        " ORDER BY identifier",
        (f'"{what}"', SUBJECT),
    )
    return [row[0] for row in rows] if len(what) > 24 else []


@dataclass(frozen=True, slots=True)
class PlannedErasure:
    """What is to be replaced in a request: facts as they will be, and values by their marks."""

    name: str
    rows: tuple[_Row, ...]
    marks: Mapping[str, str]

    @property
    def seqs(self) -> list[int]:
        """The numbers of the facts that change."""
        return [row[0] for row in self.rows]


def plan(
    db: sqlite3.Connection,
    name: str,
    choices: ErasureChoices,
    shop: frozenset[str],
    *,
    ledger: bool,
) -> PlannedErasure | None:
    """What is to be erased from a request; None where it is open, or that would change its outcome.
    Accounts of the `shop` are no customer's."""
    rows: list[_Row] = db.execute(
        "SELECT seq, identifier, at, witness, kind, text, hash FROM facts WHERE identifier = ?"
        " AND kind <> 'erasure' ORDER BY seq",
        (name,),
    ).fetchall()
    mark = db.execute("SELECT finished FROM requests WHERE identifier = ?", (name,)).fetchone()
    before = _replayed(rows)
    if mark is None or not mark[0] or before is None:
        return None
    texts = [row[5] for row in rows]
    own = shop | ({before.spec.destination} if before.spec.destination else set())
    marks: dict[str, str] = {}
    if choices.payer:
        marks |= {account: MARK for account in erased_text.payers_in(texts, frozenset(own))}
    if choices.note:
        marks |= {note: MARK for note in erased_text.notes_in(texts)}
    if choices.txid:
        # Not the same for two requests: that would look like one payment for both.
        own_mark = f"{MARK}-{hashlib.sha256(name.encode()).hexdigest()[:16]}".upper()
        marks |= {txid: own_mark for txid in before.txids}
    after = [(*row[:5], erased_text.erase(row[5], marks, choices), row[6]) for row in rows]
    if not _is_same_outcome(before, _replayed(after), ledger=ledger):
        return None
    changed = tuple(new for old, new in zip(rows, after, strict=True) if old[5] != new[5])
    listed = _listed_rows(db, name, marks, choices)
    return PlannedErasure(name, changed + listed, marks)


def _listed_rows(
    db: sqlite3.Connection, name: str, marks: Mapping[str, str], choices: ErasureChoices
) -> tuple[_Row, ...]:
    """The facts that a payment of the request was listed without it, as they will be. Those that a
    shop has are linked there by their texts, and stay."""
    rows: list[_Row] = db.execute(
        "SELECT f.seq, identifier, f.at, witness, kind, f.text, hash FROM facts f"
        " JOIN unmatched u ON u.assigned_to = ? AND instr(f.text, u.txid) > 0"
        " WHERE identifier = ? AND kind = ?"
        " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = f.seq)",
        (name, SUBJECT, FactKind.LISTED.value),
    ).fetchall()
    after = [(*row[:5], erased_text.erase(row[5], marks, choices), row[6]) for row in rows]
    return tuple(new for old, new in zip(rows, after, strict=True) if old[5] != new[5])


def carry_out(
    db: sqlite3.Connection, planned: PlannedErasure, choices: ErasureChoices
) -> list[Anchor]:
    """Replace the texts; returns the anchors for a record of the chain."""
    for row in planned.rows:
        db.execute("UPDATE facts SET text = ? WHERE seq = ?", (row[5], row[0]))
    _erase_beside(db, planned.name, planned.marks, choices)
    return [Anchor(row[0], chain.anchor_digest(row[6], row[1:6])) for row in planned.rows]


def add_record(
    db: sqlite3.Connection,
    anchors: Sequence[Anchor],
    choices: ErasureChoices,
    *,
    requests: int,
    at: datetime,
    who: str = "",
) -> None:
    """Let the chain of the journal say what was replaced."""
    chain.add_record(
        db,
        kind=ERASED,
        who=who,
        at=at,
        anchors=anchors,
        details={
            "requests": requests,
            "payer": choices.payer,
            "note": choices.note,
            "txid": choices.txid,
        },
    )


def _is_same_outcome(before: Request, after: Request | None, *, ledger: bool) -> bool:
    if after is None:
        return False
    old, new = judge(before, ledger=ledger), judge(after, ledger=ledger)
    return (
        (old.status, old.final) == (new.status, new.final)
        and before.spec.amount == after.spec.amount
        and _delivered(before) == _delivered(after)
    )


def _delivered(request: Request) -> list[object]:
    """What each transaction of the request delivered."""
    found: list[object] = [request.ledger.delivered if request.ledger else None]
    return [*found, *(one.tx.delivered for one in request.payments)]


def _replayed(rows: Sequence[_Row]) -> Request | None:
    found: list[Fact] = []
    uuid = None
    for _, _, at, source, kind, text, _ in rows:
        fact = fact_parsing.fact_from_journal(queries.when(at), source, kind, text, uuid)
        if fact is not None:
            found.append(fact)
            uuid = getattr(fact.value, "uuid", None) if kind == "created" else uuid
    return replay(found)


def _erase_beside(
    db: sqlite3.Connection, name: str, marks: Mapping[str, str], choices: ErasureChoices
) -> None:
    """The tables that hold the same data beside the facts."""
    for txid, text in db.execute(
        "SELECT txid, text FROM unmatched WHERE assigned_to = ?", (name,)
    ).fetchall():
        db.execute(
            "UPDATE unmatched SET sender = ?, text = ? WHERE txid = ?",
            (MARK, erased_text.erase(text, marks, choices), txid),
        )
    db.execute("UPDATE refused SET text = ? WHERE identifier = ?", (f'{{"{MARK}":true}}', name))
    erased_names = [(one.upper(),) for one in marks]
    db.executemany("DELETE FROM payments_to_settle WHERE txid = ?", erased_names)


def _forget(db: sqlite3.Connection) -> None:
    """Leave nothing in the index of the search, in free pages and in the log."""
    indexing.catch_up(db)
    db.execute("INSERT INTO request_text (request_text) VALUES ('optimize')")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
