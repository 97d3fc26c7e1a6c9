"""From the ledger that validates a payment to the cell that says Paid, with 1,000 open sales.

    .venv/bin/python -m tests.benchmarks.paid_painted --open 1000 --sales 100

The whole program with its window (offscreen) in a process of its own; platform, ledger and phones
in this one. Both read the system's monotonic clock. What is measured begins when the ledger closes
with the payment in it, or when the platform reports the signature, whichever is later: before that
nothing may be called paid.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from .meter import quantile

_PATIENCE: Final = 600.0


async def measure(count: int, sales: int, folder: Path) -> list[float]:
    """Milliseconds of each sale, sorted."""
    from xumm_desk.simulator import Simulator, SimulatorOptions

    options = SimulatorOptions(
        seed=1, ledger_interval=1.0, rate_limit=1_000_000, create_limit=1_000_000
    )
    async with Simulator(options) as sim:
        # As a wallet does: it reports when it has submitted, not when that is validated.
        sim.switches.resolve_at = "patch1"
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.paid_painted"),
            *("--shop", sim.shop, "--open", str(count), "--folder", str(folder)),
            *("--api", sim.api, "--ledger", sim.ledger_ws),
            env={**os.environ, "XUMM_APIKEY": sim.key, "XUMM_APISECRET": sim.secret},
            stdin=asyncio.subprocess.PIPE,
            limit=1 << 20,  # one line names all that are open
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdin is not None
        assert child.stdout is not None

        async def hear() -> dict[str, Any]:
            assert child.stdout is not None
            async with asyncio.timeout(_PATIENCE):
                line = await child.stdout.readline()
            if not line:
                raise SystemExit("the program ended")
            told: dict[str, Any] = json.loads(line)
            return told

        uuids: dict[str, str] = (await hear())["open"]
        identifiers = list(uuids)
        found = []
        for number in range(sales):
            # All over the table, so that each is another row in another place.
            name = identifiers[number * len(identifiers) // sales]
            child.stdin.write(f"{name}\n".encode())
            await hear()  # it is in view
            deed = await sim.phone.sign(uuids[name])
            await sim.node_ledger.validated(deed.txids[0])
            validated = time.monotonic_ns()
            while not sim.platform.payloads[uuids[name]].resolved:
                await asyncio.sleep(0.001)
                validated = time.monotonic_ns()
            found.append(((await hear())["painted"] - validated) / 1e6)
            sys.stderr.write(f"\r{number + 1:4d}  {found[-1]:7.1f} ms")
        child.stdin.close()
        await child.wait()
        return sorted(found)


class Till:
    """Opens the sales, shows one at a time, and tells when its cell says Paid."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._awaited = ""
        self._painted: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None

    def attach(self) -> None:
        """Look at the table before it is made, and begin once an engine has started."""
        from xumm_desk.core.status import Status
        from xumm_desk.engine.desk import Desk
        from xumm_desk.ui.requests.columns import Column
        from xumm_desk.ui.requests.row_painter import RowPainter

        till, start, paint = self, Desk.start, RowPainter.paint

        async def started(self: Desk, *given: Any, **more: Any) -> Any:
            rows = await start(self, *given, **more)
            till._task = asyncio.create_task(till._run(self))
            return rows

        def painted(self: RowPainter, painter: Any, row: Any, line: Any, across: Any) -> None:
            paint(self, painter, row, line, across)
            if (
                row.identifier == till._awaited
                and row.verdict.status is Status.PAID
                and any(column is Column.STATUS for column, _, _ in across)
            ):
                till._awaited = ""
                _say(painted=time.monotonic_ns())

        Desk.start = started  # type: ignore[method-assign]
        RowPainter.paint = painted  # type: ignore[method-assign]

    async def _run(self, desk: Any) -> None:
        from PySide6.QtWidgets import QApplication

        from xumm_desk.core.request.form_input import FormInput, parse_form
        from xumm_desk.ui.main_window import MainWindow

        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        names = [f"sale-{number:04d}" for number in range(self._options.open)]
        at_once = asyncio.Semaphore(20)

        async def create(name: str) -> None:
            tag = str(1 + int(name.removeprefix("sale-")))
            draft = FormInput(destination=self._options.shop, amount="1.5", tag=tag)
            async with at_once:
                await desk.create(parse_form(draft, identifier=name, network="TESTNET"))

        await asyncio.gather(*map(create, names))
        while any(row.deadline is None for row in desk.rows()):  # noqa: ASYNC110 - sockets open
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        view = window._desk_view.pane.view  # type: ignore[union-attr]
        _say(open={name: desk.request(name).uuid for name in names})
        while line := await asyncio.to_thread(sys.stdin.readline):
            self._awaited = line.strip()
            view.select(self._awaited)
            await asyncio.sleep(0.2)
            _say(shown=True)
        window.close()


def _say(**values: Any) -> None:
    sys.__stdout__.write(json.dumps(values) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _program(options: argparse.Namespace) -> int:
    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from xumm_desk import app
    from xumm_desk.store.settings_file import SettingsFile

    SettingsFile(Path(options.folder) / "settings.json").change(view="requests")
    Till(options).attach()
    return app.main(
        [
            *("--api", options.api, "--ledger", options.ledger, "--network", "TESTNET"),
            *("--data-dir", options.folder),
        ]
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=1000)
    parser.add_argument("--sales", type=int, default=100)
    for name in ("shop", "api", "ledger", "folder"):
        parser.add_argument(f"--{name}", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.shop:
        return _program(options)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(options.open, options.sales, Path(folder)))
    sys.stdout.write(
        f"\n{options.open} open, {len(found)} paid: median {quantile(found, 0.5):.1f} ms,"
        f" p99 {quantile(found, 0.99):.1f} ms, most {found[-1]:.1f} ms\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
