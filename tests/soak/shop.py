"""Tills of a shop under SIGKILL, with their database killed and failed over; run it as a command:

    PYTHONPATH=tests .venv/bin/python -m soak.shop --tills 5 --kills 200 --database-kills 50 \\
        --failovers 20

Each till is a process with a journal and a replicator of its own that sells without end, names each
sale that is on its disk, finds things out about sales of others, which several tills do at once,
and refunds sales of all. A small proxy between them and the database cuts connections and makes
them slow. At the end all run undisturbed until nothing is missing anywhere: every sale that was
named must be on every till and on a monitor, once, no destination tag may be two sales', no sale
may be refunded twice, and all must have the same facts. Prints the numbers as JSON and ends with 1
where something was lost or came twice.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop
from store.history.sale_specs import sale_spec

from xumm_desk.core.replication import shop_address
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import BULK, ShopView
from xumm_desk.core.replication.takeover import refund_lease
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.store import database, destination_tags, journal_check
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.replication import local_facts, shop_database
from xumm_desk.store.replication.replicator import Replicator

_PATIENCE: Final = 300.0
_TAGS: Final = TagRange(1, 4_000_000)
_REFUNDS: Final = 0.2
_REFUNDED_FOR: Final = 20
"""Seconds for which the tills refund the same sales: longer than a lease of a refund is kept."""
_REFUND: Final = "refund:"
_LOOK: Final = 0.5
"""Seconds between two looks at how far the tills are, when nobody sells any more."""
_LOOKS: Final = 3


@dataclass
class Numbers:
    """What was found. The last six must be empty."""

    tills: int = 0
    till_kills: int = 0
    database_kills: int = 0
    failovers: int = 0
    cuts: int = 0
    sold: int = 0
    tags: int = 0
    refunds: int = 0
    facts: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    shared_tags: list[int] = field(default_factory=list)
    refunded_twice: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, came twice, or is different anywhere."""
        found = (self.lost, self.twice, self.shared_tags, self.refunded_twice, self.different)
        return not any((*found, self.damage))


class Proxy:
    """Passes connections on to a server that may change; cuts them, and holds them up."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.slow = 0.0
        self.cuts = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        """End all connections."""
        assert self._server is not None
        self._server.close()
        self.cut(1.0, random.Random(0))

    def cut(self, share: float, dice: random.Random) -> None:
        """Cut about this share of the connections."""
        for writer in list(self._open):
            if dice.random() < share:
                self.cuts += 1
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            for end in (writer, back):
                self._open.discard(end)
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.slow:
                    await asyncio.sleep(self.slow)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


# A till in a process of its own.


def _till(path: Path, name: str, login: JoinedTill, *, sells: bool, rests: bool) -> None:
    """Sell and replicate; with `rests` only replicate, until nothing is missing for a while."""
    db = database.connect(path)
    one = threading.Lock()
    view: list[ShopView] = [ShopView()]

    def run(job: Any) -> Any:
        with one:
            return job(db)

    replicator = Replicator(
        lambda: shop_database.connect(
            login.address, login.password, instance=f"{name} {os.getpid()}", patience=10.0
        ),
        run,
        ledger=True,
        version="soak",
        on_facts=lambda _news: None,
        on_view=lambda told: view.__setitem__(0, told),
    )

    def write(identifier: str, fact: Fact) -> None:
        with one:
            assert not commit_group(db, [FactRecord(identifier, fact)], lambda: None)
        replicator.wake()

    run(partial(local_facts.join, till=login.id))
    if sells:
        # So that some are leased to it as soon as it is connected.
        run(partial(destination_tags.reserve, within=_TAGS, now=datetime.now(UTC)))
    replicator.start()
    _say("started")
    dice = random.Random(f"{name} {os.getpid()}")
    while sells and not rests:
        if dice.random() < _REFUNDS and view[0].connected and view[0].missing <= BULK:
            _refund(replicator, write, run, dice)
        _act(write, run, name, dice)
        time.sleep(dice.uniform(0.0, 0.02))
    for _ in sys.stdin:  # each line asks for the state
        told = view[0]
        (facts,) = run(lambda db: db.execute("SELECT count(*) FROM facts").fetchone())
        state = {
            "settled": told.connected and not told.unsent and not told.missing,
            "facts": facts,
        }
        _say(json.dumps(state))
    replicator.stop()
    db.close()


def _refund(replicator: Replicator, write: Any, run: Any, dice: random.Random) -> None:
    """Refund one of the few sales that all tills refund now, as a desk does: with its lease, and
    where no refund of it is known."""
    sale = f"sale-{int(time.time()) // _REFUNDED_FOR}-{dice.randrange(8)}"
    try:
        held = replicator.hold(refund_lease(sale)).result(_PATIENCE)
    except ShopDatabaseError:
        return
    known = run(
        lambda db: db.execute(
            "SELECT 1 FROM requests WHERE identifier LIKE ?", (f"{_REFUND}{sale}:%",)
        ).fetchone()
    )
    if not held or known:
        return
    identifier = f"{_REFUND}{sale}:{dice.getrandbits(48):012x}"
    spec = replace(sale_spec(1 + dice.randrange(900)), identifier=identifier)
    write(
        identifier, make_fact(datetime.now(UTC), Source.OPERATOR, FactKind.INTENT, spec.to_json())
    )
    _say(f"sold {identifier}")


def _act(write: Any, run: Any, name: str, dice: random.Random) -> None:
    """Sell something, or find something out about a sale of anybody."""
    now = datetime.now(UTC)
    if dice.random() < 0.5:
        tag = run(partial(destination_tags.reserve, within=_TAGS, now=now))
        if tag is None:
            return  # none is leased to it yet
        _say(f"tag {tag}")
        identifier = f"{name}-{dice.getrandbits(48):012x}"
        spec = replace(sale_spec(1 + dice.randrange(900)), identifier=identifier)
        write(identifier, make_fact(now, Source.OPERATOR, FactKind.INTENT, spec.to_json()))
        _say(f"sold {identifier}")
        return
    known = run(
        lambda db: db.execute(
            "SELECT identifier FROM requests ORDER BY rowid DESC LIMIT 1 OFFSET ?",
            (dice.randrange(20),),
        ).fetchone()
    )
    if known:
        value: JsonObject = {"n": dice.randrange(3)}
        write(known[0], make_fact(now, Source.PLATFORM, FactKind.NOT_FOUND, value))


class _Child:
    """The process of one till; begun again whenever it was killed."""

    def __init__(self, folder: Path, name: str, login: JoinedTill, *, sells: bool) -> None:
        self.path = folder / f"{name}.sqlite3"
        self.name, self.login, self.sells = name, login, sells
        self.sold: list[str] = []
        self.tags: list[int] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def start(self, *, rests: bool = False) -> None:
        """Begin."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "soak.shop", "--till", str(self.path), "--name", self.name,
            *(["--sells"] if self.sells else []), *(["--rests"] if rests else []),
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "SHOP_ADDRESS": shop_address.format_address(self.login.address),
                "SHOP_PASSWORD": self.login.password,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        begun = await self._process.stdout.readline()
        assert begun == b"started\n", begun
        self._reading = asyncio.ensure_future(self._read(self._process.stdout))

    async def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        assert self._reading is not None
        self._process.kill()
        await self._process.wait()
        await self._reading

    async def close(self) -> None:
        """Let it end."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def state(self) -> dict[str, Any]:
        """How far it is."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()
        return await self._answers.get()

    async def _read(self, out: asyncio.StreamReader) -> None:
        while line := await out.readline():
            # A line that the kill cut off was not acknowledged.
            if line.startswith(b"sold ") and line.endswith(b"\n"):
                self.sold.append(line[5:-1].decode())
            elif line.startswith(b"tag ") and line.endswith(b"\n"):
                self.tags.append(int(line[4:]))
            elif line.startswith(b"{"):
                self._answers.put_nowait(json.loads(line))


async def soak(
    *, tills: int, kills: int, database_kills: int, failovers: int, seed: int, folder: Path
) -> Numbers:
    """Let the shop run until so much has been killed, then compare."""
    begin = time.monotonic()
    dice = random.Random(seed)
    primary = PostgresCluster(durable=True)
    await asyncio.to_thread(primary.create)
    proxy = Proxy(primary.port)
    await proxy.start()
    clusters = [primary]
    shop = PostgresShop(primary)
    numbers = Numbers(tills=tills)
    children = [
        _Child(folder, f"till{place}", _through(shop.join(f"till{place}"), proxy), sells=True)
        for place in range(tills)
    ]
    monitor = _Child(
        folder, "monitor", _through(shop.join("monitor", TillRole.MONITOR), proxy), sells=False
    )
    shop.owner.close()
    everyone = [*children, monitor]
    try:
        await asyncio.gather(*(child.start() for child in everyone))
        events = ["till"] * kills + ["database"] * database_kills + ["failover"] * failovers
        dice.shuffle(events)
        for event in events:
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            proxy.slow = dice.choice((0.0, 0.0, 0.0, 0.05))
            if dice.random() < 0.3:
                proxy.cut(0.3, dice)
            if event == "till":
                child = dice.choice(everyone)
                await child.kill()
                await child.start()
                numbers.till_kills += 1
            elif event == "database":
                await asyncio.to_thread(clusters[-1].kill)
                await asyncio.sleep(dice.uniform(0.0, 1.0))
                await asyncio.to_thread(clusters[-1].start)
                numbers.database_kills += 1
            else:
                await _fail_over(clusters, proxy)
                numbers.failovers += 1
        proxy.slow = 0.0
        await _settle(everyone)
    finally:
        numbers.cuts = proxy.cuts
        await proxy.stop()
        for cluster in clusters:
            await asyncio.to_thread(cluster.remove)
    _compare(everyone, numbers)
    numbers.seconds = round(time.monotonic() - begin, 1)
    return numbers


def _through(login: JoinedTill, proxy: Proxy) -> JoinedTill:
    return JoinedTill(replace(login.address, ports=(proxy.port,)), login.password)


async def _fail_over(clusters: list[PostgresCluster], proxy: Proxy) -> None:
    """Make a standby, kill the primary, promote the standby. Replication between the two waits for
    each commit, as a shop that may lose nothing sets it up."""
    old, new = clusters[-1], PostgresCluster(durable=True)
    await asyncio.to_thread(new.copy_of, old)
    await asyncio.to_thread(_wait_for_standby, old)
    await asyncio.to_thread(old.execute, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    await asyncio.to_thread(old.execute, "SELECT pg_reload_conf()")
    await asyncio.sleep(0.3)
    await asyncio.to_thread(old.kill)
    await asyncio.to_thread(new.promote)
    await asyncio.to_thread(new.execute, "ALTER SYSTEM RESET synchronous_standby_names")
    await asyncio.to_thread(new.execute, "SELECT pg_reload_conf()")
    proxy.target = new.port
    proxy.cut(1.0, random.Random(0))
    clusters.append(new)
    await asyncio.to_thread(old.remove)


def _wait_for_standby(primary: PostgresCluster) -> None:
    end = time.monotonic() + _PATIENCE
    while not primary.execute("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"):
        assert time.monotonic() < end
        time.sleep(0.05)


async def _settle(everyone: list[_Child]) -> None:
    """Let nobody sell, and wait until all have everything: the same, as often as `_LOOKS` says; or
    until none gets any further, and `_compare` finds what is different."""
    for child in everyone:
        await child.kill()
    await asyncio.gather(*(child.start(rests=True) for child in everyone))
    end = time.monotonic() + _PATIENCE
    same = 0
    known: list[Any] = []
    while True:
        assert time.monotonic() < end, known
        await asyncio.sleep(_LOOK)
        states = [await child.state() for child in everyone]
        settled = all(state["settled"] for state in states)
        same = same + 1 if settled and states == known else 0
        known = states
        alike = len({state["facts"] for state in states}) == 1
        if same >= _LOOKS * (1 if alike else 4):
            break
    await asyncio.gather(*(child.close() for child in everyone))


def _compare(everyone: list[_Child], numbers: Numbers) -> None:
    sold = [name for child in everyone for name in child.sold]
    numbers.sold = len(sold)
    numbers.twice += [name for name, count in Counter(sold).items() if count > 1]
    tags = Counter(tag for child in everyone for tag in child.tags)
    numbers.tags = len(tags)
    numbers.shared_tags = [tag for tag, count in tags.items() if count > 1]
    first: tuple[int, str] | None = None
    for child in everyone:
        with closing(sqlite3.connect(child.path)) as db:
            intents = Counter(
                row[0] for row in db.execute("SELECT identifier FROM facts WHERE kind = 'intent'")
            )
            found = _digest(db)
        numbers.lost += [f"{name} on {child.name}" for name in sold if name not in intents]
        numbers.twice += [f"{name} on {child.name}" for name, count in intents.items() if count > 1]
        if first is None:
            # Also those that were on the disk and not named before the kill.
            refunds = Counter(name.split(":")[1] for name in intents if name.startswith(_REFUND))
            numbers.refunds = len(refunds)
            numbers.refunded_twice += [sale for sale, count in refunds.items() if count > 1]
        first = first or found
        numbers.facts = max(numbers.facts, found[0])
        if found != first:
            numbers.different.append(f"{child.name}: {found[0]} facts, {first[0]} elsewhere")
        report = journal_check.verify_chain(child.path)
        numbers.damage += [f"{child.name}: {sentence}" for sentence in report.messages]


def _digest(db: sqlite3.Connection) -> tuple[int, str]:
    """How many different facts there are, and a hash of all."""
    rows = db.execute(
        "SELECT DISTINCT identifier, at, witness, kind, text FROM facts ORDER BY 1, 2, 3, 4, 5"
    ).fetchall()
    return len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """The command; also the process of one till."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("tills", 5), ("kills", 200), ("database-kills", 50), ("failovers", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--till", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", default="", help=argparse.SUPPRESS)
    parser.add_argument("--sells", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rests", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.till is not None:
        address = shop_address.parse_address(os.environ["SHOP_ADDRESS"])
        assert address is not None
        login = JoinedTill(address, os.environ["SHOP_PASSWORD"])
        _till(given.till, given.name, login, sells=given.sells, rests=given.rests)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        numbers = asyncio.run(
            soak(
                tills=given.tills,
                kills=given.kills,
                database_kills=given.database_kills,
                failovers=given.failovers,
                seed=given.seed,
                folder=Path(folder),
            )
        )
    _say(json.dumps(asdict(numbers), indent=2))
    return 0 if numbers.clean else 1


if __name__ == "__main__":
    sys.exit(main())
