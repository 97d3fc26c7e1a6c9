"""Tell the shop what this till knows of its receiving accounts, and let its lists agree with all
that the tills have told: payments of no request, dismissals, ledgers read.

All functions run on the writer's connection, in a transaction of their caller. What a till alone
writes into its tables becomes facts when it has joined a shop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from xumm_desk.core.state import account_facts, facts
from xumm_desk.core.state.account_facts import (
    SUBJECT,
    Dismissal,
    LedgerSpan,
    Listed,
    PaysAnother,
)
from xumm_desk.core.state.evidence import Payment, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.wire import json_fields
from xumm_desk.store import ledger_tables, queries
from xumm_desk.store.group_commit import add_links, chain_end, hash_link

_Columns = tuple[str, str, str, str, str]

_AT_ONCE: Final = 500
_SETTLED_AT_ONCE: Final = 200
"""Payments: some 50 ms for which a sale's own facts wait."""
_STRIDE: Final = 256
"""Ledgers, some a quarter of an hour, after which the shop is told how far was read: whoever goes
on reads so many again, which is one question to a node."""
_DUE: Final = f"(told < 0 OR last >= told + {_STRIDE})"

_TRANSACTION: Final = (  # as the index `facts_transaction` has it
    "CASE WHEN json_valid(text) THEN upper(coalesce("
    "json_extract(text, '$.hash'), json_extract(text, '$.tx_json.hash'))) END"
)
_KINDS: Final = "kind IN ('payment', 'unmatched', 'dismissed')"


def has_work(db: sqlite3.Connection, *, tells: bool) -> bool:
    """Whether `settle` has something to do, or, if this is a till, which `tells`, `tell`."""
    questions = ["SELECT EXISTS (SELECT 1 FROM payments_to_settle)"]
    if tells:
        questions += [
            "EXISTS (SELECT 1 FROM untold_payments)",
            "EXISTS (SELECT 1 FROM untold_dismissals)",
            f"EXISTS (SELECT 1 FROM ledgers_read_here WHERE {_DUE})",  # noqa: S608 - ours
        ]
    return bool(db.execute(" OR ".join(questions)).fetchone()[0])


def tell(db: sqlite3.Connection) -> int:
    """Record as facts what this till's tables have that no fact tells yet; how many it were."""
    told = [*_payments(db), *_dismissals(db), *_ledgers(db)]
    if told:
        ensure_subject(db)
        add_facts(db, told)
    return len(told)


def settle(db: sqlite3.Connection, *, writes: bool) -> tuple[str, ...]:
    """Let the tables agree with the facts about payments of which some have come, a number of them
    at once. Returns what changed: requests that have lost a payment to another one, then `SUBJECT`
    if a list did. `writes` is False for a monitor, which records nothing."""
    changed: dict[str, None] = {}
    lists = False
    for (txid,) in db.execute(
        "SELECT txid FROM payments_to_settle LIMIT ?", (_SETTLED_AT_ONCE,)
    ).fetchall():
        said = _said_of(db, txid)
        best = account_facts.winner(said.claims)
        if best is not None and writes:
            changed |= dict.fromkeys(_tell_losers(db, txid, said, best))
        lists |= _list(db, txid, said, best)
        db.execute("DELETE FROM payments_to_settle WHERE txid = ?", (txid,))
    return (*changed, *([SUBJECT] if lists else []))


def take_in_spans(db: sqlite3.Connection, told: Iterable[tuple[str, str]]) -> None:
    """Other tills have read the ledger: kinds and texts of facts under `SUBJECT`."""
    for kind, text in told:
        value = json_fields.parse_object(text)
        if kind != FactKind.LEDGER_READ.value or isinstance(value, str):
            continue
        span = LedgerSpan.from_json(value)
        if isinstance(span, LedgerSpan):
            _add_span(db, span)


def read_up_to(db: sqlite3.Connection, account: str) -> int | None:
    """From which ledger the reading of the account's history goes on, whoever has read it."""
    rows = db.execute(
        "SELECT first, last FROM ledgers_read_by_all WHERE account = ?"
        " UNION ALL SELECT first, last FROM ledgers_read_here WHERE account = ?",
        (account, account),
    )
    return account_facts.read_up_to(LedgerSpan(account, *row) for row in rows)


def ensure_subject(db: sqlite3.Connection) -> None:
    """Let there be a row for these facts, which are not a request's: each fact needs one. An older
    program took it for an open request."""
    db.execute(
        "INSERT INTO requests (identifier, status, finished, created_at)"
        " VALUES (?, 'accounts', 1, '0001-01-01T00:00:00+00:00')"
        " ON CONFLICT (identifier) DO UPDATE SET status = 'accounts', finished = 1"
        " WHERE finished = 0",
        (SUBJECT,),
    )


def place_of(db: sqlite3.Connection, columns: _Columns) -> int | None:
    """The number of the same fact under `SUBJECT`, if it is here."""
    row = db.execute(
        f"SELECT seq FROM facts WHERE identifier = '{SUBJECT}' AND at = ?"  # noqa: S608 - ours
        " AND witness = ? AND kind = ? AND text = ?",
        columns[1:],
    ).fetchone()
    return None if row is None else int(row[0])


def add_facts(db: sqlite3.Connection, told: Sequence[_Columns]) -> None:
    """Record these facts of this till, which are named and shipped like all others."""
    before, last = chain_end(db)
    links: list[tuple[Any, ...]] = []
    for columns in told:
        before, last = hash_link(before, columns), last + 1
        links.append((last, *columns, before))
    add_links(db, links)
    db.execute("INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)", (last, before))


# What is told.


def _fresh(db: sqlite3.Connection, columns: _Columns) -> Iterator[_Columns]:
    """The fact, unless it is here: a salvaged journal has both its tables and its facts."""
    if place_of(db, columns) is None:
        yield columns


def _payments(db: sqlite3.Connection) -> Iterator[_Columns]:
    rows = db.execute(
        "SELECT t.txid, u.why, u.text, u.at FROM untold_payments t"
        " LEFT JOIN unmatched u USING (txid) ORDER BY t.txid LIMIT ?",
        (_AT_ONCE,),
    ).fetchall()
    for txid, why, text, at in rows:
        db.execute("DELETE FROM untold_payments WHERE txid = ?", (txid,))
        raw = json_fields.parse_object(text) if text is not None else ""
        if isinstance(raw, str):
            continue  # archived since, or damaged
        value = json_fields.compact_json(account_facts.listed_json(raw, why))
        yield from _fresh(db, (SUBJECT, at, Source.LEDGER.value, FactKind.LISTED.value, value))


def _dismissals(db: sqlite3.Connection) -> Iterator[_Columns]:
    rows = db.execute(
        "SELECT t.seq, s.txid, s.aside, s.at FROM untold_dismissals t"
        " LEFT JOIN set_aside s USING (seq) ORDER BY t.seq LIMIT ?",
        (_AT_ONCE,),
    ).fetchall()
    for seq, txid, aside, at in rows:
        db.execute("DELETE FROM untold_dismissals WHERE seq = ?", (seq,))
        if txid is None:
            continue
        value = json_fields.compact_json(Dismissal(txid, bool(aside)).to_json())
        kind = FactKind.DISMISSED.value
        yield from _fresh(db, (SUBJECT, at, Source.OPERATOR.value, kind, value))


def _ledgers(db: sqlite3.Connection) -> Iterator[_Columns]:
    # Payments that were found there must be told before.
    if db.execute("SELECT 1 FROM untold_payments LIMIT 1").fetchone() is not None:
        return
    rows = db.execute(
        "SELECT account, first, last FROM ledgers_read_here WHERE told < 0 OR last >= told + ?",
        (_STRIDE,),
    ).fetchall()
    for account, first, last in rows:
        db.execute("UPDATE ledgers_read_here SET told = last WHERE account = ?", (account,))
        span = LedgerSpan(account, first, last)
        _add_span(db, span)
        value = json_fields.compact_json(span.to_json())
        at = datetime.now(UTC).isoformat()
        yield SUBJECT, at, Source.LEDGER.value, FactKind.LEDGER_READ.value, value


def _add_span(db: sqlite3.Connection, span: LedgerSpan) -> None:
    rows = db.execute(
        "SELECT first, last FROM ledgers_read_by_all WHERE account = ?", (span.account,)
    ).fetchall()
    known = [LedgerSpan(span.account, first, last) for first, last in rows]
    whole = account_facts.joined([*known, span])
    if whole != known:
        db.execute("DELETE FROM ledgers_read_by_all WHERE account = ?", (span.account,))
        db.executemany(
            "INSERT INTO ledgers_read_by_all (account, first, last) VALUES (?, ?, ?)",
            ((one.account, one.first, one.last) for one in whole),
        )


# What was told.


@dataclass(slots=True)
class _Said:
    """All facts about one payment: the best claim of each request and when it was first made, the
    payment as it was listed first, and what persons said of it."""

    claims: dict[str, tuple[int, str]] = field(default_factory=dict)
    claimed_at: dict[str, str] = field(default_factory=dict)
    listed: list[tuple[str, str, Listed]] = field(default_factory=list)
    dismissals: list[tuple[datetime, Dismissal]] = field(default_factory=list)


def _said_of(db: sqlite3.Connection, txid: str) -> _Said:
    said = _Said()
    rows = db.execute(
        "SELECT identifier, at, witness, kind, text FROM facts"  # noqa: S608 - ours
        f" WHERE {_KINDS} AND {_TRANSACTION} = ?",
        (txid,),
    )
    for identifier, at, source, kind, text in rows:
        fact = facts.fact_from_journal(queries.when(at), source, kind, text, None)
        match fact.value if fact is not None else None:
            case Payment() as payment if payment.tx.txid == txid:
                claim = account_facts.claim_of(payment)
                said.claims[identifier] = min(said.claims.get(identifier, claim), claim)
                said.claimed_at[identifier] = min(said.claimed_at.get(identifier, at), at)
            case Listed() as payment if payment.tx.txid == txid:
                said.listed.append((at, text, payment))
            case Dismissal() as one if one.txid == txid:
                said.dismissals.append((queries.when(at), one))
    return said


def _tell_losers(
    db: sqlite3.Connection, txid: str, said: _Said, best: PaysAnother
) -> Iterator[str]:
    """Record in the other requests that claim the payment whose it is. The fact is the same on each
    till that finds out, so that all together keep one."""
    told = PaysAnother(txid, best.identifier, best.claim)
    text = json_fields.compact_json(told.to_json())
    kind = FactKind.PAYS_ANOTHER.value
    for loser in sorted(said.claims.keys() - {best.identifier}):
        known = db.execute(
            "SELECT 1 FROM facts WHERE identifier = ? AND kind = ? AND text = ? LIMIT 1",
            (loser, kind, text),
        ).fetchone()
        if known is None:
            add_facts(db, [(loser, said.claimed_at[loser], Source.DESK.value, kind, text)])
            yield loser


def _list(db: sqlite3.Connection, txid: str, said: _Said, best: PaysAnother | None) -> bool:
    """Let the lists agree with what was said; whether that changed them."""
    changed = False
    present = "SELECT why, text, at, assigned_to FROM unmatched WHERE txid = ?"
    before = db.execute(present, (txid,)).fetchone()
    archived = db.execute("SELECT 1 FROM archived_txids WHERE txid = ? LIMIT 1", (txid,)).fetchone()
    if said.listed and archived is None:
        at, _, first = min(said.listed, key=lambda one: one[:2])
        payment = UnmatchedPayment(first.raw, first.tx, first.reason, queries.when(at))
        ledger_tables.add_unmatched(db, payment)
        told = (first.reason, json_fields.compact_json(first.raw), payment.at.isoformat())
        db.execute(
            "UPDATE unmatched SET why = ?, text = ?, at = ?"
            " WHERE txid = ? AND (why, text, at) <> (?, ?, ?)",
            (*told, txid, *told),
        )
        db.execute("DELETE FROM untold_payments WHERE txid = ?", (txid,))
    if best is not None:
        db.execute(
            "UPDATE unmatched SET assigned_to = ? WHERE txid = ?"
            " AND assigned_to IS NOT ? AND EXISTS (SELECT 1 FROM requests WHERE identifier = ?)",
            (best.identifier, txid, best.identifier, best.identifier),
        )
    after = db.execute(present, (txid,)).fetchone()
    last = account_facts.is_dismissed(said.dismissals)
    if after is not None and last is not None:
        changed = _dismiss(db, txid, last)
    return changed or after != before


def _dismiss(db: sqlite3.Connection, txid: str, last: tuple[datetime, bool]) -> bool:
    at, dismissed = last
    row = db.execute(
        "SELECT at, aside FROM set_aside WHERE txid = ? ORDER BY seq DESC LIMIT 1", (txid,)
    ).fetchone()
    if row is not None and (queries.when(row[0]), bool(row[1])) == last:
        return False
    ledger_tables.set_dismissed(db, txid, dismissed, at)
    db.execute("DELETE FROM untold_dismissals WHERE seq = last_insert_rowid()")
    return True


def next_moment(db: sqlite3.Connection, txid: str, at: datetime) -> datetime:
    """`at`; at a till of a shop just after what was said of the payment before: what a person says
    now holds, whatever the clock of another till was."""
    if db.execute("SELECT 1 FROM tills WHERE own = 1").fetchone() is None:
        return at
    (last,) = db.execute("SELECT max(at) FROM set_aside WHERE txid = ?", (txid,)).fetchone()
    return at if last is None else max(at, queries.when(last) + timedelta(microseconds=1))
