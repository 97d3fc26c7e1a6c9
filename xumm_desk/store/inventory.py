"""What lies in a journal, counted and listed without what it says; reads only.

Knows tables; must not know who asks.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from . import database
from .verify import CHAIN_END_VERSION, verify_chain

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
    chain is whole. A journal that cannot be read is one line that says so."""
    if not path.exists():
        return ["there is no journal"]
    found = [f"{file.name}: {file.stat().st_size} bytes" for file in sorted(_files(path))]
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            found.append(f"version {version}, this program writes {database.newest_version()}")
            for name, statement in (
                *_COUNTS,
                *([_REFUSED] if version >= CHAIN_END_VERSION else []),
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
    except (sqlite3.Error, database.JournalError) as error:
        found.append(database.error_message(error, path))
    return found


def _files(path: Path) -> list[Path]:
    return [file for file in path.parent.glob(f"{path.stem}*") if file.is_file()]
