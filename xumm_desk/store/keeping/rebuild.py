"""Make a journal out of what can be read of several files: a damaged one and its copies.

All files are of one journal, so facts with the same number are the same fact, and the chain of
hashes says which of several texts is the right one. What no file has becomes a gap that the
chain records (`chain`). The tables beside the facts are in `side_tables`.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.reports import RebuildReport
from xumm_desk.core.message import Message
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.wire import json_fields
from xumm_desk.store import database
from xumm_desk.store.group_commit import CHAIN_START, hash_link

from . import chain, chain_repair, scan, swap
from .chain import Anchor, Columns, Gap
from .scan import IndexEntry, Row
from .side_tables import SideTables

SALVAGE: Final = "salvage"

_MOST_BEYOND: Final = 10_000_000
"""How far behind the last fact an end of the chain is believed; a damaged number says anything."""

_MOST_LISTED: Final = 1000
"""Runs of lost rows that the record lists; the gaps beside it hold all."""

Progress = Callable[[int, int], None]
"""Takes how much is done and how much there is; raises to stop."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One text of a fact; `rank` is the place of its file among the sources."""

    rank: int
    columns: Columns
    hash: bytes


@dataclass(slots=True)
class _Chosen:
    """What the walk through all numbers has found so far."""

    taken: int = 0
    from_copies: int = 0
    lost: list[Gap] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    changed: int = 0
    before: bytes | None = CHAIN_START
    certain: bool = True
    """Whether `before` is proven."""
    expected: int = 1


def rebuild(
    target: Path,
    sources: Sequence[Path],
    *,
    has_present: bool,
    ledger: bool,
    now: datetime,
    who: str = "",
    on_progress: Progress = lambda _done, _all: None,
) -> RebuildReport:
    """Write a new journal to `target` out of `sources`, the newest first; `has_present` says that
    the first is the file that was in use, `ledger` whether a ledger node is set up. What
    `on_progress` raises ends it, and nothing is left of `target`.

    Raises:
        JournalError: the disk does not take it, or no source is a journal.
    """
    stage = target.with_name(f"{target.stem}-stage{target.suffix}")
    swap.remove(target)
    swap.remove(stage)
    done = False
    try:
        with closing(database.connect(target)) as db:
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute("PRAGMA synchronous = OFF")  # all of it is written out at the end
            db.execute("ATTACH ? AS stage", (str(stage),))
            report = _Rebuild(db, sources, has_present, ledger, on_progress).run(now, who)
            db.execute("DETACH stage")
            database.quick_check(db)
            if wrong := chain.broken(db):
                raise JournalError(wrong)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA journal_mode = DELETE")
        swap.sync_file(target)
        done = True
        return report
    except (sqlite3.Error, OSError) as error:
        raise JournalError(database.error_message(error, target)) from None
    finally:
        swap.remove(stage)
        if not done:
            swap.remove(target)


class _Rebuild:
    """One rebuilding on `db`, an empty journal with an attached stage."""

    def __init__(
        self,
        db: sqlite3.Connection,
        sources: Sequence[Path],
        has_present: bool,
        ledger: bool,
        progress: Progress,
    ) -> None:
        self._has_present = has_present
        self._db, self._sources, self._progress = db, sources, progress
        self._shapes = scan.table_shapes(db)
        self._side = SideTables(db, self._shapes, ledger=ledger)
        self._gaps: list[Gap] = []
        self._anchors: dict[int, bytes] = {}
        self._end: tuple[int, bytes] | None = None
        self._result = _Chosen()

    def run(self, now: datetime, who: str) -> RebuildReport:
        """Do it all; returns what became of it."""
        db = self._db
        db.execute("PRAGMA stage.journal_mode = OFF")
        db.execute("PRAGMA stage.synchronous = OFF")
        db.execute(
            "CREATE TABLE stage.fact (seq INTEGER NOT NULL, rank INTEGER NOT NULL,"
            " digest BLOB NOT NULL, identifier TEXT NOT NULL, at TEXT NOT NULL,"
            " witness TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, hash BLOB NOT NULL,"
            " PRIMARY KEY (seq, digest)) STRICT, WITHOUT ROWID"
        )
        db.execute("BEGIN")
        readable = 0
        for rank, path in enumerate(self._sources):
            readable += self._read(path, rank)
        if not readable:
            raise JournalError(
                Message(
                    "Nothing of the journal could be read. Restore a copy, or move the file to a"
                    " safe place and start with a new journal."
                )
            )
        self._load_exceptions()
        self._choose()
        needed = self._complete()
        owners, known = self._owners_of_lost()
        log_damaged = scan.has_damaged_log(self._sources[0])
        lost = needed.gaps
        headless = self._side.finish(
            lost=sum(gap.last - gap.first + 1 for gap in lost),
            end_known=self._has_present and not log_damaged,
        )
        self._seal(needed, now, who)
        db.execute("COMMIT")
        (requests,) = db.execute(
            "SELECT count(*) FROM requests WHERE identifier <> ?", (SUBJECT,)
        ).fetchone()
        result = self._result
        return RebuildReport(
            facts=result.taken,
            requests=requests,
            from_copies=result.from_copies,
            lost=tuple((gap.first, gap.last) for gap in lost),
            changed=result.changed,
            unproven=len(needed.anchors),
            affected=tuple(sorted(owners)),
            headless=tuple(headless),
            owners_known=known,
            log_damaged=log_damaged,
            other_rows=self._side.lost_rows,
            searched_from=self._side.searched_from,
        )

    # Reading.

    def _read(self, path: Path, rank: int) -> int:
        """Take over all rows of one file; returns how many facts there were."""
        facts = 0
        pending: list[tuple[object, ...]] = []
        share = len(self._sources)

        def on_page(number: int, count: int) -> None:
            self._progress(50 * (rank * count + number) // (count * share), 100)

        try:
            rows = scan.scan(path, self._shapes, on_page)
            for row in rows:
                if isinstance(row, IndexEntry):
                    self._side.note(row)
                elif row.table in (scan.FACTS, scan.RECORDS):
                    staged = _staged(row, rank)
                    if staged is not None:
                        facts += row.table == scan.FACTS
                        pending.append(staged)
                elif row.table == "chain_end":
                    self._note_end(row)
                else:
                    self._side.add(row, rank)
                if len(pending) >= 500:
                    self._stage(pending)
        except OSError as error:
            if rank == 0 and len(self._sources) == 1:
                raise JournalError(database.error_message(error, path)) from None
        self._stage(pending)
        return facts

    def _stage(self, pending: list[tuple[object, ...]]) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO stage.fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", pending
        )
        pending.clear()

    def _note_end(self, row: Row) -> None:
        one, seq, kept = row.values
        if one != 1 or not isinstance(seq, int) or not isinstance(kept, bytes):
            return
        if len(kept) == scan.HASH_SIZE and (self._end is None or seq > self._end[0]):
            self._end = seq, kept

    def _load_exceptions(self) -> None:
        """What the sources themselves say is missing or changed."""
        self._gaps = list(chain_repair.believed_gaps(self._db))
        self._anchors = dict(
            self._db.execute("SELECT seq, digest FROM chain_anchors ORDER BY seq, record")
        )

    # Choosing.

    def _options(self) -> Iterator[tuple[int, list[_Option]]]:
        """All texts of each number, those of the newest file first."""
        rows = self._db.execute(
            "SELECT seq, rank, identifier, at, witness, kind, text, hash FROM stage.fact"
            " ORDER BY seq"
        )
        for seq, group in itertools.groupby(rows, key=lambda row: row[0]):
            options = [_Option(row[1], tuple(row[2:7]), row[7]) for row in group]
            yield seq, sorted(options, key=lambda option: option.rank)

    def _choose(self) -> None:
        """Walk through all numbers in order, and take what fits the chain."""
        result = self._result
        groups = self._options()
        current = next(groups, None)
        (count,) = self._db.execute("SELECT coalesce(max(seq), 1) FROM stage.fact").fetchone()
        rows: list[tuple[object, ...]] = []
        while current is not None:
            seq, options = current
            following = next(groups, None)
            if seq % 1024 == 0:
                self._progress(50 + 40 * seq // max(count, 1), 100)
            self._advance(seq)
            if seq == result.expected:
                chosen = self._one(seq, options, following)
                if chosen is not None:
                    rows.append((seq, *chosen.columns, chosen.hash))
                    result.from_copies += chosen.rank > 1
                result.expected = seq + 1
            if len(rows) >= 500:
                self._write(rows)
            current = following
        self._write(rows)
        if self._end is not None and 0 <= self._end[0] - result.expected < _MOST_BEYOND:
            seq, kept = self._end
            self._advance(seq + 1)
            if result.lost and result.lost[-1].last == seq:
                gap = result.lost[-1]
                result.lost[-1] = Gap(gap.first, gap.last, kept)
                result.before = kept

    def _advance(self, upto: int) -> None:
        """Account for all numbers below `upto`, and for a known gap that begins there."""
        result = self._result
        while True:
            while self._gaps and self._gaps[0].last < result.expected:
                self._gaps.pop(0)
            gap = self._gaps[0] if self._gaps else None
            if gap is not None and gap.first <= result.expected:
                result.before, result.certain = gap.hash, gap.hash is not None
                result.expected = gap.last + 1
            elif result.expected < upto:
                last = min(upto, gap.first if gap is not None else upto) - 1
                result.lost.append(Gap(result.expected, last, None))
                result.before, result.certain = None, False
                result.expected = last + 1
            else:
                return

    def _one(
        self, seq: int, options: list[_Option], following: tuple[int, list[_Option]] | None
    ) -> _Option | None:
        """The text of this number that is right; None if none is, which then is lost."""
        result = self._result
        digest = self._anchors.get(seq)
        for option in options:
            if digest is not None and chain.anchor_digest(option.hash, option.columns) == digest:
                result.before, result.certain = option.hash, True
                return option
        for option in options if digest is None and result.before is not None else ():
            assert result.before is not None
            if hash_link(result.before, option.columns) == option.hash:
                result.before, result.certain = option.hash, True
                return option
        supported = [option for option in options if _continues(option.hash, seq, following)]
        if not result.certain:
            believed = [one for one in (*supported, *options) if _is_plausible(one.columns)]
            if believed:
                chosen = believed[0]
                result.anchors.append(Anchor(seq, chain.anchor_digest(chosen.hash, chosen.columns)))
                result.before, result.certain = chosen.hash, chosen in supported
                return chosen
        self._set_apart(options[0])
        result.before = supported[0].hash if supported else None
        result.certain = bool(supported)
        result.lost.append(Gap(seq, seq, result.before))
        return None

    def _set_apart(self, option: _Option) -> None:
        identifier, at, _witness, kind, text = option.columns
        self._db.execute(
            "INSERT INTO refused (identifier, at, kind, text, why) VALUES (?, ?, ?, ?, ?)",
            (identifier, at, kind, text, "does not fit the chain of hashes"),
        )
        self._result.changed += 1

    def _write(self, rows: list[tuple[object, ...]]) -> None:
        facts = [row for row in rows if row[1]]
        self._db.executemany(
            "INSERT INTO facts (seq, identifier, at, witness, kind, text, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            facts,
        )
        self._db.executemany(
            "INSERT INTO chain_records (seq, at, who, kind, text, hash) VALUES (?, ?, ?, ?, ?, ?)",
            [(row[0], *row[2:]) for row in rows if not row[1]],
        )
        self._result.taken += len(facts)
        rows.clear()

    # What is missing.

    def _complete(self) -> chain_repair.Needed:
        """Find all that the chain must name as missing, now that its rows are there."""
        result = self._result
        end = chain_repair.known_end(self._db, result.expected - 1, _MOST_BEYOND)
        needed = chain_repair.complete(self._db, _joined(result.lost), end)
        needed.gaps = result.lost = _joined(needed.gaps)
        return needed

    def _owners_of_lost(self) -> tuple[set[str], bool]:
        """The requests of which facts are lost, by the indexes of all files; and whether these are
        all of them."""
        lost = self._result.lost
        if not lost:
            return set(), True
        left = {
            seq
            for gap in lost
            for seq in range(gap.first, min(gap.last, gap.first + _MOST_BEYOND) + 1)
        }
        found: set[str] = set()
        for path in self._sources:
            try:
                for entry in scan.scan(path, {}):
                    owner = scan.owner_of_fact(entry) if isinstance(entry, IndexEntry) else None
                    if owner is not None and owner[1] in left:
                        left.discard(owner[1])
                        found.add(owner[0])
            except OSError:
                continue
        return found, not left

    def _seal(self, needed: chain_repair.Needed, now: datetime, who: str) -> None:
        """Write down the end of the chain, and what is missing from it."""
        db = self._db
        replaced = chain_repair.unvouched(db)
        if needed.last:
            db.execute(
                "INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)",
                (needed.last, needed.hash),
            )
        if not needed.gaps and not needed.anchors and not replaced:
            return
        chain.add_record(
            db,
            kind=SALVAGE,
            who=who,
            at=now,
            gaps=needed.gaps,
            anchors=needed.anchors,
            replaces=replaced,
            details={
                "lost": [[gap.first, gap.last] for gap in needed.gaps[:_MOST_LISTED]],
                "unproven": len(needed.anchors),
                "changed": self._result.changed,
            },
        )


def _staged(row: Row, rank: int) -> tuple[object, ...] | None:
    """The row as the stage takes it; None for what is neither a fact nor a record."""
    if row.table == scan.RECORDS:
        seq, at, who, kind, text, kept = row.values
        columns = ("", at, who, kind, text)
    else:
        seq, *parts, kept = row.values
        columns = tuple(parts)  # type: ignore[assignment]
        if not columns[0]:
            return None
    if not isinstance(seq, int) or seq < 1:
        return None
    if not isinstance(kept, bytes) or len(kept) != scan.HASH_SIZE:
        return None
    digest = chain.anchor_digest(kept, columns)  # type: ignore[arg-type]
    return seq, 2 * rank + (not row.current), digest, *columns, kept


def _continues(kept: bytes, seq: int, following: tuple[int, list[_Option]] | None) -> bool:
    """Whether the next fact follows upon this hash, which then is right."""
    return (
        following is not None
        and following[0] == seq + 1
        and any(hash_link(kept, option.columns) == option.hash for option in following[1])
    )


def _is_plausible(columns: Columns) -> bool:
    """Whether this could be a fact, where no hash can tell."""
    identifier, at, _witness, kind, text = columns
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    readable = kind == "frame" or isinstance(json_fields.parse_object(text), dict)
    return readable and all(part.isprintable() for part in (identifier, kind))


def _joined(gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps with neighbours as one; the hash is that of the last."""
    found: list[Gap] = []
    for gap in gaps:
        if found and found[-1].last + 1 == gap.first:
            found[-1] = Gap(found[-1].first, gap.last, gap.hash)
        else:
            found.append(gap)
    return found
