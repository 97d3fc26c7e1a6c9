"""Contender: the real desk, engine, journal file, window and table, on its own loop.

Composes what `xumm_desk.app` composes, from the public parts, and looks at it from outside: when a
row is in the table's model, and when the cell with its status was painted. Must not change how
any of them works.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from xumm_desk.app import resources
from xumm_desk.assembly import Assembly
from xumm_desk.configuration import Configuration
from xumm_desk.core.lifecycle import Status, Step
from xumm_desk.core.networks import NETWORKS
from xumm_desk.core.outcome import Failure, Fault
from xumm_desk.engine.book import Row
from xumm_desk.engine.tasks import TaskOwner
from xumm_desk.loop import make_loop
from xumm_desk.store.settings import SettingsFile
from xumm_desk.store.vault import Credentials
from xumm_desk.ui import theme
from xumm_desk.ui.cells import Cells
from xumm_desk.ui.columns import Column
from xumm_desk.ui.table import ROW_ROLE, RequestTable
from xumm_desk.ui.view import RequestView
from xumm_desk.ui.window import MainWindow, Place

from . import plan
from .contender_plain import add_options, reached
from .control import Control, raise_open_files
from .meter import Arrivals, Beats
from .plan import End, Kind

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


def step_of(row: Row, index: int) -> int:
    """How far the screen's row is, in this benchmark's count."""
    if row.verdict.status is _ENDS[plan.end_of(index)]:
        return Kind.END + 1
    return _STEPS.get(row.request.step, 0)


def look_at_the_table(arrivals: Arrivals) -> None:
    """Note when rows are in the model, and when their status cells were painted. Before any table
    or view is made."""
    update, paint = RequestTable.update, Cells.paint

    def noted_update(self: RequestTable, rows: Iterable[Row]) -> None:
        rows = tuple(rows)
        update(self, rows)
        now = time.monotonic_ns()
        for row in rows:
            index = plan.index_of_identifier(row.identifier)
            arrivals.take(index, step_of(row, index), now)

    def noted_paint(
        self: Cells, painter: QPainter, option: QStyleOptionViewItem, index: Any
    ) -> None:
        paint(self, painter, option, index)
        if index.column() == Column.STATUS:
            row = index.data(ROW_ROLE)
            if isinstance(row, Row):
                number = plan.index_of_identifier(row.identifier)
                arrivals.paint(number, step_of(row, number), time.monotonic_ns())

    RequestTable.update = noted_update  # type: ignore[method-assign]
    Cells.paint = noted_paint  # type: ignore[method-assign]


class Heart(QObject):
    """A precise Qt timer on the window's thread that should beat every millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self._beats = Beats()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beats.beat)

    def start(self) -> None:
        """Begin to beat."""
        self._beats.start()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Beat no more; how it went."""
        if not self._timer.isActive():
            return {}
        self._timer.stop()
        return self._beats.report()


class Pages:
    """Turns the table's pages while events come, so that many rows are seen once."""

    def __init__(self, view: RequestView, count: int) -> None:
        self._view, self._count = view, count
        self._timers: list[QTimer] = []

    @property
    def rows_in_view(self) -> int:
        """How many whole rows the view shows."""
        height = self._view.verticalHeader().defaultSectionSize()
        return self._view.viewport().height() // height

    def turn(self, begin: int, number: int) -> None:
        """Show one page after the other, from the moment `begin` on."""
        for slot in range(number):
            timer = QTimer(self._view)
            timer.setSingleShot(True)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda slot=slot: self.show(slot))
            after = begin / 1e6 + slot * plan.SLOT * 1e3 - time.monotonic_ns() / 1e6
            timer.start(max(0, int(after)))
            self._timers.append(timer)

    def show(self, slot: int) -> None:
        """Bring the page of this slot to the top of the view."""
        place = plan.place_of(plan.page(slot, self._count)[-1], self._count)
        height = self._view.verticalHeader().defaultSectionSize()
        self._view.verticalScrollBar().setValue(place * height)


class DeskContender:
    """The program with its window, told by the runner when to do what."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        folder = Path(options.folder)
        scheme = "https://localhost" if options.secure else "http://127.0.0.1"
        self._configuration = Configuration(
            api=f"{scheme}:{options.port}/api/v1/platform",
            nodes=(),
            network=NETWORKS[plan.NETWORK],
            folder=folder,
            credentials=None,
            practice=False,
        )
        self.arrivals = Arrivals(options.count)
        self._tasks = TaskOwner()
        self._heart = Heart()
        self._broken: list[str] = []
        self._profile = cProfile.Profile() if options.profile else None
        self._window = MainWindow(
            place=self._place(),
            settings=SettingsFile(folder / "settings.json"),
            start=self._tasks.start,
            help_folder=resources() / "help",
            kept_where="",
            test_keys=_no_test,
        )

    async def run(self) -> None:
        """Show the empty window, then do what the runner asks until it goes."""
        look_at_the_table(self.arrivals)
        control = Control(asyncio.get_running_loop())
        self._tasks.on_error(self._broken.append)
        self._window.resize(1920, 1080)
        self._window.show()
        assembly = Assembly(self._configuration, Credentials(plan.uuid_of(0), plan.uuid_of(1)))
        desk = assembly.open()
        desk.tasks.on_error(self._broken.append)
        self._window.attach(desk, self._place(), None)
        # Everything that an empty desk loads by itself belongs to the empty window.
        await assembly.platform.ping()
        await asyncio.to_thread(assembly.codec.warm_up)
        await asyncio.sleep(1.0)
        view = self._window.findChild(RequestView)
        assert isinstance(view, RequestView)
        pages = Pages(view, self._options.count)
        control.say(ready=True, rows_in_view=pages.rows_in_view)
        while (asked := await control.next()) is not None:
            match asked["do"]:
                case "begin":
                    if self._profile is not None:
                        self._profile.enable()
                    if asked["heartbeat"]:
                        self._heart.start()
                    control.say()
                case "end":
                    if self._profile is not None:
                        self._profile.disable()
                    control.say(**self._heart.stop())
                case "dial":
                    at = time.monotonic_ns()
                    self._tasks.start(self._start(assembly), "start")
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
                    rows = {row.identifier: row.verdict.status.value for row in desk.rows()}
                    names = map(plan.identifier_of, range(self._options.count))
                    ends = [rows.get(name, "lost") for name in names]
                    control.say(ends=ends, broken=self._broken)
        if self._profile is not None:
            self._profile.dump_stats(self._options.profile)
        self._window.say_goodbye()
        await self._tasks.stop()
        self._window.detach()
        await assembly.close()
        self._window.really_close()

    async def _start(self, assembly: Assembly) -> None:
        self._window.show_resumed(await assembly.desk.start())

    def _place(self) -> Place:
        configuration = self._configuration
        return Place(
            network=configuration.network.key, host=configuration.host, practice=False, ledger=False
        )


async def _no_test(_key: str, _secret: str) -> Failure:
    return Failure(Fault.UNREACHABLE, "")


def main() -> int:
    """The contender's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--profile", default="")
    options = parser.parse_args()
    raise_open_files()
    application = QApplication(["benchmark"])
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application)
    loop = make_loop(application)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="work"))
    with loop:  # type: ignore[attr-defined]
        loop.run_until_complete(DeskContender(options).run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
