"""Scenario: from the start of the process to a painted window in which one can work.

The desk with 1,000 unfinished and 100,000 past requests in its journal, and an empty PySide6
window, in turns; `startup_window` is the child.
"""

from __future__ import annotations

import compileall
import json
import subprocess
import time
from statistics import median
from typing import Any, Final

from . import fill
from .bench import Bench, scene
from .contender_desk import prepare
from .control import ROOT, python

_TURNS: Final = 5


def run(bench: Bench) -> dict[str, Any]:
    """Both, in turns; medians in milliseconds."""
    quick = bench.options.quick
    # As an installed program has it, whatever this shell says of writing bytecode.
    for package in ("xumm_desk", "tests/benchmarks"):
        compileall.compile_dir(ROOT / package, quiet=1)
    count, old = (50, 300) if quick else (min(bench.options.sockets, 1000), 100_000)
    with scene(bench, "start", count) as stage:
        data = stage.folder / "data"
        journal = data / "journal.sqlite3"
        fill.journal(journal, stage.api, stage.expires_at, count=count, old=old)
        bench.say(f"    journal: {journal.stat().st_size >> 20} MB")
        # Sets the keys in this process, from which the child has them.
        given = prepare(stage.port, str(data), secure=False)
        desk, least = python("startup_window", "desk", *given), python("startup_window", "empty")
        told: list[dict[str, float]] = []
        empty: list[float] = []
        # The first of each warms the disk's cache and is left out.
        for turn in range(2 if quick else _TURNS + 1):
            one, other = _time(desk), _time(least)
            if turn:
                told.append(one)
                empty.append(other["painted"])
    painted = median(one["painted"] for one in told)
    usable = median(one["usable"] for one in told)
    return {
        "unfinished": count,
        "past": old,
        "window_ms": painted,
        "usable_ms": usable,
        "empty_ms": median(empty),
        "ratio": usable / median(empty),
        "rows_at_first": median(one["rows"] for one in told),
        "wrong": [],
    }


def _time(command: list[str]) -> dict[str, float]:
    """Milliseconds from the start of the process to what it tells of."""
    started = time.monotonic_ns()
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    line = (done.stdout.strip().splitlines() or [""])[-1]
    if not line.startswith("{"):
        raise RuntimeError(f"the window did not open: {done.stderr[-2000:]}")
    told: dict[str, int] = json.loads(line)
    rows = {"rows": float(told.pop("rows"))} if "rows" in told else {}
    return {**rows, **{name: (at - started) / 1e6 for name, at in told.items()}}
