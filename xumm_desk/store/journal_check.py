"""Check a whole journal: the file for damage, and the chain of hashes for changed or lost facts."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences

from . import database
from .journal_reader import open_for_reading
from .keeping import chain
from .replication import till_chains
from .shifts import shift_table

SHIFTS_VERSION: Final = 10
"""The version since which shifts are closed."""

_MOST: Final = 100
"""Errors that SQLite is asked to look for."""

_INDEX: Final = re.compile(r"(?:missing from|entries in) index (\w+)")
_COLUMNS: Final = "seq, identifier, at, witness, kind, text, hash"


@dataclass(frozen=True, slots=True)
class Report:
    """The result: sentences about all that is wrong, in the order of the file. `rows` is how many
    facts there should be, as far as the file tells, and `readable` how many of them can be read;
    `lost` are the numbers of the first and last row of each part that cannot."""

    messages: tuple[str, ...] = ()
    rows: int = 0
    readable: int = 0
    lost: tuple[tuple[int, int], ...] = ()
    end: tuple[int, str] = (0, "")
    """Number and hash of the last link of a whole chain."""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.messages

    @property
    def remaining_text(self) -> str:
        """What of a damaged journal can still be read."""
        sentence = Message(
            "{readable} of {rows} rows of the journal can be read.",
            readable=self.readable,
            rows=self.rows,
        )
        if not self.lost:
            return sentence
        rows = Sentences(
            (
                str(first)
                if first == last
                else Message("{first} to {last}", first=first, last=last)
                for first, last in self.lost[:5]
            ),
            LIST_SEPARATOR,
        )
        if len(self.lost) > 5:
            lost = Message("Rows that cannot be read: {rows} and more.", rows=rows)
        else:
            lost = Message("Rows that cannot be read: {rows}.", rows=rows)
        return Sentences([sentence, lost])


def verify_chain(path: Path) -> Report:
    """Check the journal at `path` without changing it. Raises `JournalError` if it cannot be
    opened."""
    if not path.exists():
        raise JournalError(Message("There is no journal at {path}.", path=path))
    try:
        with closing(open_for_reading(path)) as db:
            return _report(db)
    except sqlite3.OperationalError as error:
        raise JournalError(database.error_message(error, path)) from None
    except sqlite3.DatabaseError as error:
        return Report(
            (
                Message(
                    "The file is damaged at its beginning, or is no journal ({error}).", error=error
                ),
            )
        )


def _report(db: sqlite3.Connection) -> Report:
    sentences = list(_damage(db))
    try:
        sentences += _chain(db)
        sentences += _shifts(db)
        sentences += till_chains.problems(db)
    except sqlite3.OperationalError:
        if not sentences:
            raise
    except sqlite3.DatabaseError as error:
        sentences.append(
            Message("The chain of facts cannot be followed to its end ({error}).", error=error)
        )
    if not sentences:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        return Report(end=chain.last_hash(db) if version >= chain.END_VERSION else (0, ""))
    last_row = _last(db)
    lost = tuple(_unreadable(db, 1, last_row)) if last_row else ()
    missing = sum(last - first + 1 for first, last in lost) + _missing(db, last_row, lost)
    excused = _excused(db)
    rows, readable = last_row - excused, last_row - max(missing, excused)
    return Report(tuple(dict.fromkeys(sentences)), rows, readable, lost)


# The file.


def _damage(db: sqlite3.Connection) -> Iterator[str]:
    """One sentence for each part of the file that is damaged."""
    try:
        parts = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as error:
        yield Message("The file is damaged at its beginning ({error}).", error=error)
        return
    found = False
    for kind, table, _, _ in parts:
        if kind == "table":
            indexes = [
                (name, sql or "") for sort, name, of, sql in parts if (sort, of) == ("index", table)
            ]
            for sentence in _damage_of(db, table, indexes):
                found = True
                yield sentence
    if not found:
        yield from _asked(db, str(_MOST), Message("The file is damaged between its tables."))


def _damage_of(db: sqlite3.Connection, table: str, indexes: list[tuple[str, str]]) -> Iterator[str]:
    """What is damaged of one table: each part is read to its end, and the whole is checked only
    where all can be, since SQLite's own check ends at the first part that it cannot read."""
    readable = True
    if not _reads(db, f'SELECT * FROM "{table}" NOT INDEXED'):  # noqa: S608 - a name of the file
        readable = False
        yield Message("The table {table} is damaged.", table=table)
    for name, sql in indexes:
        where = sql.partition(" WHERE ")[2] or "1"
        if not _reads(db, f'SELECT count(*) FROM "{table}" INDEXED BY "{name}" WHERE {where}'):  # noqa: S608
            readable = False
            yield Message(
                "The index {name} of the table {table} is damaged.", name=name, table=table
            )
    if readable:
        yield from _asked(db, f'"{table}"', Message("The table {table} is damaged.", table=table))


def _reads(db: sqlite3.Connection, question: str) -> bool:
    try:
        for _ in db.execute(question):
            pass
    except sqlite3.OperationalError:
        return True  # the question is what SQLite does not take
    except sqlite3.DatabaseError:
        return False
    return True


def _asked(db: sqlite3.Connection, about: str, damage: str) -> Iterator[str]:
    """The findings of SQLite's own check of a table or the whole file."""
    try:
        lines = [
            line
            for (text,) in db.execute(f"PRAGMA integrity_check({about})")
            for line in str(text).splitlines()
        ]
    except sqlite3.DatabaseError as error:
        yield Sentences([damage, f"({error})."])
        return
    for line in lines:
        index = _INDEX.search(line)
        if line == "ok" or line.startswith("***"):
            continue
        yield (
            Message("The index {index} does not fit its table.", index=index[1])
            if index
            else Sentences([damage, f"({line})."])
        )


# The chain.


def _chain(db: sqlite3.Connection) -> list[str]:
    """A sentence about the first broken row."""
    sentence = chain.broken(db)
    return [sentence] if sentence else []


def _shifts(db: sqlite3.Connection) -> list[str]:
    """What is wrong with the shifts that were closed."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return list(shift_table.problems(db)) if version >= SHIFTS_VERSION else []


# What is left.


def _last(db: sqlite3.Connection) -> int:
    """The number of the last row, from every source there is."""
    found = [0]
    for question in ("SELECT max(seq) FROM facts", "SELECT max(seq) FROM chain_end"):
        try:
            found.append(db.execute(question).fetchone()[0] or 0)
        except sqlite3.DatabaseError:
            continue
    return max(found)


def _unreadable(db: sqlite3.Connection, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The parts of these rows that cannot be read, side by side ones as one."""
    pending: tuple[int, int] | None = None
    for low, high in _halves(db, first, last):
        if pending is not None and pending[1] + 1 == low:
            pending = pending[0], high
        else:
            if pending is not None:
                yield pending
            pending = low, high
    if pending is not None:
        yield pending


def _halves(db: sqlite3.Connection, first: int, last: int) -> Iterator[tuple[int, int]]:
    try:
        rows = f"SELECT {_COLUMNS} FROM facts WHERE seq BETWEEN ? AND ?"  # noqa: S608 - see above
        for _ in db.execute(rows, (first, last)):
            pass
    except sqlite3.DatabaseError:
        if first == last:
            yield first, last
            return
        middle = (first + last) // 2
        yield from _halves(db, first, middle)
        yield from _halves(db, middle + 1, last)


def _missing(db: sqlite3.Connection, rows: int, lost: tuple[tuple[int, int], ...]) -> int:
    """How many of the rows that could be read are not there."""
    missing, low = 0, 1
    for first, last in (*lost, (rows + 1, rows + 1)):
        if low < first:
            there = db.execute(
                "SELECT count(kind) FROM facts WHERE seq BETWEEN ? AND ?", (low, first - 1)
            ).fetchone()[0]
            missing += first - low - there
        low = last + 1
    return missing


def _excused(db: sqlite3.Connection) -> int:
    """How many numbers belong to no fact that should be there: records, and what they excuse."""
    try:
        gaps = chain.exceptions(db).gaps.values()
        records = db.execute("SELECT count(*) FROM chain_records").fetchone()[0]
    except sqlite3.DatabaseError:
        return 0
    return int(records) + sum(gap.last - gap.first + 1 for gap in gaps)


_LAST: Final = 60
_COUNTS: Final = (
    (
        "requests by status, hints apart",
        "SELECT status, count(*) FROM requests GROUP BY 1 ORDER BY 1",
    ),
    ("unfinished", "SELECT 'requests', count(*) FROM requests WHERE finished = 0"),
    ("facts by kind", "SELECT kind, count(*) FROM facts GROUP BY 1 ORDER BY 1"),
    ("unmatched", "SELECT 'payments', count(*) FROM unmatched WHERE assigned_to IS NULL"),
    ("accounts read up to", "SELECT substr(account, 1, 6), ledger_index FROM seen ORDER BY 1"),
)
_REFUSED: Final = ("not taken by the tables", "SELECT kind, count(*) FROM refused GROUP BY 1")


def journal_summary(path: Path) -> list[str]:
    """The journal's state, its last facts by kind and time without their texts, and whether its
    chain is complete. A journal that cannot be read is one line that says so."""
    if not path.exists():
        return ["there is no journal"]
    found = [f"{file.name}: {file.stat().st_size} bytes" for file in sorted(_files(path))]
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            found.append(f"version {version}, this program writes {database.newest_version()}")
            for name, statement in (
                *_COUNTS,
                *([_REFUSED] if version >= chain.END_VERSION else []),
            ):
                found += [f"{name}: {what} {count}" for what, count in db.execute(statement)]
            last = db.execute(
                "SELECT seq, at, witness, kind, identifier, length(text) FROM facts"
                " ORDER BY seq DESC LIMIT ?",
                (_LAST,),
            ).fetchall()
            found += [f"the last {len(last)} facts:"]
            for seq, at, witness, kind, identifier, size in reversed(last):
                found.append(f"  {seq} {at} {witness} {kind} {identifier[:40]} ({size} characters)")
        report = verify_chain(path)
        found += [*report.messages, report.remaining_text] if not report.whole else ["all is whole"]
    except (sqlite3.Error, JournalError) as error:
        found.append(database.error_message(error, path))
    return found


def _files(path: Path) -> list[Path]:
    return [file for file in path.parent.glob(f"{path.stem}*") if file.is_file()]
