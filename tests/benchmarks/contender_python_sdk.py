"""Contender: the official Python SDK, pointed at the load server as its own test does it.

Its addresses are baked in, so the copied base and the host of the socket address are replaced and
nothing else (see tests/practice/test_official_sdk.py).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from . import plan
from .contender_plain import add_options
from .control import raise_open_files
from .meter import Arrivals, HeartbeatMeter
from .plan import STEPS


class Subscriptions:
    """What a program with this SDK would keep: a dictionary, written by its callbacks."""

    def __init__(self, port: int, count: int) -> None:
        xumm: Any = importlib.import_module("xumm")
        client: Any = importlib.import_module("xumm.client")
        payload: Any = importlib.import_module("xumm.resource.payload")
        real = payload.WSClient

        def connect_here(**named: Any) -> Any:
            named["server"] = named["server"].replace("wss://xumm.app", f"ws://127.0.0.1:{port}")
            return real(**named)

        client.api_base = f"http://127.0.0.1:{port}/api/v1/"
        payload.WSClient = connect_here
        self._sdk = xumm.XummSdk(plan.uuid_of(0), plan.uuid_of(1))
        self._sdk.ping()
        self._lock = threading.Lock()
        self._kept: list[Any] = []
        self.words = ["waiting"] * count
        self.arrivals = Arrivals(count)

    def dial(self) -> None:
        """Subscribe to one after the other, as the SDK's blocking calls have it."""
        loop = asyncio.new_event_loop()
        for index in range(self.arrivals.count):
            work = self._sdk.payload.subscribe(plan.uuid_of(index), self._take)
            self._kept.append(loop.run_until_complete(work))

    def _take(self, event: dict[str, Any]) -> None:
        index, value = plan.index_of(event["uuid"]), event["data"]
        for word, step in STEPS.items():
            if word in value:
                with self._lock:
                    self.words[index] = word if value[word] else "declined"
                    self.arrivals.take(index, step, time.monotonic_ns())
                return


class Heartbeat:
    """A thread that should beat every millisecond: the SDK has no loop to look at."""

    def __init__(self) -> None:
        self._beats = HeartbeatMeter()
        self._on = False

    def start(self) -> None:
        """Begin to beat."""
        self._beats.start()
        self._on = True
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> dict[str, float]:
        """Beat no more; how it went."""
        if not self._on:
            return {}
        self._on = False
        return self._beats.report()

    def _run(self) -> None:
        while self._on:
            time.sleep(0.001)
            self._beats.beat()


def main() -> int:
    """The contender's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    raise_open_files()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**values: Any) -> None:
        out.write(json.dumps(values) + "\n")
        out.flush()

    subscriptions, heart = Subscriptions(options.port, options.count), Heartbeat()
    say(ready=True)
    for line in sys.stdin:
        asked = json.loads(line)
        match asked["do"]:
            case "begin":
                if asked["heartbeat"]:
                    heart.start()
                say()
            case "end":
                say(**heart.stop())
            case "dial":
                threading.Thread(target=subscriptions.dial, daemon=True).start()
                say(at=time.monotonic_ns())
            case "pages":
                say()
            case "reached":
                number = subscriptions.arrivals.number
                until = time.monotonic() + asked["patience"]
                while number[asked["kind"]] < asked["number"] and time.monotonic() < until:
                    time.sleep(0.02)
                say(number=number[asked["kind"]])
            case "finish":
                subscriptions.arrivals.save(Path(asked["file"]))
                say(ends=subscriptions.words)
    out.close()
    # Its threads are no daemons and would never end.
    os._exit(0)


if __name__ == "__main__":
    main()
