"""Scenario: from the start of the process to a painted window in which one can work.

The desk with 1,000 unfinished and 100,000 past requests in its journal, and an empty PySide6
window, in turns. Runs itself as the child: `python -m tests.benchmarks.startup empty`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

from . import fill
from .bench import Bench, scene
from .control import ROOT, python

_TURNS: Final = 5


def run(bench: Bench) -> dict[str, Any]:
    """Both, in turns; medians in milliseconds."""
    quick = bench.options.quick
    count, old = (50, 300) if quick else (min(bench.options.sockets, 1000), 100_000)
    with scene(bench, "start", count) as stage:
        data = stage.folder / "data"
        journal = data / "journal.sqlite3"
        fill.journal(journal, stage.api, stage.expires_at, count=count, old=old)
        bench.say(f"    journal: {journal.stat().st_size >> 20} MB")
        desk = python("startup", "desk", "--port", str(stage.port), "--folder", str(data))
        told: list[dict[str, float]] = []
        empty: list[float] = []
        # The first of each warms the disk's cache and is left out.
        for turn in range(2 if quick else _TURNS + 1):
            one, other = _time(desk), _time(python("startup", "empty"))
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
    return {name: (at - started) / 1e6 for name, at in told.items()}


def _empty() -> int:
    """The least window: what Python, Qt and PySide6 cost by themselves."""
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            _tell(painted=time.monotonic_ns())
            application.quit()

    application = QApplication(["empty"])
    window = Window()
    window.resize(1440, 860)
    window.show()
    return application.exec()


def _desk(port: int, folder: str) -> int:
    """The program itself: its first paint, and the first of its table with rows in it. From then on
    all rows can be read and a request typed in; creating it waits until the earlier ones were read
    again, which is the platform's time and not counted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QTableView

    from xumm_desk import app
    from xumm_desk.ui.view import RequestView
    from xumm_desk.ui.window import MainWindow

    from .contender_desk import prepare

    moments: dict[str, int] = {}

    def painted(window: MainWindow, event: QPaintEvent) -> None:
        super(MainWindow, window).paintEvent(event)
        moments.setdefault("painted", time.monotonic_ns())

    def shown(view: RequestView, event: QPaintEvent) -> None:
        QTableView.paintEvent(view, event)
        if "usable" not in moments and view.model().rowCount() > 0:
            moments["usable"] = time.monotonic_ns()
            QTimer.singleShot(0, view.window().close)

    _put(MainWindow, "paintEvent", painted)
    _put(RequestView, "paintEvent", shown)
    code = app.main(prepare(port, folder, secure=False))
    _tell(**moments)
    return code


def _put(owner: type, name: str, method: Callable[..., None]) -> None:
    """Override a method of Qt's in a class of the program."""
    setattr(owner, name, method)


def _tell(**moments: int) -> None:
    sys.stdout.write(json.dumps(moments) + "\n")
    sys.stdout.flush()


def main() -> int:
    """The window's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("empty", "desk"))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path())
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _empty() if options.what == "empty" else _desk(options.port, str(options.folder))


if __name__ == "__main__":
    sys.exit(main())
