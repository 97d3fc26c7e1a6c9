"""Compare how fast the frozen program and the sources start: seconds to the window and to the desk.

    .venv/bin/python packaging/installers/start_time.py [--turns 9]

In practice mode on a virtual screen, one after the other in turn, each with a data folder that was
used before. "window" is the first window on the screen, "ready" the title that the desk gives it
when it can sell. The medians count; the first turn warms the disk's cache and is left out.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from checks import virtual_screen  # noqa: E402

FROZEN = ROOT / "dist" / "xumm-desk" / "xumm-desk"
_LIMIT = 120


def wait_for(title: str, environment: dict[str, str]) -> None:
    """Wait until a visible window's title holds this."""
    command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", title]
    subprocess.run(command, env=environment, timeout=_LIMIT, check=True, stdout=subprocess.DEVNULL)


def start(command: list[str], folder: Path, display: str) -> tuple[float, float]:
    """Seconds to the window and to the desk; ends the program again."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    begin = time.monotonic()
    child = subprocess.Popen(
        [*command, "--practice", "--data-dir", str(folder)],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for("Xumm Desk", environment)
        window = time.monotonic() - begin
        wait_for("Practice shop", environment)
        ready = time.monotonic() - begin
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(_LIMIT)
    return window, ready


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=9)
    turns = parser.parse_args().turns
    contenders = {"sources": [sys.executable, "-m", "xumm_desk"], "frozen": [str(FROZEN)]}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    with virtual_screen() as display, tempfile.TemporaryDirectory(prefix="xumm-desk-") as folder:
        for turn in range(turns + 1):
            for name, command in contenders.items():
                one = start(command, Path(folder) / name, display)
                if turn:
                    taken[name].append(one)
    medians = {
        name: tuple(statistics.median(column) for column in zip(*times, strict=True))
        for name, times in taken.items()
    }
    for name, (window, ready) in medians.items():
        print(f"{name:<8} window {window:.2f} s, ready {ready:.2f} s")
    ratios = [
        frozen / source
        for frozen, source in zip(medians["frozen"], medians["sources"], strict=True)
    ]
    print(f"frozen to sources: window {ratios[0]:.2f}, ready {ratios[1]:.2f} ({turns} turns)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
