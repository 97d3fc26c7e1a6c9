"""Archive old requests: write them to a file, then delete them, and say so in the chain.

Only what is finished goes, together with its refunds, and only when nothing of it can matter any
more. The transactions of archived requests stay known: a payment must never count for two sales.
The journal must be closed in this process. `chain` says how the chain stays whole.
"""

from __future__ import annotations

import calendar
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.letting_go import ArchiveReport
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.store import database, ledger_tables, queries
from xumm_desk.store.group_commit import CHAIN_START
from xumm_desk.store.history import index_table, indexing

from . import archive_file, chain, swap
from .archive_file import ArchiveWriter
from .chain import Gap

ARCHIVED: Final = "archive"
_AT_ONCE: Final = 500
"""Requests that are deleted in one transaction."""

_NO_LIMIT: Final = 2**63 - 1

_MOST_WASTE: Final = 0.25
"""Share of free pages from which the file is made smaller."""

Progress = Callable[[int, int], None]


def months_before(now: datetime, months: int) -> datetime:
    """The first moment of the day so many months ago."""
    place = now.year * 12 + now.month - 1 - months
    day = min(now.day, calendar.monthrange(place // 12, place % 12 + 1)[1])
    return datetime(place // 12, place % 12 + 1, day, tzinfo=now.tzinfo)


def file_name(now: datetime) -> str:
    """What an archive is called that is made now."""
    return f"archive-{now:%Y%m%d-%H%M%S}.jsonl"


@dataclass(frozen=True, slots=True)
class _Order:
    before: datetime
    target: Path
    now: datetime
    who: str


def plan(path: Path, before: datetime, now: datetime) -> ArchiveReport:
    """What would be archived of the requests created before `before`. Raises `JournalError`."""
    try:
        with closing(database.connect(path)) as db:
            groups, kept_back = _groups(db, before, now)
            names = [name for group in groups for name in group]
            return replace(_count(db, names), kept_back=kept_back)
    except sqlite3.Error as error:
        raise database.journal_error(error, path) from None


def archive(
    path: Path,
    before: datetime,
    target: Path,
    *,
    now: datetime,
    who: str = "",
    on_progress: Progress = lambda _done, _all: None,
) -> ArchiveReport:
    """Write the finished requests created before `before` to `target`, check that file, and delete
    them from the journal. Killed at any moment, each request is in the journal or in the file. What
    `on_progress` raises ends it between two steps. Raises `JournalError`."""
    swap.refuse_if_used(path)
    if target.exists():
        raise JournalError(Message("There is a file {path} already.", path=target))
    try:
        with closing(database.connect(path)) as db:
            db.execute("PRAGMA secure_delete = ON")
            if wrong := chain.broken(db):
                raise JournalError(
                    Message(
                        "Nothing was archived, since the journal is not whole. {wrong}", wrong=wrong
                    )
                )
            groups, kept_back = _groups(db, before, now)
            report = replace(
                _count(db, [n for group in groups for n in group]), kept_back=kept_back
            )
            if not groups:
                return report
            order = _Order(before, target, now, who)
            sha256 = _export(db, groups, order, report, on_progress)
            if problem := archive_file.problem_of(target):
                raise JournalError(problem)
            done = 0
            for some in _parts(groups):
                on_progress(50 + 50 * done // len(groups), 100)
                _delete(db, some, order, sha256)
                done += len(some)
            _shrink(db)
            return replace(report, file=target, sha256=sha256)
    except sqlite3.Error as error:
        raise database.journal_error(error, path) from None
    except OSError as error:
        raise JournalError(
            Message("{path} cannot be written ({reason}).", path=target, reason=error.strerror)
        ) from None


# What goes.


def _groups(db: sqlite3.Connection, before: datetime, now: datetime) -> tuple[list[list[str]], int]:
    """Sales with their refunds that may go, in the order of the journal; and how many old requests
    stay."""
    stamp, moment = before.isoformat(), int(now.timestamp())
    old = [
        row[0]
        for row in db.execute(
            "SELECT identifier FROM requests WHERE created_at < ? AND identifier <> ?"
            " ORDER BY rowid",
            (stamp, SUBJECT),
        )
    ]
    # Where shifts are closed, the open one still needs its facts; without one, none does.
    (closed,) = db.execute("SELECT max(to_seq) FROM shifts").fetchone()
    free = {
        row[0]
        for row in db.execute(
            "SELECT identifier FROM requests WHERE created_at < ? AND finished = 1"
            " AND coalesce(tag_rests_until, 0) <= ? AND NOT EXISTS (SELECT 1 FROM facts"
            " WHERE facts.identifier = requests.identifier AND (facts.at >= ? OR facts.seq > ?))",
            (stamp, moment, stamp, _NO_LIMIT if closed is None else closed),
        )
    }
    refunded = _refunded(db)
    refunds: dict[str, list[str]] = {}
    for refund, sale in refunded.items():
        refunds.setdefault(sale, []).append(refund)
    groups = []
    for name in old:
        if name in refunded and _is_request(db, refunded[name]):
            continue  # goes with its sale
        group = [name, *refunds.get(name, [])]
        if all(one in free for one in group):
            groups.append(group)
    return groups, len(old) - sum(name in free for group in groups for name in group)


def _refunded(db: sqlite3.Connection) -> dict[str, str]:
    """The sale of each refund."""
    rows = db.execute(
        "SELECT identifier, json_extract(text, '$.body.custom_meta.blob.sale.refund_of') FROM facts"
        " WHERE kind = 'intent' AND CASE WHEN json_valid(text) THEN"
        " json_extract(text, '$.body.custom_meta.blob.sale.refund_of') END IS NOT NULL"
    )
    return {refund: sale for refund, sale in rows if isinstance(sale, str)}


def _is_request(db: sqlite3.Connection, name: str) -> bool:
    row = db.execute("SELECT 1 FROM requests WHERE identifier = ?", (name,)).fetchone()
    return row is not None


def _count(db: sqlite3.Connection, names: Sequence[str]) -> ArchiveReport:
    facts, sums = 0, dict[str, Decimal]()
    for name in names:
        (count,) = db.execute("SELECT count(*) FROM facts WHERE identifier = ?", (name,)).fetchone()
        facts += count
        summary = indexing.summary_of(db, name)
        for money in summary.delivered if summary is not None else ():
            asset = amount.full_asset_label(money)
            sums[asset] = sums.get(asset, Decimal(0)) + amount.as_decimal(money)
    return ArchiveReport(len(names), facts, sums)


# Writing it out.


def _export(
    db: sqlite3.Connection,
    groups: Sequence[Sequence[str]],
    order: _Order,
    report: ArchiveReport,
    on_progress: Progress,
) -> str:
    """Write the file; returns its SHA-256."""
    about = {"before": order.before.isoformat(), "at": order.now.isoformat(), "by": order.who}
    with archive_file.writing(order.target, **about) as out:
        for done, group in enumerate(groups):
            on_progress(50 * done // len(groups), 100)
            for name in group:
                _write_rows(db, out, _REQUEST_ROW, name)
                _write_rows(db, out, _PAYMENT_ROW, name)
        for seq, columns, kept, link, anchored in _facts_of(db, groups):
            out.fact(seq, columns, kept, link, anchored=anchored)
        sums = {asset: f"{value:f}" for asset, value in sorted(report.sums.items())}
        out.end(facts=out.facts, requests=report.requests, delivered=sums)
    return out.sha256


_REQUEST_ROW: Final = ("request", "requests", "identifier")
_PAYMENT_ROW: Final = ("unmatched", "unmatched", "assigned_to")


def _write_rows(
    db: sqlite3.Connection, out: ArchiveWriter, which: tuple[str, str, str], name: str
) -> None:
    word, table, column = which
    found = db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 - our names
    titles = [title[0] for title in found.description]
    for row in found:
        out.write({word: dict(zip(titles, row, strict=True))})


def _facts_of(
    db: sqlite3.Connection, groups: Sequence[Sequence[str]]
) -> Iterator[tuple[int, tuple[str, ...], bytes, bytes | None, bool]]:
    """The facts of these requests in order, each with the hash of the fact before it, and whether
    it is one that does not fit its hash."""
    names = {name for group in groups for name in group}
    allowed = chain.exceptions(db)
    ends = {gap.last: gap.hash for gap in allowed.gaps.values()}
    before: bytes | None = CHAIN_START
    last = 0
    for seq, identifier, at, source, kind, text, kept in db.execute(chain.ROWS):
        if seq != last + 1:
            before = ends.get(seq - 1)
        if identifier in names:
            columns = (identifier, at, source, kind, text)
            yield seq, columns, kept, before, seq in allowed.anchors
        before, last = kept, seq


# Deleting.


def _parts(groups: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    for first in range(0, len(groups), _AT_ONCE):
        yield list(groups[first : first + _AT_ONCE])


def _delete(
    db: sqlite3.Connection, groups: Sequence[Sequence[str]], order: _Order, sha256: str
) -> None:
    names = [name for group in groups for name in group]
    db.execute("BEGIN IMMEDIATE")
    try:
        txids: dict[tuple[str, str], None] = {}
        rows: list[tuple[int, bytes]] = []
        for name in names:
            for _, facts in queries.load_requests(db, "WHERE identifier = ?", (name,)):
                request = replay(list(facts))
                for txid in request.txids if request is not None else ():
                    txids[txid.upper(), name] = None
            rows += db.execute(
                "SELECT seq, hash FROM facts WHERE identifier = ?", (name,)
            ).fetchall()
            for (txid,) in db.execute(
                "SELECT txid FROM unmatched WHERE assigned_to = ?", (name,)
            ).fetchall():
                txids[txid, name] = None
                db.execute("DELETE FROM set_aside WHERE txid = ?", (txid,))
        each = [(name,) for name in names]
        db.executemany("DELETE FROM unmatched WHERE assigned_to = ?", each)
        db.executemany("DELETE FROM facts WHERE identifier = ?", each)
        db.executemany("DELETE FROM requests WHERE identifier = ?", each)
        db.executemany("DELETE FROM index_todo WHERE identifier = ?", each)
        index_table.remove(db, names)
        record = chain.add_record(
            db,
            kind=ARCHIVED,
            who=order.who,
            at=order.now,
            gaps=_runs(sorted(rows)),
            details={
                "file": order.target.name,
                "sha256": sha256,
                "requests": len(names),
                "facts": len(rows),
            },
        )
        db.executemany(
            "INSERT OR IGNORE INTO archived_txids (txid, identifier, record) VALUES (?, ?, ?)",
            [(ledger_tables.encodable(txid), name, record) for txid, name in txids],
        )
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _runs(rows: Sequence[tuple[int, bytes]]) -> list[Gap]:
    """Numbers without a hole between them as one gap."""
    found: list[Gap] = []
    for seq, kept in rows:
        if found and found[-1].last + 1 == seq:
            found[-1] = Gap(found[-1].first, seq, kept)
        else:
            found.append(Gap(seq, seq, kept))
    return found


def _shrink(db: sqlite3.Connection) -> None:
    """Give free room back to the disk, and leave nothing of what was deleted in the log."""
    (free,), (pages,) = (
        db.execute("PRAGMA freelist_count").fetchone(),
        db.execute("PRAGMA page_count").fetchone(),
    )
    behind = db.execute("SELECT 1 FROM index_backlog WHERE upto > 0").fetchone()
    if free > pages * _MOST_WASTE and behind is None:  # which counts rows that this renumbers
        db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
