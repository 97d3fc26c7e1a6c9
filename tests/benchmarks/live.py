"""Scenario: N sockets in one process, dialled, idle, under events, all changing at one instant.

The same server, frames and order of events for every contender; one process lives through all of
it, so each figure is taken among N open sockets.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import plan
from .bench import Bench, Scene, scene
from .contenders import Contender
from .control import Child
from .meter import Arrivals, Watch, memory, quantile, stamps, threads
from .plan import Kind
from .sampler import flame

_AHEAD: Final = 700_000_000
"""Nanoseconds between the order to send events and the first one."""


@dataclass(frozen=True)
class Phase:
    """Events of one kind for all requests, `rate` a second, each repeated so often in all."""

    name: str
    kind: Kind
    rate: int
    repeats: int = 1


@dataclass(frozen=True)
class Plan:
    """What a contender is put through. Without phases it is dialled and weighed only."""

    count: int
    phases: tuple[Phase, ...]
    secure: bool = False


def live(count: int) -> Plan:
    """The big run."""
    slow = Phase("slow", Kind.OPENED, 2000)
    return Plan(count, (slow, Phase("fast", Kind.PRE_SIGNED, 8000)))


def subscriptions(count: int, rate: int) -> Plan:
    """What the official SDKs can do: fewer requests, most events repeated."""
    return Plan(count, (Phase("slow", Kind.OPENED, rate, 5 if rate > 1000 else 2),))


def secure(count: int) -> Plan:
    """Memory under TLS."""
    return Plan(count, (), secure=True)


def run(bench: Bench, who: Contender, course: Plan) -> dict[str, Any]:
    """One round of one contender; its figures, with `wrong` for what must not be."""
    limit, profile = bench.options.budget, bench.options.profile
    with scene(bench, who.name, course.count, secure=course.secure, limit=limit) as stage:
        with who.start(stage, profile=profile) as child:
            figures: dict[str, Any] = {"sockets": course.count, **child.hear(), "wrong": []}
            _Run(stage, child, figures, who, course, quick=bench.options.quick).all()
            if child.close() != 0:
                figures["wrong"].append("the contender ended with an error")
        if profile and who.journal:
            figures["profile"] = flame(stage.folder, bench.output, who.name)
    return figures


class _Run:
    """The phases, one after the other."""

    def __init__(
        self,
        stage: Scene,
        child: Child,
        figures: dict[str, Any],
        who: Contender,
        course: Plan,
        *,
        quick: bool,
    ) -> None:
        self._stage, self._child, self._figures, self._who = stage, child, figures, who
        self._count, self._course, self._quick = course.count, course, quick
        self._patience = who.patience or (60.0 if quick else 600.0)

    def all(self) -> None:
        """Everything."""
        empty = memory(self._child.pid)
        self._dial()
        self._weigh(empty)
        if not self._course.phases:
            return
        self._idle()
        for phase in self._course.phases:
            self._steady(phase)
        self._burst("burst", Kind.DISPATCHED)
        self._stage.server.ask("limit", limit=0)
        self._burst("ends", Kind.END)
        self._finish()

    def _dial(self) -> None:
        watch = Watch(self._child.pid)
        self._child.ask("begin", phase="dial", heartbeat=True)
        started = self._child.ask("dial")["at"]
        reached = self._stage.server.ask("connected", 300, number=self._count, patience=240)
        beats = self._child.ask("end")
        usage = watch.stop()
        if reached["welcomed"] < self._count:
            self._figures["wrong"].append(f"dial: only {reached['welcomed']} sockets opened")
        seconds = (reached["at"] - started) / 1e9
        self._figures["dial"] = {"seconds": seconds, "cpu": usage.cpu, **beats}

    def _weigh(self, empty: dict[str, int]) -> None:
        time.sleep(1.0 if self._quick else 5.0)
        full = memory(self._child.pid)
        self._figures["threads"] = threads(self._child.pid)
        self._figures["empty"] = empty
        self._figures["each"] = {
            name: (full[name] - value) / self._count for name, value in empty.items()
        }

    def _idle(self) -> None:
        # Whatever dialling left behind is over; one whole round of keepalives.
        time.sleep(0.2 if self._quick else 2.0)
        self._child.ask("begin", phase="idle", heartbeat=False)
        watch = Watch(self._child.pid)
        time.sleep(1.0 if self._quick else 15.0)
        self._figures["idle"] = {"cpu": watch.stop().cpu}
        self._child.ask("end")

    def _steady(self, phase: Phase) -> None:
        self._child.ask("begin", phase=phase.name, heartbeat=False)
        begin = time.monotonic_ns() + _AHEAD
        pages = plan.slots(self._count, phase.rate // phase.repeats)
        self._child.ask("pages", begin=begin, number=pages)
        events = self._stage.server.ask(
            "steady",
            kind=phase.kind,
            rate=phase.rate,
            repeats=phase.repeats,
            begin=begin,
            seed=int(phase.kind) + 1,
        )["events"]
        time.sleep(max(0.0, (begin - time.monotonic_ns()) / 1e9))
        watch = Watch(self._child.pid)
        sent = self._stage.server.hear(self._patience + events / phase.rate)
        shown = self._reached(phase.kind)
        usage = watch.stop()
        self._child.ask("end")
        self._figures[phase.name] = {
            "rate": phase.rate,
            "begin": begin,
            "pages": pages,
            "cpu": usage.cpu,
            "shown": shown,
            "heard": sent["heard"],
            "server_latest_ms": sent["latest_ms"],
        }

    def _burst(self, name: str, kind: Kind) -> None:
        time.sleep(0.2 if self._quick else 1.0)
        self._child.ask("begin", phase=name, heartbeat=True)
        watch = Watch(self._child.pid)
        sent = self._stage.server.ask("burst", kind=kind)
        shown = self._reached(kind)
        usage = watch.stop()
        beats = self._child.ask("end")
        self._figures[name] = {"cpu": usage.cpu, "shown": shown, "heard": sent["heard"], **beats}

    def _reached(self, kind: Kind) -> int:
        answer = self._child.ask(
            "reached", self._patience + 60, kind=kind, number=self._count, patience=self._patience
        )
        number: int = answer["number"]
        return number

    def _finish(self) -> None:
        file = self._stage.folder / "arrived.bin"
        told = self._child.ask("finish", file=str(file))
        sent_file, self._figures["counts"] = self._stage.finish()
        _join(self._figures, self._course.phases, file, sent_file, self._count)
        found = _wrong(told, self._figures, self._who, self._course)
        if self._who.judged:
            self._figures["wrong"] += found
        else:
            self._figures["noted"] = found


def _join(
    figures: dict[str, Any], phases: Iterable[Phase], arrived: Path, sent_file: Path, count: int
) -> None:
    """Latencies from the server's stamps and the contender's notes."""
    arrivals, sent = Arrivals.load(arrived, count), stamps(sent_file, count)
    for phase in phases:
        told, kind = figures[phase.name], phase.kind
        rows = _latencies(sent[kind], arrivals.taken[kind])
        cells, missed = _paints(told, count, sent[kind], arrivals.painted[kind])
        told |= {
            "row_p50_ms": quantile(rows, 0.5),
            "row_p99_ms": quantile(rows, 0.99),
            "row_most_ms": quantile(rows, 1.0),
        }
        if cells:
            told |= {
                "cell_p50_ms": quantile(cells, 0.5),
                "cell_p99_ms": quantile(cells, 0.99),
                "cells": len(cells),
                "cells_missed": missed,
            }
    for name, kind in (("burst", Kind.DISPATCHED), ("ends", Kind.END)):
        last = max(arrivals.taken[kind])
        figures[name]["last_row_ms"] = max(0.0, (last - min(sent[kind])) / 1e6)
        figures[name]["sending_ms"] = (max(sent[kind]) - min(sent[kind])) / 1e6


def _latencies(sent: Sequence[int], seen: Sequence[int]) -> list[float]:
    return sorted((b - a) / 1e6 for a, b in zip(sent, seen, strict=True) if a and b)


def _paints(
    phase: dict[str, Any], count: int, sent: Sequence[int], painted: Sequence[int]
) -> tuple[list[float], int]:
    """How long the cells of rows in view took, and how many were not painted while their page was
    in view; those count with the time until it was turned, the least they took."""
    found: list[float] = []
    missed, number = 0, phase["pages"]
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


def _wrong(
    told: dict[str, Any], figures: dict[str, Any], who: Contender, course: Plan
) -> list[str]:
    """What does not stand as the server meant it; empty when all is right."""
    found = [f"an error of the program: {name}" for name in told.get("broken", [])]
    bad: Counter[tuple[str, str]] = Counter()
    for index, end in enumerate(told["ends"]):
        wanted = who.words[plan.end_of(index)]
        if end != wanted:
            bad[(wanted, end)] += 1
    found += [
        f"{number} requests should be {wanted} and are {end}"
        for (wanted, end), number in sorted(bad.items())
    ]
    for name in (*(phase.name for phase in course.phases), "burst", "ends"):
        shown = figures[name]["shown"]
        if shown != course.count:
            found.append(f"{name}: only {shown} of {course.count} rows showed the event")
    return found
