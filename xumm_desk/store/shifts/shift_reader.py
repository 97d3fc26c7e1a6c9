"""Read the open shift out of a journal while the window goes on writing.

It has a connection of its own, in whatever thread calls it. Facts never change, so what belongs to
a shift is known for good once its last fact is; what was read is kept until the next question.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.money import address, amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.shift import document
from xumm_desk.core.shift.money import (
    ZERO,
    NumberedFact,
    asset_of,
    owner,
    quantity,
    transaction_of,
)
from xumm_desk.core.shift.report import OpenShift, Progress, ShiftSpan, make_report
from xumm_desk.core.shift.share import Decided, RequestShare, ShiftRules, Unresolved, share_of
from xumm_desk.core.state import facts
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.core.wire import api_answers, json_fields
from xumm_desk.store import database, ledger_tables, queries
from xumm_desk.store.journal_reader import open_for_reading

from . import shift_table

_FACTS: Final = "SELECT seq, at, witness, kind, text FROM facts WHERE identifier = ? AND seq <= ?"
_MONEY: Final = "kind IN ('ledger-tx', 'payment')"
_ORDER: Final = " ORDER BY seq"


class ShiftReader:
    """Keeps what each request adds to the open shift, so that only what is new is read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._forget(0, 0)

    def read(self, rules: ShiftRules, progress: Progress | None = None) -> OpenShift:
        """The open shift up to the last fact on disk. Raises `JournalError`."""
        with self._lock:
            try:
                with closing(open_for_reading(self._path)) as db:
                    return self._read(db, rules, progress)
            except sqlite3.Error as error:
                self._forget(0, 0)
                raise JournalError(database.error_message(error, self._path)) from None

    def _forget(self, number: int, after: int) -> None:
        self._number, self._after = number, after
        self._read_to = after
        self._rules: ShiftRules | None = None
        self._shares: dict[str, RequestShare] = {}
        # Facts of this shift about a transaction, in their order: by whom, and which.
        self._reports: dict[str, list[tuple[int, str]]] = {}

    def _read(
        self, db: sqlite3.Connection, rules: ShiftRules, progress: Progress | None
    ) -> OpenShift:
        before = shift_table.last(db)
        number, after = (before.number, before.to) if before is not None else (0, 0)
        is_new = (number, after) != (self._number, self._after) or rules != self._rules
        if is_new:
            self._forget(number, after)
            self._rules = rules
        written = document.parse_document(before.text) if before is not None else {}
        carried = document.carried_items(written)
        to = max(after, _newest(db))
        names = _names(db, self._read_to, to)
        names |= dict.fromkeys(_winners(db, self._read_to, to))
        if is_new:
            names |= dict.fromkeys(_unfinished(db)) | dict.fromkeys(carried)
        self._note_reports(db, self._read_to, to)
        for place, identifier in enumerate(names):
            self._read_request(db, identifier, to, rules)
            if progress is not None:
                progress(place + 1, len(names))
        self._read_to = to
        unmatched = ledger_tables.unmatched(db)
        dismissed = ledger_tables.dismissed(db)
        since = before.dismissals_to if before is not None else 0
        decided, dismissals_to = _dismissals(db, since)
        open_payments = [p for p in unmatched if p.txid not in dismissed]
        report = make_report(
            ShiftSpan(
                number=number + 1,
                after=after,
                to=to,
                opened_at=before.closed_at if before is not None else _first_time(db),
                journal_hash=shift_table.journal_hash(db, to),
                previous=before.hash if before is not None else "",
            ),
            self._shares.values(),
            network=rules.network,
            payments=[_payment_item(one, rules) for one in open_payments],
            carried=carried,
            settled_texts=self._settled(db, carried, dismissed),
            decided=decided,
        )
        claims = tuple(
            (txid, share.identifier)
            for share in self._shares.values()
            for txid in share.claims
            if shift_table.owner_of(db, txid) is None  # else it only was reported again
        )
        return OpenShift(report, claims, dismissals_to)

    def _read_request(
        self, db: sqlite3.Connection, identifier: str, to: int, rules: ShiftRules
    ) -> None:
        share = share_of(
            _facts_of(db, identifier, to),
            self._after,
            rules,
            lambda txid: self._owner(db, txid),
            lambda name: _begun_at(db, name),
        )
        if share is not None:
            self._shares[identifier] = share

    # For which request a transaction counts.

    def _note_reports(self, db: sqlite3.Connection, since: int, to: int) -> None:
        """Which facts report which transaction: without parsing the requests they belong to."""
        rows = db.execute(
            "SELECT seq, identifier, at, witness, kind, text FROM facts"  # noqa: S608 - ours
            f" WHERE seq > ? AND seq <= ? AND {_MONEY}{_ORDER}",
            (since, to),
        )
        for seq, identifier, at, witness, kind, text in rows:
            fact = facts.fact_from_journal(queries.when(at), witness, kind, text, None)
            tx = transaction_of(fact) if fact is not None else None
            if tx is not None and tx.txid:
                self._reports.setdefault(tx.txid, []).append((seq, identifier))

    def _owner(self, db: sqlite3.Connection, txid: str) -> str | None:
        closed = shift_table.owner_of(db, txid)
        if closed is not None:
            return closed
        reports = self._reports.get(txid, [])
        if len({identifier for _, identifier in reports}) < 2:
            return reports[0][1] if reports else None
        candidates: list[tuple[str, RequestSpec, NumberedFact]] = []
        for seq, identifier in reports:
            if _has_lost(db, identifier, txid):
                continue
            recorded = _facts_of(db, identifier, seq)
            spec = next((f.value for _, f in recorded if isinstance(f.value, RequestSpec)), None)
            if spec is not None and recorded[-1][0] == seq:
                candidates.append((identifier, spec, recorded[-1]))
        return owner(candidates)

    def _settled(
        self,
        db: sqlite3.Connection,
        carried: Iterable[str],
        dismissed: dict[str, datetime],
    ) -> dict[str, str]:
        """What became of what the shift before carried over."""
        found: dict[str, str] = {}
        for key in carried:
            share = self._shares.get(key)
            if share is not None:
                found[key] = share.text
            elif key in dismissed:
                found[key] = Message("dismissed")
            elif (row := _assigned(db, key)) is not None:
                found[key] = Message("assigned to {request}", request=row)
        return found


def _facts_of(db: sqlite3.Connection, identifier: str, to: int) -> list[NumberedFact]:
    found: list[NumberedFact] = []
    uuid: str | None = None
    for seq, at, witness, kind, text in db.execute(_FACTS + _ORDER, (identifier, to)):
        fact = facts.fact_from_journal(queries.when(at), witness, kind, text, uuid)
        if fact is None:
            continue
        if isinstance(fact.value, api_answers.CreateAnswer):
            uuid = fact.value.uuid
        found.append((seq, fact))
    return found


def _names(db: sqlite3.Connection, since: int, to: int) -> dict[str, None]:
    """The requests with facts in this range, in their order."""
    rows = db.execute(
        "SELECT identifier FROM facts WHERE seq > ? AND seq <= ? GROUP BY identifier"
        " ORDER BY min(seq)",
        (since, to),
    )
    return dict.fromkeys(row[0] for row in rows)


def _winners(db: sqlite3.Connection, since: int, to: int) -> list[str]:
    """The requests that another one has lost a payment to, as facts in this range say."""
    rows = db.execute(
        "SELECT DISTINCT json_extract(text, '$.identifier') FROM facts"
        " WHERE seq > ? AND seq <= ? AND kind = ? AND json_valid(text)",
        (since, to, FactKind.PAYS_ANOTHER.value),
    )
    return [row[0] for row in rows if isinstance(row[0], str)]


def _has_lost(db: sqlite3.Connection, identifier: str, txid: str) -> bool:
    """Whether another request has the better claim to this payment."""
    known = db.execute(
        "SELECT 1 FROM facts WHERE identifier = ? AND kind = ? LIMIT 1",
        (identifier, FactKind.PAYS_ANOTHER.value),
    ).fetchone()
    if known is None:
        return False
    found = queries.load_requests(db, "WHERE identifier = ?", (identifier,))
    made = replay(list(found[0][1])) if found else None
    return made is not None and any(one.tx.txid == txid for one in made.lost_payments)


def _unfinished(db: sqlite3.Connection) -> Sequence[str]:
    rows = db.execute("SELECT identifier FROM requests WHERE finished = 0 ORDER BY created_at")
    return [row[0] for row in rows]


def _newest(db: sqlite3.Connection) -> int:
    (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
    return int(seq)


def _first_time(db: sqlite3.Connection) -> datetime | None:
    row = db.execute("SELECT at FROM facts ORDER BY seq LIMIT 1").fetchone()
    return queries.when(row[0]) if row is not None else None


def _begun_at(db: sqlite3.Connection, identifier: str) -> int | None:
    (seq,) = db.execute("SELECT min(seq) FROM facts WHERE identifier = ?", (identifier,)).fetchone()
    return int(seq) if seq is not None else None


def _assigned(db: sqlite3.Connection, txid: str) -> str | None:
    row = db.execute("SELECT assigned_to FROM unmatched WHERE txid = ?", (txid,)).fetchone()
    return str(row[0]) if row is not None and row[0] is not None else None


def _dismissals(db: sqlite3.Connection, since: int) -> tuple[list[Decided], int]:
    """The payments that persons dismissed, or brought back, after entry `since`."""
    found, last = [], since
    rows = db.execute(
        "SELECT s.seq, s.txid, s.aside, s.at, u.text FROM set_aside s"
        " LEFT JOIN unmatched u ON u.txid = s.txid WHERE s.seq > ? ORDER BY s.seq",
        (since,),
    ).fetchall()
    for seq, txid, aside, at, text in rows:
        last = seq
        what = Message("dismissed") if aside else Message("brought back")
        found.append(Decided(txid, _payment_label(text or ""), what, queries.when(at)))
    return found, last


def _payment_item(payment: UnmatchedPayment, rules: ShiftRules) -> Unresolved:
    money = payment.tx.delivered
    sender = json_fields.string_at(payment.tx.tx, "Account") or ""
    return Unresolved(
        key=payment.txid,
        label=Message("Payment from {account}", account=address.shorten(sender)),
        what=Message("Without a request"),
        why=payment.reason,
        since=payment.at,
        status="unmatched",
        asset=asset_of(rules.network, money) if money is not None else None,
        count=quantity(money) if money is not None else ZERO,
        is_payment=True,
    )


def _payment_label(text: str) -> str:
    raw = json_fields.parse_object(text)
    money = LedgerTx.from_json(raw).delivered if not isinstance(raw, str) else None
    return Message("Payment of {amount}", amount=amount.format_amount(money))
