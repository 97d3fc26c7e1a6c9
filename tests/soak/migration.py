"""A journal of schema 8 that is migrated and indexed under SIGKILL; run it as a command:

    PYTHONPATH=tests .venv/bin/python -m soak.migration --requests 100000 --kills 10

Each killed process opens the journal as the program does and goes on selling. Compares with the
journal as it was: no fact, no sale that was acknowledged and no line of the history may be missing
or different. Prints the numbers as JSON and ends with 1 where one is.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import fill
from store.builders import take_back

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.store import database, journal_check
from xumm_desk.store.history import history_queries, indexing
from xumm_desk.store.journal import SqliteJournal

_API: Final = "http://127.0.0.1"
_OLD: Final = 8


@dataclass
class Numbers:
    """What was found. The last four must be empty."""

    requests: int = 0
    kills: int = 0
    killed_at: list[str] = field(default_factory=list)
    """Of each kill: schema version, and how many requests the history still had to take in."""
    sold: int = 0
    last_run_seconds: float = 0.0
    lost_facts: int = 0
    lost_sales: list[str] = field(default_factory=list)
    wrong_lines: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost or became another thing."""
        return not (self.lost_facts or self.lost_sales or self.wrong_lines or self.damage)


async def soak(requests: int, kills: int, seed: int, folder: Path) -> Numbers:
    """Write the journal, migrate it with `kills` kills, compare."""
    path = folder / "journal.sqlite3"
    numbers = Numbers(requests=requests)
    await asyncio.to_thread(_write_old, path, requests)
    before = _facts(path)
    whole = _lines(path)
    take_back(path, _OLD)
    dice = random.Random(seed)
    sold: list[str] = []
    pace = requests / 5000  # the kills are spread over the whole making of the history
    for number in itertools.count():
        if numbers.kills == kills or number == 5 * kills:  # a child may end before it is struck
            break
        # The first ones meet the backup and the scripts, the others the making of the history.
        early = numbers.kills < kills // 3
        seconds = dice.uniform(0.02, 1.0) if early else dice.uniform(0.1, pace)
        told, struck = await _run(path, f"run{number}", started=not early, kill_after=seconds)
        sold += told
        if struck:
            numbers.kills += 1
            numbers.killed_at.append(_state(path))
    begin = time.monotonic()
    sold += (await _run(path, "last", started=True, kill_after=None))[0]
    numbers.last_run_seconds = round(time.monotonic() - begin, 1)
    numbers.sold = len(sold)
    _compare(path, before, whole, sold, numbers)
    return numbers


def _write_old(path: Path, requests: int) -> None:
    opened = max(1, requests // 50)
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    fill.journal(path, _API, expires_at, count=opened, old=requests - opened)


async def _run(
    path: Path, name: str, *, started: bool, kill_after: float | None
) -> tuple[list[str], bool]:
    """Open the journal in a process of its own, and kill that after so many seconds, counted from
    its start or from when it has `started`; else let it end. What it had sold, and whether it was
    killed."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "soak.migration", "--desk", str(path), "--name", name,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    told: list[str] = []
    if started:
        told.append((await child.stdout.readline()).decode())
    reading = asyncio.ensure_future(child.stdout.read())
    struck = False
    if kill_after is not None:
        await asyncio.sleep(kill_after)
        struck = child.returncode is None
        if struck:
            child.kill()
    told += (await reading).decode().splitlines(keepends=True)
    await child.wait()
    # A line that the kill cut off was not acknowledged.
    sold = [line[5:-1] for line in told if line.startswith("sold ") and line.endswith("\n")]
    return sold, struck


async def _desk(path: Path, name: str) -> None:
    """Open the journal as the program does, sell without end, and name each sale that is on the
    disk; ends when the whole history is made."""
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    _say("open")
    try:
        for number in itertools.count():
            sale = f"{name}-{number}"
            _, status, told = fill.past(10_000_000 + number, _API)
            for fact in told:
                journal.append(sale, fact, urgent=False)
            journal.set_status(sale, status, True)
            await journal.durable()
            _say(f"sold {sale}")
            await asyncio.sleep(0.5)
            if (await journal.history.progress()).is_complete:
                return
    finally:
        await journal.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _state(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == _OLD:
            return "schema 8"
        return f"schema {version}, {indexing.progress(db).behind} to take in"


def _facts(path: Path) -> list[bytes]:
    """A digest of each fact, in their order."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT * FROM facts ORDER BY seq")
        return [hashlib.blake2b(repr(row).encode(), digest_size=12).digest() for row in rows]


def _lines(path: Path) -> dict[str, RequestSummary]:
    with closing(sqlite3.connect(path)) as db:
        found = history_queries.summaries(db, HistoryQuery(), descending=False)
        return {row.identifier: row for row in found}


def _compare(
    path: Path,
    before: list[bytes],
    whole: dict[str, RequestSummary],
    sold: list[str],
    numbers: Numbers,
) -> None:
    after = _facts(path)
    numbers.lost_facts = sum(old != new for old, new in itertools.zip_longest(
        before, after[: len(before)]
    ))  # fmt: skip
    lines = _lines(path)
    numbers.lost_sales = [name for name in sold if name not in lines]
    numbers.wrong_lines = [name for name, line in whole.items() if lines.get(name) != line]
    report = journal_check.verify_chain(path)
    if not report.whole:
        numbers.damage.append(str(report))
    with closing(database.connect(path)) as db:
        numbers.damage += [
            f"{table}: {count} rows" for table, count in _counts(db).items() if count != len(lines)
        ]
        try:
            db.execute("INSERT INTO request_text (request_text) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            numbers.damage.append(f"the search: {error}")


def _counts(db: sqlite3.Connection) -> dict[str, Any]:
    """How many requests each table knows."""
    questions = {
        "requests": "SELECT count(*) FROM requests",
        "request_index": "SELECT count(*) FROM request_index",
        "request_counts": "SELECT sum(requests) FROM request_counts",
    }
    return {table: db.execute(question).fetchone()[0] for table, question in questions.items()}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.desk:
        asyncio.run(_desk(options.desk, options.name))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        numbers = asyncio.run(soak(options.requests, options.kills, options.seed, Path(folder)))
    sys.stdout.write(json.dumps(asdict(numbers), indent=2) + "\n")
    return 0 if numbers.clean else 1


if __name__ == "__main__":
    sys.exit(main())
