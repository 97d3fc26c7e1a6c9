"""Where processor time goes: stacks taken every few milliseconds of it, costs, a flame graph.

The system's profiling timer runs only while the process computes, so waiting weighs nothing; each
stack counts with the processor time of the window's thread since the last one. Python sees the
signal at its next step: what Qt does by itself shows as the function that it calls next. Other
threads count as a whole.
"""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

_EVERY: Final = 0.004
_WIDTH, _ROW, _LEAST = 1600, 17, 0.8
_FILE: Final = "stacks.txt"


class Sampler:
    """Looks at the main thread of this process while it is on; made and used there."""

    def __init__(self) -> None:
        self._phase = ""
        self._weights: Counter[tuple[str, str, tuple[CodeType, ...]]] = Counter()
        self._last = 0
        self._others: dict[tuple[int, str], int] = {}
        signal.signal(signal.SIGPROF, self._look)
        signal.siginterrupt(signal.SIGPROF, False)

    def start(self, phase: str) -> None:
        """Look; `phase` becomes the outermost frame."""
        self._phase, self._last, self._others = phase, time.thread_time_ns(), _others()
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def stop(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        for (ident, name), spent in _others().items():
            share = spent - self._others.get((ident, name), 0)
            if share > 0:
                self._weights[(self._phase, name, ())] += share

    def save(self, folder: Path) -> None:
        """Write the stacks, one a line: frames from the outermost, a blank, microseconds."""
        lines = []
        for (phase, thread, codes), weight in self._weights.items():
            names = [name.replace(";", ",").replace(" ", "_") for name in (phase, thread)]
            names += map(_name, reversed(codes))
            lines.append(f"{';'.join(names)} {weight // 1000}\n")
        (folder / _FILE).write_text("".join(lines))

    def _look(self, _number: int, frame: FrameType | None) -> None:
        # Only the code is kept: a frame that is held keeps its painter alive, and Qt aborts.
        codes = []
        while frame is not None:
            codes.append(frame.f_code)
            frame = frame.f_back
        now = time.thread_time_ns()
        self._weights[(self._phase, "window", tuple(codes))] += now - self._last
        self._last = now


def _others() -> dict[tuple[int, str], int]:
    """Nanoseconds of processor time of every thread but this one, by its number and name."""
    found = {}
    for thread in threading.enumerate():
        if thread.ident is not None and thread is not threading.current_thread():
            with suppress(OSError):  # it ended meanwhile
                clock = time.pthread_getcpuclockid(thread.ident)
                found[(thread.ident, thread.name)] = time.clock_gettime_ns(clock)
    return found


def _name(code: CodeType) -> str:
    place = Path(code.co_filename)
    file = place.name if place.stem != "__init__" else place.parent.name
    return f"{code.co_qualname}_({file})".replace(";", ",").replace(" ", "_")


def flame(folder: Path, output: Path, name: str) -> dict[str, str]:
    """Draw what a `Sampler` saved in `folder` as SVG in `output`; also the largest costs, and the
    stacks themselves in the form that other tools read."""
    weights: Counter[tuple[str, ...]] = Counter()
    for line in (folder / _FILE).read_text().splitlines():
        frames, _, spent = line.rpartition(" ")
        weights[tuple(frames.split(";"))] += int(spent)
    lines = []
    for phase in dict.fromkeys(stack[0] for stack in weights):
        lines += _costs(phase, {s: w for s, w in weights.items() if s[0] == phase})
    output.mkdir(parents=True, exist_ok=True)
    base = output / f"profile-{name.replace(' ', '-')}"
    base.with_suffix(".txt").write_text("\n".join(lines) + "\n")
    base.with_suffix(".svg").write_text(_svg(weights))
    shutil.copy(folder / _FILE, base.with_suffix(".folded"))
    return {"costs": f"{base}.txt", "flame": f"{base}.svg"}


def _costs(phase: str, weights: Mapping[tuple[str, ...], int]) -> list[str]:
    whole = sum(weights.values()) or 1
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for stack, weight in weights.items():
        own[stack[-1]] += weight
        for one in set(stack[2:]):
            total[one] += weight
    lines = [f"== {phase}: {whole / 1e6:.2f} s of processor time", "", "by itself:"]
    lines += [f"{100 * w / whole:5.1f} %  {one}" for one, w in own.most_common(15)]
    lines += ["", "with all that it calls:"]
    return [*lines, *(f"{100 * w / whole:5.1f} %  {one}" for one, w in total.most_common(50)), ""]


def _svg(weights: Mapping[tuple[str, ...], int]) -> str:
    whole = sum(weights.values()) or 1
    boxes: list[str] = []
    deepest = 0

    def draw(stacks: list[tuple[tuple[str, ...], int]], depth: int, left: float) -> None:
        nonlocal deepest
        groups: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for stack, weight in stacks:
            if len(stack) > depth:
                groups.setdefault(stack[depth], []).append((stack, weight))
        for name in sorted(groups):
            weight = sum(w for _, w in groups[name])
            width = _WIDTH * weight / whole
            if width >= _LEAST:
                deepest = max(deepest, depth)
                boxes.append(_box(name, left, depth, width, 100 * weight / whole))
                draw(groups[name], depth + 1, left)
            left += width

    draw(list(weights.items()), 0, 0.0)
    height = (deepest + 2) * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        ' font-family="monospace" font-size="11">\n' + "\n".join(boxes) + "\n</svg>\n"
    )


def _box(name: str, left: float, depth: int, width: float, share: float) -> str:
    hue = sum(name.encode()) % 50
    words = escape(name.replace("_(", " ("))
    shown = escape(name[: int(width / 6.7)]) if width > 20 else ""
    return (
        f'<g><title>{words}: {share:.1f} %</title><rect x="{left:.1f}" y="{depth * _ROW}"'
        f' width="{max(0.5, width - 0.4):.1f}" height="{_ROW - 1}"'
        f' fill="hsl({10 + hue},80%,65%)"/>'
        f'<text x="{left + 2:.1f}" y="{depth * _ROW + 12}">{shown}</text></g>'
    )
