"""Contender: the desk's loop and sockets under the thinnest window, a throw-away.

A row is a dictionary with one word, as plain asyncio keeps it, and a painted pixmap of that word;
no facts, verdict, journal, search or columns, and no collector of garbage after it was dialled.
What it costs is what this shape costs in this language; what the desk costs above it is what the
desk does.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import json
import os
import sys
import time
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from xumm_desk.qt import pyside_import

pyside_import.import_pyside()  # as the desk does

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from xumm_desk.net.platform.status_socket import StatusSockets
from xumm_desk.qt.event_loop import make_loop

from . import plan
from .contender_plain import Plain, add_options, run
from .meter import Arrivals
from .plan import STEPS
from .window import Heartbeat, Pages

_COLUMNS: Final = 4
_WORDS: Final = {**STEPS, "waiting": 0, "declined": STEPS["signed"]}
_DRAIN_MS: Final = 20
_SIZE: Final = QRect(0, 0, 240, 24)
_NO_PARENT: Final = QModelIndex()
_AnyIndex = QModelIndex | QPersistentModelIndex


@functools.cache
def picture(text: str) -> QPixmap:
    """The text as a painted cell."""
    made = QPixmap(_SIZE.size())
    made.fill(Qt.GlobalColor.white)
    painter = QPainter(made)
    painter.drawText(_SIZE, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return made


class Rows(QAbstractTableModel):
    """One dictionary a line, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """All of them."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """A few, all alike."""
        return 0 if parent.isValid() else _COLUMNS

    def data(self, _index: _AnyIndex, _role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Nothing: the delegate paints."""
        return None

    def fill(self, rows: list[dict[str, Any]]) -> None:
        """These, newest first."""
        self.beginResetModel()
        self.lines = rows
        self.endResetModel()


class Delegate(QStyledItemDelegate):
    """Paints pixmaps that were painted before, and notes when."""

    def __init__(self, rows: Rows, arrivals: Arrivals) -> None:
        super().__init__()
        self._rows, self._arrivals = rows, arrivals

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint one cell."""
        line, column = index.row(), index.column()
        status = self._rows.lines[line]["status"]
        painter.drawPixmap(option.rect.topLeft(), picture(status))
        if column == 0:
            number = len(self._rows.lines) - 1 - line
            self._arrivals.paint(number, _WORDS[status], time.monotonic_ns())


class Thin(Plain):
    """Sockets, a dictionary, and a table that shows it."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options)
        self._sockets = StatusSockets(open_timeout=120.0)
        self._rows = Rows()
        self._view = QTableView()
        self._view.setModel(self._rows)
        self._delegate = Delegate(self._rows, self.arrivals)
        self._view.setItemDelegate(self._delegate)
        self._view.verticalHeader().setDefaultSectionSize(_SIZE.height())
        self._view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self._view.resize(1920, 1080)
        self._view.show()
        self._pages = Pages(self._view, options.count)
        self._tick = QTimer(self._view)
        self._tick.timeout.connect(self._view.viewport().update)
        self._tick.start(1000)
        self._dirty: set[int] = set()
        self._drained_at = 0.0
        self._drain = QTimer(self._view)
        self._drain.setSingleShot(True)
        self._drain.setTimerType(Qt.TimerType.PreciseTimer)
        self._drain.timeout.connect(self._paint)

    def dial(self) -> None:
        """Start a task for each request, and show all of them."""
        gc.collect()
        gc.disable()
        rows: list[dict[str, Any]] = [
            {"uuid": plan.uuid_of(index), "status": "waiting"}
            for index in range(self.arrivals.count)
        ]
        self.table = {row["uuid"]: row for row in rows}
        self._rows.fill(rows[::-1])
        super().dial()

    def turn_pages(self, begin: int, number: int) -> None:
        """Show one page after the other."""
        self._pages.turn(begin, number)

    async def follow(self, index: int) -> None:
        """The task of one request."""
        uuid = plan.uuid_of(index)
        row, line = self.table[uuid], plan.place_of(index, self.arrivals.count)

        def hear(message: str | bytes) -> None:
            known = row["status"]
            self.take(index, row, json.loads(message))
            if row["status"] != known:
                self._dirty.add(line)
                if not self._drain.isActive():
                    quiet = int(1000 * (time.monotonic() - self._drained_at))
                    self._drain.start(max(0, _DRAIN_MS - quiet))

        async with self.gate:
            socket = await self._sockets.connect(f"{self.base}/{uuid}", hear)
        try:
            await socket.closed
        finally:
            await socket.close()

    def _paint(self) -> None:
        """Have those painted anew that have changed and are in view."""
        dirty, self._dirty = self._dirty, set()
        self._drained_at = time.monotonic()
        port, height = self._view.viewport(), _SIZE.height()
        top = self._view.verticalScrollBar().value() // height
        for line in dirty.intersection(range(top, top + port.height() // height + 2)):
            port.update(0, self._view.rowViewportPosition(line), port.width(), height)


def main() -> int:
    """The contender's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    application = QApplication([])
    loop = make_loop(application)
    asyncio.set_event_loop(loop)
    loop.run_until_complete(run(Thin(parser.parse_args()), Heartbeat()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
