"""Where processor time goes: stacks taken every few milliseconds, a list of costs, a flame graph.

Each stack counts with the processor time that its thread used since the last look, so waiting
weighs nothing. Work of Qt's own shows as the Python function that called it. Must not know the
program that is looked at.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from html import escape
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

_EVERY: Final = 0.002
_WIDTH, _ROW, _LEAST = 1600, 17, 0.8
_FILE: Final = "stacks.txt"


class Sampler:
    """Looks at all threads of this process while it is on."""

    def __init__(self) -> None:
        self._weights: Counter[tuple[str, tuple[CodeType, ...]]] = Counter()
        self._on = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Look."""
        # With the usual interval only places that let go of the interpreter would be seen.
        sys.setswitchinterval(0.0002)
        self._on.set()

    def stop(self) -> None:
        """Do not look."""
        self._on.clear()

    def save(self, folder: Path) -> None:
        """Write the stacks, one a line: frames from the outermost, a blank, microseconds."""
        lines = []
        for (thread, codes), weight in self._weights.items():
            names = (thread.replace(";", ",").replace(" ", "_"), *map(_name, reversed(codes)))
            lines.append(f"{';'.join(names)} {weight // 1000}\n")
        (folder / _FILE).write_text("".join(lines))

    def _run(self) -> None:
        used: dict[int, int] = {}
        while True:
            if not self._on.is_set():
                used.clear()
                self._on.wait()
            time.sleep(_EVERY)
            for ident, codes in _stacks().items():
                thread = threading._active.get(ident)  # type: ignore[attr-defined]
                if thread is None or thread is self._thread:
                    continue
                try:
                    spent = time.clock_gettime_ns(time.pthread_getcpuclockid(ident))
                except OSError:  # it ended meanwhile
                    continue
                share = spent - used.get(ident, spent)
                used[ident] = spent
                if share > 0:
                    self._weights[(thread.name.split("_")[0], codes)] += share


def _stacks() -> dict[int, tuple[CodeType, ...]]:
    """The code on each thread's stack, innermost first. Frames are let go of at once: one that is
    held keeps its painter alive beyond its paint event, and Qt aborts."""
    found = {}
    for ident, frame in sys._current_frames().items():
        one: FrameType | None = frame
        codes = []
        while one is not None:
            codes.append(one.f_code)
            one = one.f_back
        found[ident] = tuple(codes)
    return found


def _name(code: CodeType) -> str:
    place = Path(code.co_filename)
    file = place.name if place.stem != "__init__" else place.parent.name
    return f"{code.co_qualname}_({file})".replace(";", ",").replace(" ", "_")


def flame(folder: Path, output: Path, name: str) -> dict[str, str]:
    """Draw what a `Sampler` saved in `folder` as SVG in `output`; also the largest costs."""
    weights: Counter[tuple[str, ...]] = Counter()
    for line in (folder / _FILE).read_text().splitlines():
        frames, _, spent = line.rpartition(" ")
        weights[tuple(frames.split(";"))] += int(spent)
    whole = sum(weights.values()) or 1
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for stack, weight in weights.items():
        own[stack[-1]] += weight
        for one in set(stack):
            total[one] += weight
    lines = [f"{whole / 1e6:.2f} s of processor time while it was looked at", "", "by itself:"]
    lines += [f"{100 * w / whole:5.1f} %  {one}" for one, w in own.most_common(25)]
    lines += ["", "with all that it calls:"]
    lines += [f"{100 * w / whole:5.1f} %  {one}" for one, w in total.most_common(60)]
    output.mkdir(parents=True, exist_ok=True)
    base = output / f"profile-{name.replace(' ', '-')}"
    base.with_suffix(".txt").write_text("\n".join(lines) + "\n")
    base.with_suffix(".svg").write_text(_svg(weights, whole))
    return {"costs": f"{base}.txt", "flame": f"{base}.svg"}


def _svg(weights: Counter[tuple[str, ...]], whole: int) -> str:
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
