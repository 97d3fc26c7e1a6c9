"""Clocks and scales: processor time, memory, a heartbeat, and when each event arrived.

Linux only, since it reads /proc.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .plan import Kind

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def processor(pid: int) -> float:
    """Seconds of processor time, user and system, that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def threads(pid: int) -> int:
    """How many threads the process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def memory(pid: int) -> dict[str, int]:
    """RSS, PSS and the anonymous part of RSS (no files, no libraries) of the process in bytes."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("Rss", "Pss", "Anonymous"):
            found[name.lower()] = int(value.split()[0]) * 1024
    return found


@dataclass(frozen=True, slots=True)
class Usage:
    """What a phase cost: share of one core, seconds of wall time."""

    cpu: float
    wall: float


class Watch:
    """Takes the processor time of a process between two moments."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu, self._at = processor(pid), time.monotonic()

    def stop(self) -> Usage:
        """The usage since this was made."""
        wall = time.monotonic() - self._at
        return Usage((processor(self._pid) - self._cpu) / wall, wall)


class HeartbeatMeter:
    """The gaps between the beats of a heartbeat that should come every millisecond."""

    def __init__(self) -> None:
        self._gaps: array[int] = array("q")
        self._last = 0

    def start(self) -> None:
        """Begin anew."""
        self._gaps = array("q")
        self._last = time.monotonic_ns()

    def beat(self) -> None:
        """It beats."""
        now = time.monotonic_ns()
        self._gaps.append(now - self._last)
        self._last = now

    def report(self) -> dict[str, float]:
        """How late beats came, in milliseconds: p99 and the longest stall."""
        self.beat()
        late = sorted(max(0.0, gap / 1e6 - 1.0) for gap in self._gaps)
        return {"p99_ms": quantile(late, 0.99), "longest_ms": late[-1]}


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ordered values lie; 0 for none."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Arrivals:
    """When each event of each request was taken in and painted: monotonic nanoseconds, 0 for not
    yet. The first arrival counts."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.taken = [array("q", bytes(8 * count)) for _ in Kind]
        self.painted = [array("q", bytes(8 * count)) for _ in Kind]
        self.number = [0 for _ in Kind]
        self._step = bytearray(count)
        self._seen = bytearray(count)

    def take(self, index: int, step: int, now: int) -> None:
        """Request `index` has reached `step`: 1 for the first kind of event, 0 for none."""
        known = self._step[index]
        if step > known:
            self._step[index] = step
            for kind in range(known, step):
                self.taken[kind][index] = now
                self.number[kind] += 1

    def paint(self, index: int, step: int, now: int) -> None:
        """Request `index` was painted in `step`."""
        known = self._seen[index]
        if step > known:
            self._seen[index] = step
            for kind in range(known, step):
                self.painted[kind][index] = now

    def save(self, path: Path) -> None:
        """Write all moments, to be joined with the server's."""
        with path.open("wb") as out:
            for moments in (*self.taken, *self.painted):
                moments.tofile(out)

    @classmethod
    def load(cls, path: Path, count: int) -> Arrivals:
        """Read what `save` wrote."""
        made = cls(count)
        with path.open("rb") as source:
            for moments in (*made.taken, *made.painted):
                del moments[:]
                moments.fromfile(source, count)
        return made


def stamps(path: Path, count: int) -> list[array[int]]:
    """The server's moments of sending, by kind."""
    found = []
    with path.open("rb") as source:
        for _ in Kind:
            moments: array[int] = array("q")
            moments.fromfile(source, count)
            found.append(moments)
    return found
