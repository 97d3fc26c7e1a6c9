"""Measure a shop of several tills on PostgreSQL, all on this computer; run it as a command:

    PYTHONPATH=tests .venv/bin/python -m benchmarks.shop --tills 20 --open 10000 --rate 200

Each till is a process with a journal and a replicator, as in a shop; this process is the monitor, a
desk without a window. Prints JSON: how long a fact takes from a till to the monitor's row, how long
the monitor takes to join with all that is open and past, how much of a core each till uses, and how
long to catch up after the database was away while the tills went on, and after it failed over to a
standby.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.replication import shop_address
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView
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
_SOCKET: Final = facts.Source.SOCKET
_LOST: Final = facts.FactKind.SOCKET_LOST
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
            on_facts=lambda _news: None,
            on_view=self._on_view,
        )
        self._view = ShopView()
        self._changed = threading.Condition()

    def until_level(self) -> None:
        """Wait until it has sent all of its own facts, and has all of the others'."""
        with self._changed:
            # What it saw at last was of before the others had shipped.
            self._view = ShopView()
            self._changed.wait_for(self._is_level, _PATIENCE)

    def _is_level(self) -> bool:
        view = self._view
        return view.connected and view.unsent == view.missing == 0

    def _on_view(self, view: ShopView) -> None:
        with self._changed:
            self._view = view
            self._changed.notify_all()

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
    """A till's process: fill its journal, then do what each line of the input says."""
    told = json.loads(sys.stdin.readline())
    login = JoinedTill(_address(told["address"]), told["password"])
    place, tills = told["place"], told["tills"]
    till = _Till(folder / f"till{place}.sqlite3", login)
    expires_at = datetime.now(UTC) + timedelta(hours=3)
    made = 0
    for number in range(place, given.past, tills):
        name, past = fill.ended(number, _API)
        till.write([FactRecord(name, fact) for fact in past])
        made += len(past)
    mine = list(range(place, given.open, tills))
    waiting = list(mine)
    for index in waiting:
        begun = fill.unfinished(index, given.open, _API, expires_at)
        till.write([FactRecord(plan.identifier_of(index), fact) for fact in begun])
        made += len(begun)
    _say(str(made))
    random.Random(place).shuffle(waiting)
    for line in sys.stdin:
        match line.split():
            case ["ship"]:
                till.replicator.start()
            case ["level"]:
                till.until_level()
            case ["write", count]:
                for number in range(int(count)):
                    # Facts that change no row, as fast as the journal takes them.
                    name = plan.identifier_of(mine[number % len(mine)])
                    lost = facts.make_fact(datetime.now(UTC), _SOCKET, _LOST, {"why": "benchmark"})
                    till.write([FactRecord(name, lost)])
            case ["open", count]:
                # The tills take turns.
                begin = time.monotonic() + place / given.rate
                for number in range(int(count)):
                    time.sleep(max(0.0, begin + number * tills / given.rate - time.monotonic()))
                    _open(till, waiting.pop())
        _say("done")
    till.replicator.stop()
    return 0


def _open(till: _Till, index: int) -> None:
    """A customer scans the code of a request."""
    fact = facts.fact_from_frame(
        datetime.now(UTC), _OPENED, parse_frame(_OPENED, plan.uuid_of(index))
    )
    till.write([FactRecord(plan.identifier_of(index), fact)])


class _Child:
    """A till's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, folder: Path, given: argparse.Namespace) -> _Child:
        """Start it."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "benchmarks.shop", "--load", str(folder),
                "--open", str(given.open), "--past", str(given.past), "--rate", str(given.rate),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        )  # fmt: skip

    async def ask(self, line: str) -> str:
        """Let it do something; returns its answer when it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()
        answer = await self._process.stdout.readline()
        assert answer
        return answer.decode().strip()

    def processor(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes that are resident."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def end(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


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

    async def has(self, facts: int) -> None:
        """Return when its journal has so many facts."""
        await self._until(f"SELECT coalesce(max(seq), 0) >= {facts} FROM facts")

    async def is_indexed(self) -> None:
        """Return when the history shows all of them, which it makes in idle moments."""
        await self._until("SELECT NOT EXISTS (SELECT 1 FROM index_todo)")

    async def _until(self, query: str) -> None:
        run = self._composition.journal.run_and_wait
        async with asyncio.timeout(_PATIENCE):
            while not await asyncio.to_thread(run, _number(query)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

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
    standby = PostgresCluster(durable=True)
    stack.callback(standby.remove)

    async def join(name: str, role: TillRole = TillRole.TILL) -> JoinedTill:
        login = await asyncio.to_thread(shop.join, name, role)
        both = (*login.address.ports, standby.port)
        address = replace(login.address, hosts=(*login.address.hosts, "127.0.0.1"), ports=both)
        return JoinedTill(address, login.password)

    logins = [await join(f"till {place}") for place in range(given.tills)]
    monitor = _Monitor(folder, await join("monitor", TillRole.MONITOR))
    children = [await _Child.start(folder, given) for _ in logins]

    async def ask(lines: Sequence[str]) -> list[str]:
        asked = (child.ask(line) for child, line in zip(children, lines, strict=True))
        return await asyncio.gather(*asked)

    async def open_some(count: int) -> None:
        await ask([f"open {count // given.tills}"] * given.tills)

    made = await ask(
        [
            json.dumps(
                {
                    "address": shop_address.format_address(one.address),
                    "password": one.password,
                    "place": place,
                    "tills": given.tills,
                }
            )
            for place, one in enumerate(logins)
        ]
    )
    tills_memory = sum(child.memory() for child in children)
    await ask(["ship"] * given.tills)
    whole = joined_facts = sum(map(int, made))
    await _until_shipped(shop, whole)
    await ask(["level"] * given.tills)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, used = time.monotonic(), _processor()
    await monitor.start()
    await monitor.has(whole)
    joined, joined_used = time.monotonic() - begin, _processor() - used
    await monitor.until(given.open)
    shown = time.monotonic() - begin
    await asyncio.sleep(2.0)
    monitor.late.clear()
    before, used = monitor.rows, _processor()
    wall = time.monotonic()
    count = given.rate * given.seconds
    tills_used = sum(child.processor() for child in children)
    await open_some(count)
    await monitor.until(before + count)
    busy = (_processor() - used) / (time.monotonic() - wall)
    late = sorted(monitor.late)
    tills_busy = sum(child.processor() for child in children) - tills_used
    tills_busy /= time.monotonic() - wall
    await asyncio.sleep(3.0)
    await monitor.is_indexed()
    used, wall = _processor(), time.monotonic()
    tills_used = sum(child.processor() for child in children)
    await asyncio.sleep(10.0)
    tills_memory = sum(child.memory() for child in children) - tills_memory
    tills_idle = (sum(child.processor() for child in children) - tills_used) / 10.0
    idle = (_processor() - used) / (time.monotonic() - wall)
    whole += count
    share = given.behind // given.tills
    await asyncio.to_thread(cluster.kill)
    await ask([f"write {share}"] * given.tills)
    whole += share * given.tills
    await asyncio.to_thread(cluster.start)
    begin = time.monotonic()
    await _until_shipped(shop, whole)
    shipped = time.monotonic() - begin
    await monitor.has(whole)
    caught_up = time.monotonic() - begin
    await ask(["level"] * given.tills)
    levelled = time.monotonic() - begin
    await asyncio.to_thread(standby.copy_of, cluster)
    await asyncio.to_thread(cluster.kill)
    await ask(["write 10"] * given.tills)
    whole += 10 * given.tills
    await asyncio.to_thread(standby.promote)
    begin = time.monotonic()
    await monitor.has(whole)
    failed_over = time.monotonic() - begin
    await monitor.close()
    await asyncio.gather(*(child.end() for child in children))
    return {
        "tills": given.tills,
        "open": given.open,
        "past": given.past,
        "rate": given.rate,
        "join_facts": joined_facts,
        "join_seconds": round(joined, 1),
        "join_processor_seconds": round(joined_used, 1),
        "join_until_shown_seconds": round(shown, 1),
        "late_p50_ms": round(1000 * quantile(late, 0.5), 1),
        "late_p99_ms": round(1000 * quantile(late, 0.99), 1),
        "late_of": len(late),
        "monitor_cpu_percent": round(100 * busy, 1),
        "monitor_idle_cpu_percent": round(100 * idle, 1),
        "till_cpu_percent": round(100 * tills_busy / given.tills, 2),
        "till_idle_cpu_percent": round(100 * tills_idle / given.tills, 2),
        "till_memory_mb": round(tills_memory / given.tills / 2**20, 1),
        "monitor_memory_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024,
        "facts_behind": share * given.tills,
        "shipped_seconds": round(shipped, 1),
        "caught_up_seconds": round(caught_up, 1),
        "tills_caught_up_seconds": round(levelled, 1),
        "failed_over_seconds": round(failed_over, 1),
    }


async def _until_shipped(shop: PostgresShop, whole: int) -> None:
    count = "SELECT coalesce(sum(number), 0) FROM xumm_desk.chain_ends"
    async with asyncio.timeout(_PATIENCE):
        while (await asyncio.to_thread(partial(shop.rows, count)))[0][0] < whole:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def _number(query: str) -> Callable[[sqlite3.Connection], int]:
    return lambda db: int(db.execute(query).fetchone()[0])


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
        ("behind", 4_000),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load is not None:
        return _load(given.load, given)
    if given.rate * given.seconds > given.open:
        parser.error("each request is opened once: --open is at least --rate times --seconds")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = asyncio.run(measure(given, folder, stack))
    _say(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
