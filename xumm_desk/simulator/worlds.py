"""Run many simulators in one process, for tests: each has a port and a ledger of its own.

Every line of standard input is one JSON object and gets one line as an answer: `{"start": {…}}` the
facts of the simulator that was started, `{"stop": port}` the port that is free again, or
`{"error": "…"}`. All of them end with standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any, TextIO

from .scripted_customers import Script
from .simulator import Simulator, SimulatorOptions

OPTIONS = ("network", "customers", "ledger_interval", "speed", "start", "seed", "webhook_url")
"""What of `SimulatorOptions` can be asked for."""


class Worlds:
    """The simulators that run, by port."""

    def __init__(self) -> None:
        self._running: dict[int, Simulator] = {}

    async def answer(self, line: str) -> dict[str, Any]:
        """Do what a line asks for."""
        try:
            order = json.loads(line)
            if "start" in order:
                return await self._start(order["start"])
            simulator = self._running.pop(order["stop"])
        except (ValueError, TypeError, KeyError, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        await simulator.stop()
        return {"stopped": order["stop"]}

    async def stop_all(self) -> None:
        """Stop whatever still runs."""
        for simulator in self._running.values():
            await simulator.stop()
        self._running.clear()

    async def _start(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if unknown := sorted(set(wanted) - set(OPTIONS)):
            raise ValueError(f"{', '.join(unknown)}: the options are {', '.join(OPTIONS)}")
        if wanted.get("customers") is not None:
            Script.named(wanted["customers"])
        simulator = Simulator(SimulatorOptions(**wanted))
        # Its webhooks lead to the program under test, on this computer.
        simulator.switches.webhook_loopback = True
        await simulator.start()
        self._running[simulator.port] = simulator
        return simulator.info()


async def run(read_line: Callable[[], str], output: TextIO) -> None:
    """Answer line after line until there are no more."""
    worlds = Worlds()
    try:
        while line := await asyncio.to_thread(read_line):
            output.write(json.dumps(await worlds.answer(line)) + "\n")
            output.flush()
    finally:
        await worlds.stop_all()


def main() -> None:
    """Serve standard input."""
    asyncio.run(run(sys.stdin.readline, sys.stdout))
