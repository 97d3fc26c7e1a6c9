"""Keep the index of the history up to date: in small steps, on the writer's connection.

What was written since, and what an older program left, is noted in the file itself, so a step can
be killed at any moment, and another process may take the next one.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from xumm_desk.core.decision.needs import refund_outcome
from xumm_desk.core.history.history_lines import IndexProgress
from xumm_desk.core.history.summary import RequestSummary, summarise, verdict_of
from xumm_desk.core.refund.refund import RefundState, refund_balances
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.status import Status
from xumm_desk.store import ledger_tables, queries

from . import index_table

log = logging.getLogger(__name__)

_STEP: Final = 64
"""Requests in one step: some 50 ms of work, in one transaction."""
_AT_ONCE: Final = 500


def note_changed(db: sqlite3.Connection, identifiers: Sequence[str]) -> None:
    """These requests need another line; runs in the transaction that changed them."""
    for first in range(0, len(identifiers), _AT_ONCE):
        # One statement: at each the interpreter's lock is released and taken again.
        some = identifiers[first : first + _AT_ONCE]
        rows = ", ".join(["(?)"] * len(some))
        db.execute(f"INSERT OR IGNORE INTO index_todo (identifier) VALUES {rows}", list(some))  # noqa: S608


def progress(db: sqlite3.Connection) -> IndexProgress:
    """How far the index is."""
    (waiting,) = db.execute("SELECT count(*) FROM index_todo").fetchone()
    upto, whole = db.execute("SELECT upto, whole FROM index_backlog").fetchone() or (0, 0)
    return IndexProgress(int(waiting), int(upto), int(whole))


def step(db: sqlite3.Connection, stop: Callable[[], bool]) -> bool:
    """Make some lines, the newest first; ends early once `stop` says so. Returns whether there is
    more to do. Raises `sqlite3.Error`, and then nothing was written."""
    if not _has_work(db):
        return False
    db.execute("BEGIN IMMEDIATE")
    try:
        if not _changed_requests(db, stop):
            _backlog(db, stop)
        more = _has_work(db)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return more


def catch_up(db: sqlite3.Connection) -> None:
    """Make the lines of all requests that were written up to now by this version of the program."""
    while catch_up_step(db):
        pass


def catch_up_step(db: sqlite3.Connection) -> bool:
    """Make some of those lines; whether there are more."""
    if _exists(db, _TODO):
        step(db, lambda: False)
    return _exists(db, _TODO)


_TODO: Final = "SELECT 1 FROM index_todo LIMIT 1"
_BEHIND: Final = "SELECT 1 FROM index_backlog WHERE upto > 0"


def _has_work(db: sqlite3.Connection) -> bool:
    return _exists(db, _TODO) or _exists(db, _BEHIND)


def _exists(db: sqlite3.Connection, statement: str) -> bool:
    return db.execute(statement).fetchone() is not None


def _changed_requests(db: sqlite3.Connection, stop: Callable[[], bool]) -> bool:
    """Whether there were any."""
    names = _texts(db, "SELECT identifier FROM index_todo LIMIT ?", (_STEP,))
    done = []
    for name in names:
        _write_line(db, name)
        done.append((name,))
        if stop():
            break
    db.executemany("DELETE FROM index_todo WHERE identifier = ?", done)
    return bool(names)


def _backlog(db: sqlite3.Connection, stop: Callable[[], bool]) -> None:
    row = db.execute("SELECT upto FROM index_backlog").fetchone()
    if row is None or not row[0]:
        return
    found = db.execute(
        "SELECT rowid, identifier FROM requests WHERE rowid <= ? ORDER BY rowid DESC LIMIT ?",
        (row[0], _STEP),
    ).fetchall()
    upto = 0
    for place, name in found:
        _write_line(db, name)
        upto = place - 1
        if stop():
            break
    db.execute("UPDATE index_backlog SET upto = ?", (upto,))


def _write_line(db: sqlite3.Connection, identifier: str, *, with_sale: bool = True) -> None:
    """One request that cannot be described must not keep all others out of the history. Raises
    `sqlite3.Error` where it is the file that cannot be written."""
    try:
        _describe(db, identifier, with_sale=with_sale)
    except (sqlite3.OperationalError, sqlite3.InternalError):
        raise
    except Exception as error:
        if type(error) is sqlite3.DatabaseError:  # the file is damaged
            raise
        log.exception("request %s is left out of the history", identifier)
        # A line of an earlier state would say what is not true any more.
        index_table.remove(db, [identifier])


def _describe(db: sqlite3.Connection, identifier: str, *, with_sale: bool = True) -> None:
    row = summary_of(db, identifier)
    if row is None:
        index_table.remove(db, [identifier])
        return
    index_table.write(db, row)
    if row.refund_of and with_sale:
        # What is left of a sale depends on its refunds.
        _write_line(db, row.refund_of, with_sale=False)


def summary_of(db: sqlite3.Connection, identifier: str) -> RequestSummary | None:
    """The summary of a request, out of its facts; None where the journal holds none."""
    known = _request(db, identifier)
    if known is None:
        return None
    request, facts, status, finished = known
    first = db.execute("SELECT min(seq) FROM facts WHERE identifier = ?", (identifier,)).fetchone()
    found = (_request(db, name) for name in ledger_tables.refunds_of(db, [identifier]))
    refunds = [_refund_state(one[0], one[2]) for one in found if one is not None]
    line = summarise(
        int(first[0]),
        request,
        status,
        finished=finished,
        facts=facts,
        refunds=refund_balances(request, refunds) if refunds else (),
    )
    # Whatever its first fact says, the journal knows it by this name.
    return line if line.identifier == identifier else replace(line, identifier=identifier)


def _refund_state(refund: Request, status: Status) -> RefundState:
    return RefundState(refund, status, refund_outcome(refund, verdict_of(refund, status)))


def _request(
    db: sqlite3.Connection, identifier: str
) -> tuple[Request, Sequence[Fact], Status, bool] | None:
    mark = db.execute(
        "SELECT status, finished FROM requests WHERE identifier = ?", (identifier,)
    ).fetchone()
    for _, facts in queries.load_requests(db, "WHERE identifier = ?", (identifier,)):
        request = replay(list(facts))
        if request is None or mark is None:
            return None
        try:
            status = Status(mark[0])
        except ValueError:
            status = Status.CHECK  # of a newer program: a person looks
        return request, facts, status, bool(mark[1])
    return None


def _texts(db: sqlite3.Connection, statement: str, values: Sequence[object]) -> list[str]:
    return [row[0] for row in db.execute(statement, values)]
