"""Scenario: N sockets in one process, dialled, idle, under events, all changing at one instant.

The same server, frames and order of events for every contender; one process lives through all of
it, so each figure is taken among N open sockets. Must not know how a contender works.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from . import plan
from .bench import Bench, Scene, scene
from .control import Child
from .meter import Arrivals, Watch, memory, quantile, stamps
from .plan import End, Kind

SLOW, FAST = 2000, 8000
_AHEAD: Final = 400_000_000
"""Nanoseconds between the order to send events and the first one."""


@dataclass(frozen=True)
class Contender:
    """Somebody who follows N requests: how to start it, and its words for the three ends."""

    name: str
    module: str
    words: dict[End, str]
    journal: bool = False
    environment: dict[str, str] = field(default_factory=dict)


DESK_WORDS: Final = {
    End.SIGNED: "unverified",
    End.DECLINED: "declined",
    End.EXPIRED: "expired_opened",
}
DESK: Final = Contender("desk", "contender_desk", DESK_WORDS, journal=True)
STOCK: Final = Contender(
    "desk on stock qasync",
    "contender_desk",
    DESK_WORDS,
    journal=True,
    environment={"XUMM_DESK_LOOP": "stock"},
)
PLAIN: Final = Contender(
    "plain asyncio",
    "contender_plain",
    {End.SIGNED: "signed", End.DECLINED: "declined", End.EXPIRED: "expired"},
)


def run(bench: Bench, who: Contender, *, secure: bool = False) -> dict[str, Any]:
    """One round of one contender; its figures."""
    options = bench.options
    count = options.sockets
    with scene(bench, who.name, count, secure=secure, limit=options.budget) as stage:
        more: list[str] = []
        if who.journal:
            more += ["--folder", str(stage.fill())]
            if options.profile:
                more += ["--profile", str(stage.folder / "profile.out")]
        with stage.contender(who.name, who.module, *more, **who.environment) as child:
            figures: dict[str, Any] = {"sockets": count, "started": child.hear()}
            _Course(stage, child, figures, quick=options.quick).run(who)
            if child.close() != 0:
                figures["wrong"].append("the contender ended with an error")
        if options.profile and who.journal:
            figures["profile"] = str(stage.folder / "profile.out")
    return figures


class _Course:
    """The phases, one after the other."""

    def __init__(self, stage: Scene, child: Child, figures: dict[str, Any], *, quick: bool) -> None:
        self._stage, self._child, self._figures = stage, child, figures
        self._count, self._quick = stage.count, quick
        self._patience = 60.0 if quick else 180.0

    def run(self, who: Contender) -> None:
        """Everything."""
        empty = memory(self._child.pid)
        self._dial()
        time.sleep(1.0 if self._quick else 5.0)
        full = memory(self._child.pid)
        for name in ("rss", "pss", "anonymous"):
            self._figures[f"{name}_empty"] = empty[name]
            self._figures[f"{name}_each"] = (full[name] - empty[name]) / self._count
        self._idle()
        self._steady("slow", Kind.OPENED, SLOW)
        self._steady("fast", Kind.PRE_SIGNED, FAST)
        self._burst("burst", Kind.DISPATCHED)
        self._stage.server.ask("limit", limit=0)
        self._burst("ends", Kind.END)
        self._finish(who)

    def _dial(self) -> None:
        watch = Watch(self._child.pid)
        self._child.ask("begin", heartbeat=True)
        started = self._child.ask("dial")["at"]
        reached = self._stage.server.ask(
            "connected", self._patience + 30, number=self._count, patience=self._patience
        )
        beats = self._child.ask("end")
        usage = watch.stop()
        self._figures["dial"] = {
            "seconds": (reached["at"] - started) / 1e9,
            "cpu": usage.cpu,
            "welcomed": reached["welcomed"],
            **beats,
        }

    def _idle(self) -> None:
        # Whatever dialling left behind is over; one whole round of keepalives.
        time.sleep(0.5 if self._quick else 2.0)
        watch = Watch(self._child.pid)
        time.sleep(1.0 if self._quick else 15.0)
        usage = watch.stop()
        self._figures["idle"] = {"cpu": usage.cpu}

    def _steady(self, name: str, kind: Kind, rate: int) -> None:
        self._child.ask("begin", heartbeat=False)
        begin = time.monotonic_ns() + _AHEAD
        self._child.ask("pages", begin=begin, number=plan.slots(self._count, rate))
        time.sleep(max(0.0, (begin - 50_000_000 - time.monotonic_ns()) / 1e9))
        watch = Watch(self._child.pid)
        sent = self._stage.server.ask(
            "steady", self._patience, kind=kind, rate=rate, begin=begin, seed=int(kind) + 1
        )
        shown = self._reached(kind)
        usage = watch.stop()
        self._child.ask("end")
        self._figures[name] = {
            "rate": rate,
            "begin": begin,
            "cpu": usage.cpu,
            "shown": shown,
            "heard": sent["heard"],
            "server_latest_ms": sent["latest_ms"],
        }

    def _burst(self, name: str, kind: Kind) -> None:
        time.sleep(0.2 if self._quick else 1.0)
        self._child.ask("begin", heartbeat=True)
        watch = Watch(self._child.pid)
        sent = self._stage.server.ask("burst", kind=kind)
        shown = self._reached(kind)
        usage = watch.stop()
        beats = self._child.ask("end")
        self._figures[name] = {"cpu": usage.cpu, "shown": shown, "heard": sent["heard"], **beats}

    def _reached(self, kind: Kind) -> int:
        answer = self._child.ask(
            "reached", self._patience + 30, kind=kind, number=self._count, patience=self._patience
        )
        number: int = answer["number"]
        return number

    def _finish(self, who: Contender) -> None:
        file = self._stage.folder / "arrived.bin"
        told = self._child.ask("finish", file=str(file))
        sent_file, counts = self._stage.finish()
        self._figures["counts"] = counts
        _join(self._figures, file, sent_file, self._count)
        self._figures["wrong"] = _wrong(told, self._figures, who.words, self._count)


def _join(figures: dict[str, Any], arrived: Path, sent_file: Path, count: int) -> None:
    """Latencies from the server's stamps and the contender's notes."""
    arrivals, sent = Arrivals.load(arrived, count), stamps(sent_file, count)
    for name, kind in (("slow", Kind.OPENED), ("fast", Kind.PRE_SIGNED)):
        rows = _latencies(sent[kind], arrivals.taken[kind], range(count))
        cells, missed = _paints(figures[name], count, sent[kind], arrivals.painted[kind])
        figures[name] |= {
            "row_p50_ms": quantile(rows, 0.5),
            "row_p99_ms": quantile(rows, 0.99),
            "row_most_ms": quantile(rows, 1.0),
        }
        if cells:
            figures[name] |= {
                "cell_p50_ms": quantile(cells, 0.5),
                "cell_p99_ms": quantile(cells, 0.99),
                "cells": len(cells),
                "cells_missed": missed,
            }
    for name, kind in (("burst", Kind.DISPATCHED), ("ends", Kind.END)):
        last = max(arrivals.taken[kind])
        figures[name]["last_row_ms"] = (last - min(sent[kind])) / 1e6
        figures[name]["sending_ms"] = (max(sent[kind]) - min(sent[kind])) / 1e6


def _paints(phase: dict[str, Any], count: int, sent: Any, painted: Any) -> tuple[list[float], int]:
    """How long the cells of rows in view took, and how many were not painted while their page was
    in view; those count with the time until it was turned, the least they took."""
    found: list[float] = []
    missed, number = 0, plan.slots(count, phase["rate"])
    if not any(painted):
        return [], 0
    for slot in range(number):
        turned = phase["begin"] + int((slot + 1) * plan.SLOT * 1e9)
        for index in plan.page(slot, count):
            at = painted[index]
            if slot < number - 1 and (at == 0 or at > turned):
                missed, at = missed + 1, turned
            if at and at > sent[index]:
                found.append((at - sent[index]) / 1e6)
    return sorted(found), missed


def _latencies(sent: Any, seen: Any, indices: Any) -> list[float]:
    return sorted((seen[i] - sent[i]) / 1e6 for i in indices if seen[i] and sent[i])


def _wrong(
    told: dict[str, Any], figures: dict[str, Any], words: dict[End, str], count: int
) -> list[str]:
    """What does not stand as the server meant it; empty when all is right."""
    found = [f"an error of the program: {name}" for name in told.get("broken", [])]
    bad: Counter[tuple[str, str]] = Counter()
    for index, end in enumerate(told["ends"]):
        wanted = words[plan.end_of(index)]
        if end != wanted:
            bad[(wanted, end)] += 1
    found += [
        f"{number} requests should be {wanted} and are {end}"
        for (wanted, end), number in bad.items()
    ]
    for name in ("slow", "fast", "burst", "ends"):
        if figures[name]["shown"] != count:
            found.append(f"{name}: only {figures[name]['shown']} of {count} rows showed the event")
    return found
