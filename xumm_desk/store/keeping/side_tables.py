"""Fill the tables beside the facts of a journal that is made out of several files.

What follows from facts is reckoned from them again: no hash tells whether an old row is right.
Sale numbers and destination tags must never be handed out twice, so the greatest that is found
anywhere counts.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.shift import document
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import json_fields
from xumm_desk.store import destination_tags, queries

from .scan import IndexEntry, Row, Shapes

_FROM_FACTS: Final = frozenset(
    {
        "facts",
        "chain_records",
        "chain_end",
        "requests",
        "tag_rests",
        "request_index",
        "request_counts",
        "index_todo",
        "index_backlog",
        "tills",
        "replicated",
        "erased_links",
        "tag_blocks",
        "tag_wish",
        "number_blocks",
        "number_wish",
        "payments_to_settle",
        "untold_payments",
        "untold_dismissals",
        "ledgers_read_here",
        "ledgers_read_by_all",
    }
)
"""Tables that are not copied row by row. A journal that is made anew has another identity in its
shop: names of facts that the chain no longer proves must not come back, nor leases of that till."""

_GROWING: Final = {"audit": "seq", "set_aside": "seq", "refused": "seq", "shifts": "number"}
"""Tables whose rows are numbered without a gap, and the column of the number."""

_IN_ORDER: Final = "shifts_follow"
"""The trigger that takes closed shifts only in order and without a gap, which damage leaves."""

_MOST_SKIPPED: Final = 1000
"""Sale numbers that are left out at most where a fact that is lost may have used them."""

_NUMBERS: Final = """
INSERT INTO sale_numbers (name, last_number)
SELECT till || '|' || series, max(number) FROM (
    SELECT coalesce(json_extract(text, '$.body.custom_meta.blob.sale.till'), '') AS till,
        coalesce(json_extract(text, '$.body.custom_meta.blob.sale.series'), '') AS series,
        json_extract(text, '$.body.custom_meta.blob.sale.number') AS number
    FROM facts WHERE kind = 'intent' AND json_valid(text)
) WHERE typeof(number) = 'integer' AND typeof(till) = 'text' AND typeof(series) = 'text'
GROUP BY 1
ON CONFLICT (name) DO UPDATE SET last_number = max(last_number, excluded.last_number)
"""

_RESTS: Final = """
INSERT INTO tag_rests (tag, rests_until)
SELECT tag, max(until) FROM (
    SELECT tag, tag_rests_until AS until FROM requests
    WHERE tag IS NOT NULL AND tag_rests_until IS NOT NULL
    UNION ALL
    SELECT tag, coalesce(CAST(strftime('%s', at) AS INTEGER), 0) + 86400 FROM tags
) GROUP BY tag
ON CONFLICT (tag) DO UPDATE SET rests_until = max(rests_until, excluded.rests_until)
"""

_PAYMENTS: Final = """
SELECT upper(json_extract(text, '$.hash')), identifier FROM facts
WHERE kind = 'payment' AND json_valid(text) ORDER BY seq DESC
"""


class SideTables:
    """The tables beside the facts of `db`. Rows are added file by file, the newest file first."""

    def __init__(self, db: sqlite3.Connection, shapes: Shapes, *, ledger: bool) -> None:
        self._db, self._ledger = db, ledger
        self._insert = {
            name: f'INSERT OR IGNORE INTO "{name}" ({", ".join(one.name for one in columns)})'  # noqa: S608 - our names
            f" VALUES ({', '.join('?' * len(columns))})"
            for name, columns in shapes.items()
        }
        (self._in_order,) = db.execute(
            "SELECT sql FROM sqlite_schema WHERE name = ?", (_IN_ORDER,)
        ).fetchone()
        db.execute(f"DROP TRIGGER {_IN_ORDER}")
        self._exact_numbers: set[str] = set()
        # What indexes say of rows: txids of unmatched payments by row, and their ledgers.
        self._unmatched: dict[int, str] = {}
        self._ledgers: dict[int, int] = {}
        self.lost_rows = 0
        """How many rows of these tables are lost, as far as can be told."""
        self.searched_from = 0
        """The ledger from which payments of no request are looked for again, 0 for none lost."""

    def add(self, row: Row, rank: int) -> None:
        """Take over one row of the file with this rank, 0 for the newest."""
        if not row.current or row.table in _FROM_FACTS:
            return
        try:
            match row.table:
                case "sale_numbers":
                    name, number = row.values
                    if rank == 0:
                        self._exact_numbers.add(str(name))
                    self._db.execute(
                        "INSERT INTO sale_numbers VALUES (?, ?) ON CONFLICT (name)"
                        " DO UPDATE SET last_number = max(last_number, excluded.last_number)",
                        (name, number),
                    )
                case "tags":
                    self._db.execute(
                        "INSERT INTO tags VALUES (?, ?) ON CONFLICT (tag)"
                        " DO UPDATE SET at = max(at, excluded.at)",
                        row.values,
                    )
                case "unmatched":
                    # Its text says what it is.
                    raw = json_fields.parse_object(str(row.values[7]))
                    if not isinstance(raw, str) and LedgerTx.from_json(raw).txid == row.values[0]:
                        self._db.execute(self._insert["unmatched"], row.values)
                case "shifts":
                    if _is_closed_shift(row):
                        self._db.execute(self._insert["shifts"], row.values)
                case _:
                    self._db.execute(self._insert[row.table], row.values)
        except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeError):
            return  # a damaged row that its table refuses

    def note(self, entry: IndexEntry) -> None:
        """Take over what an index says of a row, which may be lost."""
        if entry.index == "shift_transactions":  # a table that is kept as an index is
            self._add_transaction(entry)
            return
        key, number = entry.values[0], entry.values[-1]
        if not isinstance(number, int):
            return
        if entry.index == "sqlite_autoindex_unmatched_1" and isinstance(key, str):
            self._unmatched.setdefault(number, key)
        elif entry.index == "unmatched_open" and isinstance(key, int):
            self._ledgers.setdefault(number, key)

    def finish(self, *, lost: int, end_known: bool) -> list[str]:
        """Add what follows from the facts, of which so many are `lost`. Unless `end_known`, there
        may have been more after the last one. Returns the requests whose beginning is lost."""
        rows = self._db.execute("SELECT DISTINCT identifier FROM facts ORDER BY identifier")
        headless = [
            name for (name,) in rows.fetchall() if not self._reckon(name) and name != SUBJECT
        ]
        self._count_numbers(lost, end_known=end_known)
        self._db.execute(_RESTS)
        self._assign()
        self._search_again()
        self._remove_strangers()
        # The history's index is made anew, the newest first, when the journal is in use.
        self._db.execute(
            "UPDATE index_backlog SET upto = (SELECT coalesce(max(rowid), 0) FROM requests),"
            " whole = (SELECT coalesce(max(rowid), 0) FROM requests)"
        )
        self._db.execute(self._in_order)
        for table, column in _GROWING.items():
            count, last = self._db.execute(
                f"SELECT count(*), coalesce(max({column}), 0) FROM {table}"  # noqa: S608 - our names
            ).fetchone()
            self.lost_rows += last - count
        return headless

    # Inside.

    def _add_transaction(self, entry: IndexEntry) -> None:
        match entry.values:
            case (str(), str(), int()):
                try:
                    self._db.execute(self._insert["shift_transactions"], entry.values)
                except (sqlite3.IntegrityError, OverflowError, UnicodeError):
                    return

    def _reckon(self, identifier: str) -> bool:
        """Make the row of a request anew from its facts; False if its beginning is lost."""
        found = queries.load_requests(self._db, "WHERE identifier = ?", (identifier,))
        facts = found[0][1] if found else ()
        request = replay(list(facts))
        if request is None:
            if facts:
                self._db.execute(
                    "INSERT OR IGNORE INTO requests (identifier, status, finished, created_at)"
                    " VALUES (?, 'check', 1, ?)",
                    (identifier, facts[0].at.isoformat()),
                )
            return False
        verdict = judge(request, ledger=self._ledger)
        tag = destination_tags.tag_of(request.spec.tag)
        self._db.execute(
            "INSERT INTO requests (identifier, uuid, status, finished, created_at, tag,"
            " tag_rests_until) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identifier) DO UPDATE SET"
            " uuid = coalesce(uuid, excluded.uuid), status = excluded.status,"
            " finished = excluded.finished, tag = excluded.tag,"
            " tag_rests_until = excluded.tag_rests_until",
            (
                identifier,
                request.uuid,
                verdict.status.value,
                int(is_finished(request, verdict)),
                request.created_at.isoformat(),
                tag,
                None if tag is None else destination_tags.WHILE_OPEN,
            ),
        )
        destination_tags.update(self._db, [identifier])
        return True

    def _count_numbers(self, lost: int, *, end_known: bool) -> None:
        """The last number of each count. Where it is not known for sure, some are left out: a gap
        in the numbers harms nobody, a number of two sales does."""
        self._db.execute(_NUMBERS)
        skipped = min(lost + 1, _MOST_SKIPPED) if end_known else _MOST_SKIPPED
        exact = self._exact_numbers if end_known else frozenset()
        for (name,) in self._db.execute("SELECT name FROM sale_numbers").fetchall():
            if name not in exact:
                self._db.execute(
                    "UPDATE sale_numbers SET last_number = last_number + ? WHERE name = ?",
                    (skipped, name),
                )

    def _assign(self) -> None:
        """Payments that a fact gives to a request are not unmatched any more."""
        left = "SELECT txid FROM unmatched WHERE assigned_to IS NULL"
        names = {txid.upper(): txid for (txid,) in self._db.execute(left)}
        found = [
            (name, names[txid])
            for txid, name in (self._db.execute(_PAYMENTS) if names else ())
            if txid in names
        ]
        self._db.executemany("UPDATE unmatched SET assigned_to = ? WHERE txid = ?", found)

    def _search_again(self) -> None:
        """Payments of no request that are lost stand on the ledger: it is read from there again."""
        known = {row[0] for row in self._db.execute("SELECT txid FROM unmatched")}
        lost = [number for number, txid in self._unmatched.items() if txid not in known]
        self.lost_rows += len(lost)
        ledgers = [self._ledgers[number] for number in lost if number in self._ledgers]
        if ledgers:
            self.searched_from = min(ledgers)
            self._db.execute(
                "UPDATE seen SET ledger_index = min(ledger_index, ?)", (self.searched_from - 1,)
            )

    def _remove_strangers(self) -> None:
        """Rows that name one which is lost."""
        self._db.execute(
            "UPDATE unmatched SET assigned_to = NULL WHERE assigned_to IS NOT NULL"
            " AND assigned_to NOT IN (SELECT identifier FROM requests)"
        )
        for table, rowid, _, _ in self._db.execute("PRAGMA foreign_key_check").fetchall():
            # What a lost shift counted must not count again, and such rows have no number.
            if table not in ("facts", "shift_transactions"):
                self._db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608 - see above


def _is_closed_shift(row: Row) -> bool:
    """Whether this row of `shifts` is as it was written."""
    text, lines, kept = (str(value) for value in row.values[5:8])
    value = document.parse_document(text)
    return document.hash_of(text) == kept and json_fields.string_at(
        value, "lines_hash"
    ) == document.hash_of(lines)
