"""A scripted day during which the program is killed again and again; run it as a command:

    .venv/bin/python tests/soak/kill.py --kills 200 --requests 120

New requests come through the whole day, so that each kill meets some that are on their way.
Compares with the simulator's report; prints the numbers as JSON and ends with 1 if any request was
lost, created twice, or judged wrongly, or if too few reached the platform to prove anything.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from xumm_desk.simulator import Delays, Simulator, SimulatorOptions
from xumm_desk.simulator.scripted_customers import Script

MIX = {
    "pays": 50.0,
    "declines": 10.0,
    "pays_late": 8.0,
    "walks_off": 6.0,
    "never": 6.0,
    "wrong_amount": 5.0,
    "tec": 5.0,
    "no_dispatch": 5.0,
    "second_payer": 5.0,
}
EXPIRE_MINUTES = 1
SETTLE_SECONDS = 70.0
SETTLE_SPEED = 35.0
START_LIMIT = 60.0
UNSENT_SHARE = 0.25
"""Of the requests; more that never reached the platform, and the soak has proven nothing."""


@dataclass
class Numbers:
    """What a soak found: lost to broken_journal must be zero, never_sent few."""

    kills: int = 0
    requests: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0
    broken_journal: int = 0
    never_sent: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, doubled or wrong, among enough requests."""
        return not (self.lost or self.duplicated or self.wrong or self.broken_journal) and (
            self.never_sent <= self.requests * UNSENT_SHARE
        )


async def soak(
    kills: int, requests: int, seed: int, folder: Path, last_run: float = 60.0
) -> Numbers:
    """Run the day in `folder` and compare its end with the books. `last_run` are the seconds for
    which the last run may wait for what never ends by itself (opened, then left)."""
    dice = random.Random(seed)
    options = SimulatorOptions(ledger_interval=0.3, seed=seed, rate_limit=6000, create_limit=6000)
    numbers = Numbers(requests=requests)
    async with Simulator(options) as sim:
        sim.customers.set_script(Script("auto", "pays", MIX, Delays(0.1, 2.0, 0.1, 2.0)))
        file = folder / "day.jsonl"
        lines = [_line(sim.shop, number) for number in range(requests)]
        desk = _Program(sim, folder, str(file))
        for kill in range(1, kills + 1):
            file.write_text("".join(lines[: -(-requests * kill // kills)]), encoding="utf-8")
            if dice.random() < 0.3:
                await desk.run_and_kill(dice.uniform(0.3, 2.5), at_work=False)
            else:
                await desk.run_and_kill(dice.uniform(0.0, 1.8), at_work=True)
            numbers.kills += 1
        # Let every phone finish, and let what nobody opened expire.
        sim.clock.set_speed(SETTLE_SPEED)
        await asyncio.sleep(SETTLE_SECONDS / SETTLE_SPEED)
        sim.clock.set_speed(1)
        last = await desk.run_to_end(last_run)
        _compare(sim, last, numbers)
        numbers.broken_journal = int(await desk.verify() != 0)
    return numbers


class _Program:
    """The command line as its own process, on one data folder."""

    def __init__(self, sim: Simulator, folder: Path, file: str) -> None:
        self._file = file
        self._folder = folder
        self._environment = {
            **os.environ,
            "XUMM_APIKEY": sim.key,
            "XUMM_APISECRET": sim.secret,
            "XUMM_DESK_API": sim.api,
            "XUMM_DESK_LEDGER": sim.ledger,
            "XUMM_DESK_NETWORK": "TESTNET",
            "XUMM_DESK_DATA_DIR": str(folder / "data"),
        }

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "xumm_desk",
            *arguments,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def run_and_kill(self, after: float, at_work: bool) -> None:
        """Start it and end it with SIGKILL, wherever it is by then. `after` are seconds from its
        start, or `at_work` from its first line: on a busy computer it would never get beyond the
        start otherwise."""
        child = await self._start("request", self._file, "--json")
        assert child.stdout is not None
        if at_work:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.stdout.readline(), START_LIMIT)
        reading = asyncio.ensure_future(child.stdout.read())
        await asyncio.sleep(after)
        if child.returncode is None:
            child.kill()
        await reading
        await child.wait()

    async def run_to_end(self, seconds: float) -> dict[str, dict[str, Any]]:
        """Start it once more and let it end; the last object of each request."""
        child = await self._start("request", self._file, "--json", "--timeout", str(seconds))
        out, _ = await child.communicate()
        lines = [json.loads(line) for line in out.decode().splitlines()]
        return {line["identifier"]: line for line in lines}

    async def verify(self) -> int:
        """The exit code of `verify-journal`."""
        child = await self._start("verify-journal")
        await child.communicate()
        return child.returncode or 0


def _line(shop: str, number: int) -> str:
    body = {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": shop,
            "DestinationTag": number,
            "Amount": str(1_000_000 + number),
        },
        "options": {"expire": EXPIRE_MINUTES},
        "custom_meta": {"identifier": f"day-{number}"},
    }
    return json.dumps(body) + "\n"


def _compare(sim: Simulator, last: dict[str, dict[str, Any]], numbers: Numbers) -> None:
    books = sim.report()
    made = Counter(line["identifier"] for line in books["payloads"])
    truth = {line["identifier"]: line for line in books["payloads"]}
    for number in range(numbers.requests):
        name = f"day-{number}"
        told = last.get(name)
        if told is None or (made[name] == 0 and told["status"] != "failed"):
            numbers.lost += 1
            numbers.details.append(f"{name}: lost ({told})")
            continue
        numbers.ended[told["status"]] = numbers.ended.get(told["status"], 0) + 1
        numbers.never_sent += made[name] == 0
        if made[name] > 1:
            numbers.duplicated += 1
            numbers.details.append(f"{name}: created {made[name]} times")
        if made[name] and told["status"] not in _right(truth[name], books["transactions"]):
            numbers.wrong += 1
            numbers.details.append(f"{name}: {told['status']}, but the books say {truth[name]}")


def _right(payload: dict[str, Any], transactions: list[dict[str, Any]]) -> set[str]:
    """What an all-seeing reference may call this request."""
    state = payload["state"]
    if state != "signed":
        words = {
            "rejected": {"declined"},
            "cancelled": {"cancelled"},
            "expired": {"expired"},
            "expired after opening": {"expired_opened"},
            "opened": {"opened"},
            "created": {"waiting"},
        }
        return words[state]
    if len(payload["paid_by"]) > 1:
        return {"check"}  # a second phone paid too: the ledger knows, and a person must refund
    tx = next((t for t in transactions if t["hash"] == payload["txid"]), None)
    if tx is None:
        return {"failed", "confirming"}
    if tx["result"] != "tesSUCCESS":
        return {"failed"}
    if tx["delivered"] != payload["amount"]:
        return {"check"}
    twice = [
        t
        for t in transactions
        if t["meant_for"] == payload["uuid"] and t["result"] == "tesSUCCESS" and t is not tx
    ]
    # A second payment is a case for a person, unless the command had ended when it came.
    return {"paid", "paid_late", "check"} if twice else {"paid", "paid_late"}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        numbers = asyncio.run(soak(options.kills, options.requests, options.seed, Path(folder)))
    sys.stdout.write(json.dumps(asdict(numbers), indent=2) + "\n")
    return 0 if numbers.clean else 1


if __name__ == "__main__":
    sys.exit(main())
