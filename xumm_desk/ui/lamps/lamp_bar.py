"""The row of lamps in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizeGrip, QStatusBar, QWidget

from xumm_desk.core.health.lamp import LampLevel, LampName
from xumm_desk.engine.desk import Desk
from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.announcement import announce

from . import lamp_layout, lamp_words
from .lamp import Lamp

if TYPE_CHECKING:
    from .lamp_window import LampWindow

_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
}


class LampBar(QWidget):
    """All lamps side by side: one tab stop, arrow keys move, Enter or Space shows the last hour of
    one. That of a shop is there only where the till belongs to one, and leads to the list of its
    tills: `tills_asked`. Call `tick` once a second."""

    tills_asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._bar: QStatusBar | None = None
        self._window: LampWindow | None = None
        self.setAccessibleName(_("State of the desk"))
        self.lamps: dict[LampName, Lamp] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(int(Space.XS))
        self.tick()
        self.lamps[LampName.PLATFORM].setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def tick(self) -> None:
        """Show the present state, and say what became worse."""
        readings, now = self._desk.lamps.look(), self._desk.clock.monotonic()
        for name in readings:
            if name not in self.lamps:
                self._add(name)
        resized = [self.lamps[name].show_reading(one, now) for name, one in readings.items()]
        if any(resized):
            self._fit()
        for name in self._desk.lamps.take_worse():
            reading = readings[name]
            words = _(
                "{lamp}: {state}. {meaning}",
                lamp=lamp_words.FULL_NAMES[name],
                state=reading.word,
                meaning=reading.meaning,
            )
            announce(self.lamps[name], words, urgent=reading.level is LampLevel.HARM)
        if self._window is not None:
            self._window.show_reading(readings[self._window.name], now)

    def open_window(self, name: LampName) -> LampWindow:
        """Show the last hour of a lamp above it."""
        if self._window is not None:
            self._window.close()
        from .lamp_window import LampWindow  # noqa: PLC0415 - opened seldom

        window = self._window = LampWindow(
            name, self._desk.lamps.history(name), self._desk.clock, self
        )
        window.finished.connect(self._closed)
        window.tills_asked.connect(self.tills_asked)
        lamp = self.lamps[name]
        window.show_reading(lamp.reading, self._desk.clock.monotonic())
        window.open_above(lamp)
        return window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go from lamp to lamp; the status bar's width decides what fits."""
        if isinstance(watched, QStatusBar):
            if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
                self._fit()
        elif isinstance(watched, Lamp) and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None and event.type() is QEvent.Type.KeyPress:
                self._move(watched, step if self.isLeftToRight() else -step)
                return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        bar = self.parentWidget()
        if self._bar is None and isinstance(bar, QStatusBar):
            self._bar = bar
            bar.installEventFilter(self)
            bar.messageChanged.connect(self._fit)
        self._fit()

    def _add(self, name: LampName) -> None:
        """Add a lamp at its place."""
        lamp = Lamp(name, self)
        lamp.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        lamp.clicked.connect(self._clicked)
        lamp.installEventFilter(self)
        lamps = {**self.lamps, name: lamp}
        self.lamps = {one: lamps[one] for one in LampName if one in lamps}
        self._row.insertWidget([*self.lamps].index(name), lamp)

    def _fit(self) -> None:
        """Show as much as there is room for beside what else the status bar says."""
        widths = {name: lamp.widths() for name, lamp in self.lamps.items()}
        gaps = self._row.spacing() * (len(self.lamps) - 1)
        details = lamp_layout.fit(widths, self._room() - gaps)
        for name, detail in details.items():
            self.lamps[name].show_detail(detail)

    def _room(self) -> int:
        bar = self._bar
        if bar is None:
            return 1 << 20
        taken = int(Space.XL)
        for other in bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if other is self or other.isHidden():
                continue
            if isinstance(other, QSizeGrip):
                taken += other.sizeHint().width()
            elif not bar.currentMessage():
                taken += other.sizeHint().width() + int(Space.S)
        if words := bar.currentMessage():
            taken += QFontMetrics(bar.font()).horizontalAdvance(words) + int(Space.L)
        return bar.width() - taken

    def _move(self, lamp: Lamp, step: int) -> None:
        """The lamp that has the focus is the one that Tab reaches."""
        lamps = list(self.lamps.values())
        other = lamps[(lamps.index(lamp) + step) % len(lamps)]
        lamp.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        other.setFocus(Qt.FocusReason.TabFocusReason)

    def _clicked(self) -> None:
        lamp = self.sender()
        if isinstance(lamp, Lamp):
            self.open_window(lamp.name)

    def _closed(self) -> None:
        if self._window is self.sender():
            self._window = None
