"""For contenders with a window: a heartbeat on its thread, and pages turned."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QTableView

from . import plan
from .meter import HeartbeatMeter


class Heartbeat(QObject):
    """A precise Qt timer on the window's thread that should beat every millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self._beats = HeartbeatMeter()
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

    def __init__(self, view: QTableView, count: int) -> None:
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
