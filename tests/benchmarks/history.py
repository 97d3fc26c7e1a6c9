"""The history of a journal with a million requests: first page, search, scrolling, report, memory.

    .venv/bin/python -m tests.benchmarks.history --requests 1000000

The index is filled as the program fills it. Facts are there for the newest requests only: of all
questions none but a report reads them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import os
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from .meter import quantile

_TURNS: Final = 300
"""Places to which the table is scrolled."""

_READINGS: Final = 5
"""Times that a report is read."""

_SEARCHES: Final = ("a", "7f", "coffees", "anna cake", "12.5", "1-20200301", "espresso 99")
_STATUSES: Final = ("paid",) * 20 + ("declined", "expired", "cancelled", "check")
_REPORTED: Final = 62 * 24 * 60
"""Newest requests that have facts: those of the month that is reported, and of the one before."""
_FACTS: Final = (
    "intent",
    "created",
    "frame",
    "frame",
    "frame",
    "answer",
    "blob-check",
    "ledger-tx",
)

_TEXT: Final = '{"text":"' + 600 * "x" + '"}'

_NOTES: Final = ("two coffees", "cake", "espresso and water", "")


def fill(path: Path, requests: int) -> None:
    """Write an index of so many requests, one a minute up to now."""
    from xumm_desk.core.history.summary import summarise
    from xumm_desk.core.money import fiat
    from xumm_desk.core.money.amount import XrpAmount
    from xumm_desk.core.state.lifecycle import replay
    from xumm_desk.core.status import Status
    from xumm_desk.store import database
    from xumm_desk.store.history import index_table

    from .fill import past

    request = replay(past(0, "http://127.0.0.1")[2])
    assert request is not None
    model = summarise(1, request, Status.PAID, finished=True)
    chance, now = random.Random(1), datetime.now(UTC)
    with closing(database.connect(path)) as db:
        db.execute("BEGIN")
        for number in range(1, requests + 1):
            digest = hashlib.sha256(str(number).encode()).hexdigest()
            at = now - timedelta(minutes=requests - number)
            status = Status(chance.choice(_STATUSES))
            asked = XrpAmount(chance.randrange(10**8))
            is_paid = status is Status.PAID
            index_table.write(
                db,
                replace(
                    model,
                    key=number * 10,
                    identifier=f"1-{20200101 + number // 400}-{number % 400}-{digest[:6]}",
                    created_at=at,
                    status=status,
                    uuid=f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[:12]}",
                    txid=(digest * 2)[:64].upper(),
                    payer=f"r{digest[:33]}",
                    number=number,
                    till=str(number % 3 + 1),
                    cashier=("Anna", "Ben", "Cem")[number % 3],
                    asked=asked,
                    delivered=(asked,) if is_paid else (),
                    price=fiat.from_minor(chance.randrange(10_000), "EUR"),
                    tip=fiat.from_minor(50, "EUR"),
                    opened_at=at + timedelta(seconds=9),
                    signed_at=at + timedelta(seconds=20) if is_paid else None,
                    proven_at=at + timedelta(seconds=24) if is_paid else None,
                    note=chance.choice(_NOTES),
                ),
            )
            if number > requests - _REPORTED:
                _write_facts(db, f"1-{20200101 + number // 400}-{number % 400}-{digest[:6]}", at)
            if number % 20_000 == 0:
                db.execute("COMMIT")
                db.execute("BEGIN")
        db.execute("COMMIT")


def _write_facts(db: sqlite3.Connection, identifier: str, at: datetime) -> None:
    """As many facts as a paid request has, of the usual length."""
    db.execute(
        "INSERT INTO requests (identifier, status, finished, created_at) VALUES (?, 'paid', 1, ?)",
        (identifier, at.isoformat()),
    )
    db.executemany(
        "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
        " VALUES (?, ?, 'desk', ?, ?, zeroblob(32))",
        [
            (
                identifier,
                (at + timedelta(seconds=step)).isoformat(),
                kind,
                _TEXT,
            )
            for step, kind in enumerate(_FACTS)
        ],
    )


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Bench:
    """The table of the program over the history of one journal."""

    def __init__(self, path: Path, requests: int) -> None:
        from PySide6.QtWidgets import QApplication

        from xumm_desk.engine.runtime.ports import Clock
        from xumm_desk.qt.event_loop import make_loop
        from xumm_desk.setup.composition import SystemClock
        from xumm_desk.store.history.history_reader import HistoryReader
        from xumm_desk.ui.requests.actions import RequestActions
        from xumm_desk.ui.requests.rows.history_source import HistorySource
        from xumm_desk.ui.requests.table_model import RequestTableModel
        from xumm_desk.ui.requests.table_view import RequestTableView
        from xumm_desk.ui.style import theme

        self.app = QApplication.instance() or QApplication([])
        assert isinstance(self.app, QApplication)
        theme.apply(self.app)
        self.loop = make_loop(self.app)
        self.requests = requests
        clock: Clock = SystemClock()
        self.reader = HistoryReader(path)
        self.table = RequestTableModel(clock)
        self.view = RequestTableView(self.table, RequestActions(self.view_parent()))
        self.source = HistorySource(self.reader, self._start, self.table)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.view.resize(1366, 700)
        self.view.show()

    def view_parent(self) -> Any:
        """An object that owns the actions."""
        from PySide6.QtWidgets import QWidget

        self.owner = QWidget()
        return self.owner

    def _start(self, work: Any, _name: str) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def until(self, true: Callable[[], object], what: str) -> float:
        """Milliseconds until it is true."""
        begin = time.perf_counter()
        while not true():
            if time.perf_counter() - begin > 120:
                raise SystemExit(f"{what} did not come")
            await asyncio.sleep(0.0005)
        return (time.perf_counter() - begin) * 1000

    async def run(self) -> dict[str, float]:
        """Every figure: milliseconds, or megabytes."""
        await asyncio.sleep(0.2)
        gc.collect()
        before = resident()
        figures: dict[str, float] = {}
        begin = time.perf_counter()
        self.table.attach(self.source, "MAINNET")
        await self.until(
            lambda: self.table.rowCount() and self.table.past_at_line(0) is not None, "a page"
        )
        self.view.grab()
        figures["first page, painted"] = (time.perf_counter() - begin) * 1000
        await self.until(lambda: self.table.rowCount() == self.requests, "all lines")
        figures["all lines"] = (time.perf_counter() - begin) * 1000
        figures |= await self._scroll()
        for text in _SEARCHES:
            count = self.table.rowCount()
            begin = time.perf_counter()
            self.table.set_filter(text=text)
            await self.until(partial(self._differs, count), text)
            if self.table.rowCount():
                self.view.scrollToTop()
                self.view.grab()
                await self.until(lambda: self.table.past_at_line(0) is not None, "a line")
            figures[f"search {text!r}, first page"] = (time.perf_counter() - begin) * 1000
        self.table.set_filter(text="")
        await self.until(lambda: self.table.rowCount() == self.requests, "all lines")
        figures |= await self._report()
        gc.collect()
        figures["memory above the empty table, MB"] = resident() - before
        return figures

    async def _report(self) -> dict[str, float]:
        """How long the figures of yesterday take, and those of the last whole week and month."""
        from xumm_desk.core.report.periods import Length, period_of, span_of
        from xumm_desk.ui.report.report_loader import to_local, to_utc, today

        found: dict[str, float] = {}
        for length in Length:
            period = period_of(length, today(datetime.now(UTC))).before()
            now, before = (span_of(one, to_utc, to_local) for one in (period, period.before()))
            times = []
            for _ in range(_READINGS):
                begin = time.perf_counter()
                await self.reader.compare(now, before, "")
                times.append((time.perf_counter() - begin) * 1000)
            name = f"report of a {length.value}"
            found |= {f"{name}, first": times[0], f"{name}, median": statistics.median(times)}
        return found

    def _differs(self, count: int) -> bool:
        return self.table.rowCount() != count

    async def _scroll(self) -> dict[str, float]:
        """Jump to places all over the table: how long a frame takes, and until it is whole."""
        bar, chance = self.view.verticalScrollBar(), random.Random(2)
        frames, whole = [], []
        for _ in range(_TURNS):
            begin = time.perf_counter()
            bar.setValue(chance.randrange(bar.maximum() + 1))
            self.view.viewport().repaint()
            frames.append((time.perf_counter() - begin) * 1000)
            first = self.view.rowAt(10)
            await self.until(partial(self.table.past_at_line, first), "a line")
            whole.append((time.perf_counter() - begin) * 1000)
        bar.setValue(0)
        return {
            "frame of a jump, median": statistics.median(frames),
            "frame of a jump, p99": quantile(sorted(frames), 0.99),
            "jump until its lines are there, median": statistics.median(whole),
            "jump until its lines are there, p99": quantile(sorted(whole), 0.99),
        }


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the journal there, or take it from there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (options.folder or Path(folder)) / f"history-{options.requests}.sqlite3"
        if not path.exists():
            fill(path, options.requests)
        bench = Bench(path, options.requests)
        asyncio.set_event_loop(bench.loop)
        with bench.loop:  # type: ignore[attr-defined]
            figures = bench.loop.run_until_complete(bench.run())
            bench.reader.close()
    lines = [f"{options.requests} requests"]
    lines += [f"  {name:45s} {value:9.1f}" for name, value in figures.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
