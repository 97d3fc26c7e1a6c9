"""Eight practice hours at sixty times their speed: the memory of the program, hour by hour.

    .venv/bin/python -m tests.benchmarks.practice_day --hours 8 --sales 960

The whole program with its window (offscreen) in a process of its own; its platform, ledger and
customers in this one. Every sale is typed into its form. Ends with 1 when the window does not show
as many paid sales as the platform's books hold.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_SPEED: Final = 60.0
_SAMPLES: Final = 12
"""Looks at the memory in a practice hour."""


async def day(hours: float, sales: int, kept: int, folder: Path) -> dict[str, Any]:
    """Run the day; what was sampled, and how the sales ended here and there."""
    from xumm_desk.simulator import Delays, Simulator, SimulatorOptions
    from xumm_desk.simulator.scripted_customers import Script

    mix = {"pays": 80.0, "declines": 10.0, "walks_off": 5.0, "never": 5.0}
    options = SimulatorOptions(seed=1, rate_limit=100_000, create_limit=100_000)
    async with Simulator(options) as sim:
        # Customers need the real time that they need at the common speed: sales overlap as little.
        delays = Delays(0.1 * _SPEED, 0.3 * _SPEED, 0.1 * _SPEED, 0.3 * _SPEED)
        sim.customers.set_script(Script("auto", "pays", mix, delays))
        sim.clock.set_speed(_SPEED)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.practice_day"),
            *("--shop", sim.shop, "--hours", str(hours), "--sales", str(sales)),
            *("--kept", str(kept)),
            *("--api", sim.api, "--ledger", sim.ledger, "--folder", str(folder)),
            env={**os.environ, "XUMM_APIKEY": sim.key, "XUMM_APISECRET": sim.secret},
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        assert child.stdout is not None
        found = None
        async for line in child.stdout:
            told = json.loads(line)
            if "sample" in told:
                sys.stderr.write(f"\r{told['hours']:5.2f} h  {told['sample']:7.1f} MB")
            else:
                found = told
        if await child.wait() != 0 or found is None:
            raise SystemExit("the program ended before its day")
        books = sim.report()
        paid = sum(line["state"] == "signed" for line in books["payloads"])
        return {**found, "created_there": len(books["payloads"]), "signed_there": paid}


class Shop:
    """Sells, in the process of the program."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._samples: list[tuple[float, float]] = []
        self._task: asyncio.Task[None] | None = None

    def attach(self) -> None:
        """Let the selling begin once an engine has started. Ended requests leave memory at the
        day's own speed."""
        from xumm_desk.engine.desk import Desk
        from xumm_desk.engine.runtime import release
        from xumm_desk.ui.requests.rows import memory_release

        vars(release)["KEPT"] = self._options.kept
        _hasten(release, "QUIET")
        _hasten(memory_release, "_EVERY_MS")

        shop, start = self, Desk.start

        async def started(self: Desk, *given: Any, **more: Any) -> Any:
            rows = await start(self, *given, **more)
            shop._task = asyncio.create_task(shop._sell(self))
            return rows

        Desk.start = started  # type: ignore[method-assign]

    async def _sell(self, desk: Any) -> None:
        from PySide6.QtWidgets import QApplication

        from xumm_desk.ui.main_window import MainWindow

        from .history import resident

        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        loop = asyncio.get_running_loop()
        begin, seconds = loop.time(), self._options.hours * 3600 / _SPEED
        sampling = asyncio.create_task(self._sample(begin, seconds, resident))
        for number in itertools.count():
            at = begin + number * seconds / self._options.sales
            if at >= begin + seconds:
                break
            await asyncio.sleep(max(0.0, at - loop.time()))
            while window._desk_view is None or not window._desk_view.form.button.isEnabled():  # noqa: ASYNC110 - a cashier looks
                await asyncio.sleep(0.01)
            form = window._desk_view.form
            form.field("destination").set_text(self._options.shop)
            form.field("amount").set_text(f"1.{number + 1:06d}")
            form.button.click()
        await sampling
        await asyncio.sleep(5.0)  # the last customers
        ends: dict[str, int] = {}
        for (status, _), count in (await self._counts(desk)).items():
            ends[status.value] = ends.get(status.value, 0) + count
        _say(samples=self._samples, ends=ends, in_memory=len(desk.rows()))
        window.close()

    async def _counts(self, desk: Any) -> Any:
        await desk.engine.journal.catch_up_index()
        return await desk.history.counts()

    async def _sample(self, begin: float, seconds: float, resident: Any) -> None:
        number = max(1, int(self._options.hours * _SAMPLES))
        for sample in range(1, number + 1):
            at = begin + sample * seconds / number
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            hours = sample * self._options.hours / number
            self._samples.append((hours, resident()))
            _say(sample=self._samples[-1][1], hours=hours)


def _hasten(module: Any, name: str) -> None:
    setattr(module, name, type(getattr(module, name))(getattr(module, name) / _SPEED))


def _say(**values: Any) -> None:
    sys.__stdout__.write(json.dumps(values) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _program(options: argparse.Namespace) -> int:
    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from xumm_desk import app
    from xumm_desk.store.settings_file import SettingsFile

    folder = Path(options.folder)
    SettingsFile(folder / "settings.json").change(view="requests")
    Shop(options).attach()
    return app.main(
        [
            *("--api", options.api, "--ledger", options.ledger, "--network", "TESTNET"),
            *("--data-dir", options.folder),
        ]
    )


def hour_by_hour(samples: list[tuple[float, float]]) -> list[float]:
    """The median of each hour, in megabytes."""
    hours: dict[int, list[float]] = {}
    for at, size in samples:
        hours.setdefault(int(at - 1e-9), []).append(size)
    return [statistics.median(sizes) for _, sizes in sorted(hours.items())]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--sales", type=int, default=960)
    parser.add_argument(
        "--kept", type=int, default=200, help="ended requests in memory; few are there sooner"
    )
    for name in ("shop", "api", "ledger", "folder"):
        parser.add_argument(f"--{name}", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.shop:
        return _program(options)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(day(options.hours, options.sales, options.kept, Path(folder)))
    medians = hour_by_hour(found["samples"])
    lines = [f"hour {hour + 1}: {size:7.1f} MB" for hour, size in enumerate(medians)]
    if len(medians) > 1:
        lines.append(f"last hour against the second: {medians[-1] / medians[1]:.3f}")
    lines.append(f"in memory {found['in_memory']}, {found['ends']}")
    lines.append(f"books: {found['created_there']} created, {found['signed_there']} signed")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    return 0 if found["ends"].get("paid", 0) == found["signed_there"] else 1


if __name__ == "__main__":
    sys.exit(main())
