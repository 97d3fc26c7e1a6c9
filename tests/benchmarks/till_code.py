"""From Enter at the till to a code that a camera can read: p50, p99, and the keys of a sale.

Runs the whole program offscreen against its simulator, which is a process of its own:

    .venv/bin/python -m tests.benchmarks.till_code --sales 100

With `--shop` it compares tills in turns: one alone, and one in a shop on PostgreSQL whose database
is there and then killed (PYTHONPATH=tests, since it starts a server as the tests do).
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
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from .meter import quantile

if TYPE_CHECKING:
    from xumm_desk.ui.till.till_view import TillView

_PRICE: Final = "12.5"
_PATIENCE: Final = 60.0
_CANCEL_EVERY: Final = 10
"""Sales that wait together: a till has a queue of a few."""
_TURNS: Final = 3


async def until(true: Any, what: str) -> None:
    """Ask again and again until it is true; a loop that never rests would keep the worker threads
    from the interpreter."""
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not come")
        await asyncio.sleep(0.002)


async def sell(till: TillView, painted: list[float]) -> float:
    """One sale by keyboard; seconds from Enter to its painted code, which is then decoded."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from xumm_desk.ui.qr import code_check

    code, before = till.pane.progress.code, till.pane.identifier
    QTest.keyClicks(till, _PRICE)
    await until(lambda: till.entry.can_charge, "a price that can be charged")
    painted.clear()
    start = time.perf_counter()
    QTest.keyClick(till, Qt.Key.Key_Return)
    await until(
        lambda: till.pane.identifier != before and code.content and painted and painted[-1] > start,
        "the code",
    )
    seconds = painted[-1] - start
    picture = till.pane.grab().toImage()
    if not code_check.is_readable(picture, code.content):
        raise SystemExit("a code that was painted cannot be read")
    return seconds


class _Seller:
    """The whole program, with a till that sells by keyboard."""

    async def start(self, folder: Path) -> None:
        """Open it on this folder, in practice mode."""
        from PySide6.QtCore import QEvent, QObject

        from xumm_desk.app import Program
        from xumm_desk.cli.parser import build_parser
        from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
        from xumm_desk.setup.config import read_options

        practice = folder / "practice"
        practice.mkdir(parents=True, exist_ok=True)
        # A shop that is set up: the guided set-up of a new one would be measured with the first
        # sale.
        (practice / "settings.json").write_text(json.dumps({"setup_step": "done"}))
        arguments = build_parser().parse_args(["--practice", "--data-dir", str(folder)])
        program = Program(read_options(arguments), GarbageCollectorPolicy())
        self._ended = asyncio.ensure_future(program.run())
        self._window = program._window
        self._window.resize(1366, 768)
        await until(self._window.has_desk, "the desk")
        assert self._window._desk_view is not None
        self._board = self._window._desk_view
        self._board.show_view("till")
        self._painted: list[float] = []
        painted = self._painted

        class Watcher(QObject):
            def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint:
                    painted.append(time.perf_counter())
                return False

        self._watcher = Watcher()
        self._board.till.pane.progress.code.installEventFilter(self._watcher)

    @property
    def shop(self) -> Any:
        """What the till knows of its shop."""
        return self._board._desk.shop

    async def sell(self, sales: int) -> list[float]:
        """The seconds of each sale."""
        found = []
        for number in range(sales):
            found.append(await sell(self._board.till, self._painted))
            if number % _CANCEL_EVERY == _CANCEL_EVERY - 1:
                for row in self._board._desk.rows():
                    if not row.verdict.final:
                        await self._board._desk.cancel(row.identifier)
        return found

    async def close(self) -> None:
        """Close the window."""
        self._window.close()
        await self._ended


async def measure(folder: Path, sales: int) -> list[float]:
    """The seconds of each sale of a till alone."""
    seller = _Seller()
    await seller.start(folder)
    found = await seller.sell(sales)
    await seller.close()
    return found


async def compare(folder: Path, sales: int) -> dict[str, list[float]]:
    """The seconds of each sale of a till alone, and of one in a shop with and without its
    database; without the first sale of each program."""
    from postgres_cluster import PostgresCluster
    from postgres_shop import PostgresShop

    from xumm_desk.setup import shop_login

    found: dict[str, list[float]] = {"alone": [], "in a shop": [], "database away": []}
    cluster = PostgresCluster(durable=True)
    try:
        await asyncio.to_thread(cluster.create)
        for turn in range(_TURNS):
            # A shop each: in one, a till would follow the sales of the one that was closed.
            shop = await asyncio.to_thread(PostgresShop, cluster)
            login = await asyncio.to_thread(shop.join, "Till")
            alone = folder / f"alone{turn}"
            # As many as the other one sells with and without its database together.
            found["alone"] += (await measure(alone, 2 * sales + 1))[1:]
            os.environ[shop_login.ENV_PASSWORD] = login.password
            joined = folder / f"joined{turn}"
            (joined / "practice").mkdir(parents=True)
            made = shop_login.ShopLogin(login.address, login.password)
            await asyncio.to_thread(shop_login.save, joined / "practice", made)
            seller = _Seller()
            await seller.start(joined)
            await until(lambda seller=seller: seller.shop.is_connected, "the shop")
            await seller.sell(1)
            found["in a shop"] += await seller.sell(sales)
            await asyncio.to_thread(cluster.kill)
            await until(lambda seller=seller: not seller.shop.is_connected, "the loss")
            found["database away"] += await seller.sell(sales)
            await asyncio.to_thread(cluster.start)
            await seller.close()
    finally:
        await asyncio.to_thread(cluster.remove)
    return found


def main() -> int:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=100, help="after the first one")
    parser.add_argument("--shop", action="store_true", help="compare tills alone and in a shop")
    chosen = parser.parse_args()

    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from PySide6.QtWidgets import QApplication

    from xumm_desk.qt.event_loop import make_loop
    from xumm_desk.ui.style import theme

    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app)
    loop = make_loop(app)
    asyncio.set_event_loop(loop)
    with loop, tempfile.TemporaryDirectory() as folder:  # type: ignore[attr-defined]
        if chosen.shop:
            compared = loop.run_until_complete(compare(Path(folder), chosen.sales))
            for name, seconds in compared.items():
                late = sorted(1000 * one for one in seconds)
                sys.stdout.write(
                    f"{name}: {len(late)} sales, p50 {quantile(late, 0.5):.0f} ms,"
                    f" p99 {quantile(late, 0.99):.0f} ms\n"
                )
            return 0
        found = loop.run_until_complete(measure(Path(folder), chosen.sales + 1))
    first = 1000 * found[0]
    late = sorted(1000 * seconds for seconds in found[1:])
    sys.stdout.write(
        f"{len(late)} sales, Enter to a scannable code: p50 {quantile(late, 0.5):.0f} ms,"
        f" p99 {quantile(late, 0.99):.0f} ms, most {late[-1]:.0f} ms;"
        f" the first after a start {first:.0f} ms; {len(_PRICE)} keys and Enter\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
