"""How many facts a second go through one shop's database, and how soon another till hears of one.

Twenty tills in two processes ship batches to a PostgreSQL server that writes to disk (fsync on).
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import threading
import time
from multiprocessing.synchronize import Barrier
from typing import Any

from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop

from xumm_desk.core.replication.replicated_fact import ReplicatedFact
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.store.replication.shop_database import ShopDatabase

_TEXT = '{"payload_uuidv4":"' + "x" * 36 + '","signed":true,"hex":"' + "A" * 330 + '"}'
_PROCESSES = 2
_SINGLES = 300

Login = tuple[ShopAddress, str]


def ship_all(logins: list[Login], batches: int, size: int, begin: Barrier, results: Any) -> None:
    """Ship the batches of some tills, each on a connection and a thread of its own."""
    tills = [JoinedTill(*login) for login in logins]
    work = [(till.connect(), [till.facts(size, _TEXT) for _ in range(batches)]) for till in tills]
    took: list[float] = []

    def ship(database: ShopDatabase, facts: list[list[ReplicatedFact]]) -> None:
        for batch in facts:
            start = time.perf_counter()
            database.ship(batch)
            took.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ship, args=one) for one in work]
    begin.wait()
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((start, time.monotonic(), took))
    for database, _ in work:
        database.close()


def measure_ship(logins: list[Login], batches: int, size: int) -> str:
    """Facts a second of all tills together."""
    context = multiprocessing.get_context("spawn")
    begin, results = context.Barrier(_PROCESSES), context.Queue()
    processes = [
        context.Process(
            target=ship_all, args=(logins[n::_PROCESSES], batches, size, begin, results)
        )
        for n in range(_PROCESSES)
    ]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    seconds = max(end for _, end, _ in found) - min(start for start, _, _ in found)
    total = len(logins) * batches * size
    took = [one for _, _, times in found for one in times]
    return (
        f"ship, {len(logins)} tills, batches of {size}: {total / seconds:,.0f} facts/s,"
        f" a batch {_percentiles(took)}"
    )


def measure_read(database: ShopDatabase, tills: list[str]) -> str:
    """Facts a second of one reader from the beginning."""
    after = dict.fromkeys(tills, 0)
    count, start = 0, time.monotonic()
    while found := database.read(after, 2000):
        for fact in found:
            after[fact.till] = fact.number
        count += len(found)
    return f"read, 2,000 at once: {count / (time.monotonic() - start):,.0f} facts/s"


def measure_hearing(sender: JoinedTill, listener: JoinedTill) -> str:
    """From the call of `ship` with one fact until `wait` returns at another connection."""
    sending, hearing = sender.connect(), listener.connect()
    sender.end = sending.own_end()
    hearing.listen()
    took = []
    for _ in range(_SINGLES):
        batch = sender.facts(1, _TEXT)
        start = time.perf_counter()
        thread = threading.Thread(target=sending.ship, args=(batch,))
        thread.start()
        heard: dict[str, int] = {}
        while heard.get(sender.id) != batch[0].number:
            heard = hearing.wait(60)
        took.append(time.perf_counter() - start)
        thread.join()
    sending.close()
    hearing.close()
    return f"one fact, shipped until heard: {_percentiles(took)}"


def _percentiles(seconds: list[float]) -> str:
    parts = statistics.quantiles(seconds, n=100)
    return f"p50 {parts[49] * 1000:.1f} ms, p99 {parts[98] * 1000:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tills", type=int, default=20)
    parser.add_argument("--batches", type=int, default=20, help="of each till")
    parser.add_argument("--size", type=int, default=500, help="facts in a batch")
    options = parser.parse_args()
    cluster = PostgresCluster(
        durable=True, settings={"log_statement": "none", "max_wal_size": "2GB"}
    )
    try:
        cluster.create()
        shop = PostgresShop(cluster)
        tills = [shop.join(f"Till {n}") for n in range(options.tills)]
        logins = [(till.address, till.password) for till in tills]
        report = [measure_ship(logins, options.batches, options.size)]
        report.append(measure_read(shop.open(tills[0]), [till.id for till in tills]))
        report.append(measure_hearing(tills[0], tills[-1]))
        size = shop.rows(
            "SELECT pg_total_relation_size('xumm_desk.facts') / count(*) FROM xumm_desk.facts"
        )
        report.append(f"a fact on disk with its index: {size[0][0]} bytes")
        shop.remove()
    finally:
        cluster.remove()
    sys.stdout.write("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
