"""Scenario: the journal alone, on this machine's disk: facts in groups, and money facts one by
one, each durable before the next."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from xumm_desk.store.journal import SqliteJournal

from . import fill
from .bench import Bench
from .meter import quantile


def run(bench: Bench) -> dict[str, Any]:
    """One round."""
    quick = bench.options.quick
    path = bench.place("facts") / "journal.sqlite3"
    return asyncio.run(_run(path, 500 if quick else 20_000, 20 if quick else 300))


async def _run(path: Path, requests: int, money: int) -> dict[str, Any]:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    told = [
        (name, one)
        for number in range(requests)
        for name, _, facts in [fill.past(number, "https://load.example/api/v1/platform")]
        for one in facts
    ]
    try:
        began = time.monotonic()
        for name, one in told:
            journal.append(name, one, urgent=False)
        await journal.durable()
        rate = len(told) / (time.monotonic() - began)
        late = []
        for number in range(money):
            at = time.monotonic_ns()
            name, one = told[-1 - number]
            journal.append(name, one, urgent=True)
            await journal.durable()
            late.append((time.monotonic_ns() - at) / 1e6)
    finally:
        await journal.close()
    late.sort()
    return {
        "facts": len(told),
        "facts_per_second": rate,
        "money_p50_ms": quantile(late, 0.5),
        "money_p99_ms": quantile(late, 0.99),
        "file_system": _file_system(path),
        "wrong": [],
    }


def _file_system(path: Path) -> str:
    best, kind = "", "?"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, name, *_ = line.split()
        if str(path.resolve()).startswith(place) and len(place) >= len(best):
            best, kind = place, name
    return kind
