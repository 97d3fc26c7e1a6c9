"""Contender: plain asyncio, the same websockets client library, no window and no engine.

A coroutine for each socket parses JSON and writes into a dictionary: the least that a program can
do with these frames in this language. It dials 32 at once, as the desk does: with 64 it took as
long, with 256 longer, and its loop stood still for longer with both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from websockets.asyncio.client import connect

from . import plan
from .control import Control, raise_open_files
from .meter import Arrivals, HeartbeatMeter
from .plan import STEPS


class Plain:
    """Sockets and a dictionary."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.base = f"{'wss' if options.secure else 'ws'}://127.0.0.1:{options.port}/sign"
        self._context = ssl.create_default_context() if options.secure else None
        self.gate = asyncio.Semaphore(options.gate)
        self._tasks: list[asyncio.Task[None]] = []
        self.table: dict[str, dict[str, Any]] = {}
        self.arrivals = Arrivals(options.count)

    def dial(self) -> None:
        """Start a task for each request."""
        self._tasks = [
            asyncio.create_task(self.follow(index)) for index in range(self.arrivals.count)
        ]

    def turn_pages(self, begin: int, number: int) -> None:
        """Show one page after the other, from the monotonic nanosecond `begin` on: here nothing is
        shown."""

    async def close(self) -> None:
        """End them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    async def follow(self, index: int) -> None:
        """The task of one request."""
        uuid = plan.uuid_of(index)
        row: dict[str, Any] = {"uuid": uuid, "status": "waiting"}
        self.table[uuid] = row
        async with self.gate:
            socket = await connect(
                f"{self.base}/{uuid}",
                ssl=self._context,
                compression=None,
                ping_interval=None,
                open_timeout=120,
            )
        async with socket:
            async for message in socket:
                self.take(index, row, json.loads(message))

    def take(self, index: int, row: dict[str, Any], value: dict[str, Any]) -> None:
        """Write one message into its row."""
        if "expires_in_seconds" in value:
            row["left"] = value["expires_in_seconds"]
            return
        for word, step in STEPS.items():
            if word in value:
                row["status"] = word if value[word] else "declined"
                self.arrivals.take(index, step, time.monotonic_ns())
                return


class Beating(Protocol):
    """A heartbeat that can be started and stopped."""

    def start(self) -> None:
        """Begin to beat."""
        ...

    def stop(self) -> dict[str, float]:
        """Beat no more; how it went, {} when it did not beat."""
        ...


class Heartbeat:
    """A heartbeat on the loop that should beat every millisecond."""

    def __init__(self) -> None:
        self._beats = HeartbeatMeter()
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._beats.start()
        self._next()

    def stop(self) -> dict[str, float]:
        """Beat no more; how it went."""
        if self._handle is None:
            return {}
        self._handle.cancel()
        self._handle = None
        return self._beats.report()

    def _next(self) -> None:
        self._handle = asyncio.get_running_loop().call_later(0.001, self._beat)

    def _beat(self) -> None:
        self._beats.beat()
        self._next()


async def reached(arrivals: Arrivals, kind: int, number: int, patience: float) -> int:
    """Wait until `number` requests show the event; how many do. Looks now and then: an event set
    by every arrival would be part of what is measured."""
    until = time.monotonic() + patience
    while arrivals.number[kind] < number and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return arrivals.number[kind]


async def run(plain: Plain, heart: Beating) -> None:
    """Do what the runner asks until it goes."""
    raise_open_files()
    control = Control(asyncio.get_running_loop())
    control.say(ready=True)
    while (asked := await control.next()) is not None:
        match asked["do"]:
            case "begin":
                if asked["heartbeat"]:
                    heart.start()
                control.say()
            case "end":
                control.say(**heart.stop())
            case "dial":
                at = time.monotonic_ns()
                plain.dial()
                control.say(at=at)
            case "pages":
                plain.turn_pages(asked["begin"], asked["number"])
                control.say()
            case "reached":
                number = await reached(
                    plain.arrivals, asked["kind"], asked["number"], asked["patience"]
                )
                control.say(number=number)
            case "finish":
                plain.arrivals.save(Path(asked["file"]))
                names = map(plan.uuid_of, range(plain.arrivals.count))
                ends = [plain.table[name]["status"] for name in names]
                control.say(ends=ends)
    await plain.close()


def add_options(parser: argparse.ArgumentParser) -> None:
    """What every contender is told."""
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--secure", action="store_true")
    parser.add_argument("--gate", type=int, default=32, help="dials at once")


def main() -> int:
    """The contender's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    asyncio.run(run(Plain(parser.parse_args()), Heartbeat()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
