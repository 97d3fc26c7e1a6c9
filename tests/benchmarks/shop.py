"""Measure a shop of several tills on PostgreSQL, all on this computer; run it as a command:

    PYTHONPATH=tests .venv/bin/python -m benchmarks.shop --tills 20 --open 10000 --rate 200

A child holds the tills, each with a journal and a replicator; this process is the monitor, a desk
without a window. Prints JSON: how long a fact takes from a till to the monitor's row, how long the
monitor takes to join with all that is open and past, and how long to catch up after the database
was away while the tills went on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.replication import shop_address
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.state import facts
from xumm_desk.core.status import Step
from xumm_desk.core.wire.frames import parse_frame
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config
from xumm_desk.setup.shop_replication import ShopReplication
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, Record, commit_group
from xumm_desk.store.replication import shop_database
from xumm_desk.store.replication.replicator import Replicator

from . import fill, plan
from .meter import quantile

_API: Final = "http://127.0.0.1:1"
_OPENED: Final = '{"opened":true}'
_PATIENCE: Final = 600.0


class _Till:
    """One till of the child."""

    def __init__(self, path: Path, login: JoinedTill) -> None:
        self._db = database.connect(path)
        self._one = threading.Lock()
        self.replicator = Replicator(
            lambda: shop_database.connect(
                login.address, login.password, instance=str(os.getpid()), patience=10.0
            ),
            self._run,
            ledger=False,
            version="benchmark",
            on_facts=lambda _names, _bulk: None,
            on_view=lambda _view: None,
        )

    def write(self, records: Sequence[FactRecord]) -> None:
        """Write facts as a desk does."""
        group: list[Record] = list(records)
        with self._one:
            assert not commit_group(self._db, group, lambda: None)
        self.replicator.wake()

    def _run(self, job: Any) -> Any:
        with self._one:
            return job(self._db)


def _load(folder: Path, given: argparse.Namespace) -> int:
    """The child: make the journals, then do what each line of the input says."""
    logins = [
        JoinedTill(_address(one["address"]), one["password"])
        for one in json.loads(sys.stdin.readline())
    ]
    tills = [_Till(folder / f"till{place}.sqlite3", one) for place, one in enumerate(logins)]
    expires_at = datetime.now(UTC) + timedelta(hours=3)
    for place, till in enumerate(tills):
        for number in range(place, given.past, len(tills)):
            name, _, told = fill.past(number, _API)
            till.write([FactRecord(name, fact) for fact in told])
        for index in range(place, given.open, len(tills)):
            told = fill.unfinished(index, given.open, _API, expires_at)
            till.write([FactRecord(plan.identifier_of(index), fact) for fact in told])
    _say("made")
    waiting = list(range(given.open))
    random.Random(1).shuffle(waiting)
    for line in sys.stdin:
        match line.split():
            case ["ship"]:
                for till in tills:
                    till.replicator.start()
            case ["open", count]:
                _open_some(tills, waiting, int(count), given.rate)
        _say("done")
    for till in tills:
        till.replicator.stop()
    return 0


def _open_some(tills: list[_Till], waiting: list[int], count: int, rate: int) -> None:
    """So many customers scan their code, so many a second."""
    begin = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        index = waiting.pop()
        fact = facts.fact_from_frame(
            datetime.now(UTC), _OPENED, parse_frame(_OPENED, plan.uuid_of(index))
        )
        tills[index % len(tills)].write([FactRecord(plan.identifier_of(index), fact)])


def _address(text: str) -> shop_address.ShopAddress:
    found = shop_address.parse_address(text)
    assert found is not None
    return found


class _Monitor:
    """A desk that shows what the tills do, and notes how late each row is."""

    def __init__(self, folder: Path, login: JoinedTill) -> None:
        self._login = login
        self._composition = Composition(
            Config(
                api=_API,
                ledger_urls=(),
                network=NETWORKS[plan.NETWORK],
                data_dir=folder / "monitor",
                credentials=None,
                practice=False,
                monitor=True,
            ),
            None,
        )
        self.late: list[float] = []
        self.rows = 0
        self._seen: set[tuple[str, Step]] = set()
        self.missing = -1
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Open the desk, and join the shop."""
        desk = self._composition.build_desk()
        desk.on_rows(self._on_rows)
        desk.shop.on_view(lambda view: setattr(self, "missing", view.missing))
        await desk.start()
        self._shop = ShopReplication(
            self._login.address,
            self._login.password,
            desk=desk,
            journal=self._composition.journal,
            ledger=False,
        )
        self._shop.start()

    async def until(self, rows: int) -> None:
        """Return when so many rows have come or changed."""
        async with asyncio.timeout(_PATIENCE):
            while self.rows < rows:
                self._changed.clear()
                await self._changed.wait()

    async def facts(self) -> int:
        """How many facts its journal has."""
        found = await asyncio.to_thread(
            self._composition.journal.run_and_wait,
            lambda db: db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0],
        )
        return int(found)

    async def close(self) -> None:
        """End."""
        await self._shop.stop()
        await self._composition.close()

    def _on_rows(self, rows: Sequence[RequestRow]) -> None:
        now = datetime.now(UTC)
        for row in rows:
            # A row comes again when anything else about it changes: each step counts once.
            step = (row.identifier, row.request.step)
            if step not in self._seen and row.last_heard_at:
                self._seen.add(step)
                self.rows += 1
                self.late.append((now - row.last_heard_at).total_seconds())
        self._changed.set()


async def measure(given: argparse.Namespace, folder: Path, stack: ExitStack) -> dict[str, Any]:
    """All of it, in this order."""
    cluster = PostgresCluster(durable=True)
    stack.callback(cluster.remove)
    await asyncio.to_thread(cluster.create)
    shop = PostgresShop(cluster)
    logins = [await asyncio.to_thread(shop.join, f"till {place}") for place in range(given.tills)]
    monitor = _Monitor(folder, await asyncio.to_thread(shop.join, "monitor", TillRole.MONITOR))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.shop", "--load", str(folder),
        "--open", str(given.open), "--past", str(given.past), "--rate", str(given.rate),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    told = [
        {"address": shop_address.format_address(one.address), "password": one.password}
        for one in logins
    ]

    async def ask(line: str) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{line}\n".encode())
        await child.stdin.drain()
        assert await child.stdout.readline()

    await ask(json.dumps(told))
    await ask("ship")
    whole = 3 * given.open + 6 * given.past
    await _until_shipped(shop, whole)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.monotonic()
    await monitor.start()
    while await monitor.facts() < whole:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.05)
    joined = time.monotonic() - begin
    await monitor.until(given.open)
    shown = time.monotonic() - begin
    await asyncio.sleep(2.0)
    monitor.late.clear()
    before, used = monitor.rows, _processor()
    wall = time.monotonic()
    count = given.rate * given.seconds
    await ask(f"open {count}")
    await monitor.until(before + count)
    busy = (_processor() - used) / (time.monotonic() - wall)
    late = sorted(monitor.late)
    used, wall = _processor(), time.monotonic()
    await asyncio.sleep(10.0)
    idle = (_processor() - used) / (time.monotonic() - wall)
    before = monitor.rows
    await asyncio.to_thread(cluster.kill)
    await ask(f"open {given.rate * given.away}")
    await asyncio.to_thread(cluster.start)
    begin = time.monotonic()
    await monitor.until(before + given.rate * given.away)
    caught_up = time.monotonic() - begin
    await monitor.close()
    child.stdin.close()
    await child.wait()
    return {
        "tills": given.tills,
        "open": given.open,
        "past": given.past,
        "rate": given.rate,
        "join_seconds": round(joined, 1),
        "join_until_shown_seconds": round(shown, 1),
        "late_p50_ms": round(1000 * quantile(late, 0.5), 1),
        "late_p99_ms": round(1000 * quantile(late, 0.99), 1),
        "late_of": len(late),
        "monitor_cpu_percent": round(100 * busy, 1),
        "monitor_idle_cpu_percent": round(100 * idle, 1),
        "monitor_memory_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024,
        "away_seconds": given.away,
        "caught_up_seconds": round(caught_up, 1),
    }


async def _until_shipped(shop: PostgresShop, whole: int) -> None:
    count = "SELECT coalesce(sum(number), 0) FROM xumm_desk.chain_ends"
    async with asyncio.timeout(_PATIENCE):
        while (await asyncio.to_thread(partial(shop.rows, count)))[0][0] < whole:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """The command; also the child."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (
        ("tills", 20),
        ("open", 10_000),
        ("past", 0),
        ("rate", 200),
        ("seconds", 20),
        ("away", 10),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load is not None:
        return _load(given.load, given)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = asyncio.run(measure(given, folder, stack))
    _say(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
