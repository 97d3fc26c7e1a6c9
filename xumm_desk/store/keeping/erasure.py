"""Erase a customer's data on request: from facts, the tables beside them, the index and the log.

The facts stay in their place and keep their hashes; `chain` says how the chain stays whole. Nothing
is erased from a request that is open, or of which the outcome or an amount would change. For
`erase` the journal must be closed in this process. In a shop of several tills an order goes to the
others, which erase the same (`store/replication/shop_erasure.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices, ErasureReport
from xumm_desk.core.state import facts as fact_parsing
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.store import database, queries
from xumm_desk.store.history import indexing
from xumm_desk.store.replication import erasure_orders

from . import chain, copies, erased_text, listed_payments, swap
from .chain import Anchor
from .listed_payments import ErasedRequest, Row

ERASED: Final = "erasure"

Progress = Callable[[int, int], None]


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
            done, count, refused, told, listed = [], 0, [], 0, False
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
                    if changed := carry_out(db, planned):
                        anchors += changed
                        done.append(name)
                    told += erasure_orders.add_order(
                        db, name, choices, shop, at=now, payments=planned.payments
                    )
                    listed |= planned.has_listed
                if listed and erasure_orders.vouch_for_listed(db, at=now):
                    told = max(told, 1)
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
    rows: tuple[Row, ...]
    marks: Mapping[str, str]
    txids: tuple[str, ...] = ()
    """Its payments, some of which may have been listed without it."""
    erased: ErasedRequest = field(kw_only=True)

    @property
    def seqs(self) -> list[int]:
        """The numbers of the facts that change."""
        return [row[0] for row in self.rows]

    @property
    def payments(self) -> frozenset[bytes]:
        """What an order says of its payments."""
        return listed_payments.digests(self.txids)

    @property
    def has_listed(self) -> bool:
        """Whether some of the facts are under `SUBJECT`."""
        return any(row[1] == SUBJECT for row in self.rows)


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
    rows: list[Row] = db.execute(
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
    erased = ErasedRequest(name, choices, own)
    marks: dict[str, str] = {}
    if choices.payer:
        marks |= {account: MARK for account in erased_text.payers_in(texts, frozenset(own))}
    if choices.note:
        marks |= {note: MARK for note in erased_text.notes_in(texts)}
    if choices.txid:
        marks |= {txid: erased.mark for txid in before.txids}
    after = [(*row[:5], erased_text.erase(row[5], marks, choices), row[6]) for row in rows]
    if not _is_same_outcome(before, _replayed(after), ledger=ledger):
        return None
    changed = tuple(new for old, new in zip(rows, after, strict=True) if old[5] != new[5])
    found = dict.fromkeys(
        (*(txid.upper() for txid in before.txids), *listed_payments.assigned(db, name))
    )
    listed = [row for txid in found for row in listed_payments.changed_facts(db, txid, erased)]
    return PlannedErasure(name, (*changed, *listed), marks, tuple(found), erased=erased)


def carry_out(db: sqlite3.Connection, planned: PlannedErasure) -> list[Anchor]:
    """Replace what is planned, there and beside the facts; returns the anchors for a record of the
    chain."""
    anchors = replace_texts(db, planned.rows)
    _erase_beside(db, planned)
    return anchors


def replace_texts(db: sqlite3.Connection, rows: Sequence[Row]) -> list[Anchor]:
    """Give these facts the texts of their rows; returns the anchors for a record of the chain."""
    for row in rows:
        db.execute("UPDATE facts SET text = ? WHERE seq = ?", (row[5], row[0]))
    return [Anchor(row[0], chain.anchor_digest(row[6], row[1:6])) for row in rows]


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


def _replayed(rows: Sequence[Row]) -> Request | None:
    found: list[Fact] = []
    uuid = None
    for _, _, at, source, kind, text, _ in rows:
        fact = fact_parsing.fact_from_journal(queries.when(at), source, kind, text, uuid)
        if fact is not None:
            found.append(fact)
            uuid = getattr(fact.value, "uuid", None) if kind == "created" else uuid
    return replay(found)


def _erase_beside(db: sqlite3.Connection, planned: PlannedErasure) -> None:
    """The tables that hold the same data beside the facts."""
    for txid in planned.txids:
        listed_payments.erase_row(db, txid, planned.erased)
    db.execute(
        "UPDATE refused SET text = ? WHERE identifier = ?", (f'{{"{MARK}":true}}', planned.name)
    )
    erased_names = [(one.upper(),) for one in planned.marks]
    db.executemany("DELETE FROM payments_to_settle WHERE txid = ?", erased_names)


def _forget(db: sqlite3.Connection) -> None:
    """Leave nothing in the index of the search, in free pages and in the log."""
    indexing.catch_up(db)
    db.execute("INSERT INTO request_text (request_text) VALUES ('optimize')")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
