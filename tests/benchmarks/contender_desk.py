"""Contender: the real program, engine, journal file, window and table, on its own loop.

Runs `xumm_desk.app` as it is and looks at it from outside: when a row is in the table's model, and
when the cell with its status was painted. The engine's start waits for the runner's word, so that
the empty window can be weighed first. It changes no part.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from xumm_desk.qt import pyside_import

pyside_import.import_pyside()  # as the program's own door does

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from xumm_desk import app
from xumm_desk.core.status import Status, Step
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.row_painter import ColumnSpan, PaintedLine, RowPainter
from xumm_desk.ui.requests.table_model import RequestTableModel
from xumm_desk.ui.requests.table_view import RequestTableView

from . import plan
from .contender_plain import add_options, reached
from .control import Control, raise_open_files
from .meter import Arrivals
from .plan import End, Kind
from .sampler import Sampler
from .window import Heartbeat, Pages

_ENDS: Final = {
    End.SIGNED: Status.UNVERIFIED,
    End.DECLINED: Status.DECLINED,
    End.EXPIRED: Status.EXPIRED_OPENED,
}
_STEPS: Final = {
    Step.OPENED: Kind.OPENED + 1,
    Step.PRE_SIGNED: Kind.PRE_SIGNED + 1,
    Step.DISPATCHED: Kind.DISPATCHED + 1,
    Step.RESOLVED: Kind.DISPATCHED + 1,
}


def look_at_the_table(arrivals: Arrivals, ends: Sequence[Status]) -> None:
    """Note when rows are in the model, and when their status cells were painted. Before any table
    or view is made. It is called for every row, so names and ends are looked up, not computed.
    `ends` are the statuses in which the requests end."""
    take, paint = RequestTableModel.stage, RowPainter.paint
    numbers = {plan.identifier_of(index): index for index in range(arrivals.count)}

    def step_of(row: RequestRow, index: int) -> int:
        if row.verdict.status is ends[index]:
            return Kind.END + 1
        return _STEPS.get(row.request.step, 0)

    def noted_take(self: RequestTableModel, rows: Iterable[RequestRow]) -> None:
        rows = tuple(rows)
        take(self, rows)
        now = time.monotonic_ns()
        for row in rows:
            index = numbers[row.request.spec.identifier]
            arrivals.take(index, step_of(row, index), now)

    def noted_paint(
        self: RowPainter,
        painter: QPainter,
        row: RequestRow,
        line: PaintedLine,
        across: Sequence[ColumnSpan],
    ) -> None:
        paint(self, painter, row, line, across)
        if any(column is Column.STATUS for column, _, _ in across):
            number = numbers[row.identifier]
            arrivals.paint(number, step_of(row, number), time.monotonic_ns())

    RequestTableModel.stage = noted_take  # type: ignore[method-assign]
    RowPainter.paint = noted_paint  # type: ignore[method-assign]


class Errors(logging.Handler):
    """Keeps what the program logs as an error of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.found.append(record.getMessage()[:200])


class Guide:
    """Does what the runner asks, beside the running program."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.arrivals = Arrivals(options.count)
        self._errors = Errors()
        self._go = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._profile = Sampler() if options.profile else None

    def hold_the_start(self) -> None:
        """Let every engine's start wait for the runner."""
        guide, start = self, Desk.start

        async def held(self: Desk, only: Collection[str] | None = None) -> Sequence[RequestRow]:
            guide._task = asyncio.create_task(guide._run(self))
            await guide._go.wait()
            return await start(self, only)

        Desk.start = held  # type: ignore[method-assign]

    async def _run(self, desk: Desk) -> None:
        logging.getLogger().addHandler(self._errors)
        control = Control(asyncio.get_running_loop())
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        window.resize(1920, 1080)
        # Everything that an empty desk loads by itself belongs to the empty window.
        await desk.engine.platform.ping()
        await asyncio.to_thread(XrplCodec().warm_up)
        await asyncio.sleep(1.0)
        view = window.findChild(RequestTableView)
        assert isinstance(view, RequestTableView)
        heart, pages = Heartbeat(), Pages(view, self._options.count)
        control.say(ready=True, rows_in_view=pages.rows_in_view)
        while (asked := await control.next()) is not None:
            match asked["do"]:
                case "begin":
                    if self._profile is not None:
                        self._profile.start(asked["phase"])
                    if asked["heartbeat"]:
                        heart.start()
                    control.say()
                case "end":
                    if self._profile is not None:
                        self._profile.stop()
                    control.say(**heart.stop())
                case "dial":
                    at = time.monotonic_ns()
                    self._go.set()
                    control.say(at=at)
                case "pages":
                    pages.turn(asked["begin"], asked["number"])
                    control.say()
                case "reached":
                    number = await reached(
                        self.arrivals, asked["kind"], asked["number"], asked["patience"]
                    )
                    control.say(number=number)
                case "finish":
                    self.arrivals.save(Path(asked["file"]))
                    control.say(ends=self._ends(desk), broken=self._errors.found)
        if self._profile is not None:
            self._profile.save(Path(self._options.profile))
        window.close()

    def _ends(self, desk: Desk) -> list[str]:
        """The status of every request in the journal's order, as the screen shows it."""
        rows = {row.identifier: row.verdict.status.value for row in desk.rows()}
        names = map(plan.identifier_of, range(self._options.count))
        return [rows.get(name, "lost") for name in names]


def prepare(port: int, folder: str, *, secure: bool, ledger: str = "") -> list[str]:
    """Arguments and environment under which the program works on the load server."""
    os.environ["XUMM_APIKEY"] = plan.uuid_of(0)
    os.environ["XUMM_APISECRET"] = plan.uuid_of(1)
    # The table is what is measured, not the till with which a new shop begins.
    SettingsFile(Path(folder) / "settings.json").change(view="requests")
    host = "https://localhost" if secure else "http://127.0.0.1"
    arguments = ["--api", f"{host}:{port}/api/v1/platform", "--data-dir", folder]
    return [*arguments, "--ledger", ledger or "none", "--network", plan.NETWORK]


def main() -> int:
    """The contender's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--ledger", default="", help="a node; then every request ends paid")
    parser.add_argument("--profile", default="")
    options = parser.parse_args()
    raise_open_files()
    guide = Guide(options)
    ends = [_ENDS[plan.end_of(index)] for index in range(options.count)]
    look_at_the_table(guide.arrivals, [Status.PAID] * options.count if options.ledger else ends)
    guide.hold_the_start()
    return app.main(
        prepare(options.port, options.folder, secure=options.secure, ledger=options.ledger)
    )


if __name__ == "__main__":
    sys.exit(main())
