"""The last hour of one lamp, above it: what it means, what to do, and what changed when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.health.disk_space import size_text
from xumm_desk.core.health.lamp import LampLevel, LampName, LampReading
from xumm_desk.core.health.lamp_history import LampHistory, LampPeriod, LampSample, totals
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.state.clock_check import spoken_duration
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.status_shapes import ShapeIcon
from xumm_desk.ui.style.theme import Size, Space, Theme
from xumm_desk.ui.widgets.labelled_field import small_label
from xumm_desk.ui.widgets.labels import wrapped_label
from xumm_desk.ui.widgets.screens import screen_of

from .hour_bar import HourBar
from .lamp_words import FULL_NAMES, LEVEL_NAMES, LOOKS, last_good

_LINES: Final = 6
"""Changes that are seen without scrolling."""


class LampWindow(QDialog):
    """Closes by itself when something else is pressed, and with Esc. That of the shop leads to the
    list of its tills: `tills_asked`."""

    tills_asked = Signal()

    def __init__(
        self,
        name: LampName,
        history: LampHistory,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = name
        self._history, self._clock = history, clock
        self._listed: tuple[LampPeriod, ...] = ()
        self.setWindowTitle(tr(FULL_NAMES[name]))
        self.setAccessibleName(_("{lamp}: the last hour", lamp=FULL_NAMES[name]))
        self._mark = ShapeIcon(22)
        self.title = wrapped_label()
        self.title.setFont(theme.font(Size.LARGE, strong=True))
        self.meaning, self.action = wrapped_label(), wrapped_label()
        self.action.setFont(theme.font(strong=True))
        self.bar = HourBar()
        self.summary = wrapped_label(muted=True)
        self.values = wrapped_label(muted=True)
        self.changes = QListWidget()
        self.changes.setAccessibleName(_("Changes of the last hour"))
        self.changes.setWordWrap(True)
        self.changes.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.close_button = QPushButton(_("Close"))
        self.close_button.clicked.connect(self.reject)
        self.tills_button = QPushButton(_("Tills…"))
        self.tills_button.setVisible(name is LampName.SHOP)
        self.tills_button.clicked.connect(self._ask_tills)
        self._build()

    def show_reading(self, reading: LampReading, now: float) -> None:
        """Show the lamp as it is at the monotonic second `now`."""
        self._mark.show_shape(*LOOKS[reading.level])
        self.title.setText(_("{lamp}: {state}", lamp=FULL_NAMES[self.name], state=reading.word))
        self.meaning.setText(tr(Sentences([reading.meaning, last_good(reading, now)])))
        action = Message("What to do: {action}", action=reading.action) if reading.action else ""
        self.action.setText(tr(action))
        self.action.setVisible(bool(action))
        periods, samples = self._history.periods(now), self._history.samples(now)
        self.bar.show_hour(periods, samples, now)
        summary = _("The last hour: {summary}", summary=_summary(periods))
        self.summary.setText(summary)
        self.bar.set_spoken(summary)
        values = _value_range(self.name, samples)
        self.values.setText(tr(values))
        self.values.setVisible(bool(values))
        self._list_changes(periods, now)

    def open_above(self, lamp: QWidget) -> None:
        """Open above `lamp`, within its screen."""
        self.adjustSize()
        screen = screen_of(lamp).availableGeometry()
        size = self.sizeHint().boundedTo(screen.size())
        corner = lamp.mapToGlobal(QPoint(0, 0))
        left = corner.x() if lamp.isLeftToRight() else corner.x() + lamp.width() - size.width()
        place = QRect(QPoint(left, corner.y() - size.height() - int(Space.XS)), size)
        place.moveLeft(max(screen.left(), min(place.left(), screen.right() - size.width())))
        place.moveTop(max(screen.top(), place.top()))
        self.setGeometry(place)
        self.open()
        self.close_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card with an edge: a popup has no frame of its own."""
        painter, colours = QPainter(self), Theme.current().colours
        painter.setPen(QPen(QColor(colours.edge), 1))
        painter.setBrush(QColor(colours.card))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.meaning)
        column.addWidget(self.action)
        column.addSpacing(Space.XS)
        column.addWidget(self.bar)
        column.addWidget(self.summary)
        column.addWidget(self.values)
        column.addWidget(small_label(QLabel(_("Changes of the last hour"))))
        column.addWidget(self.changes, 1)
        end = QHBoxLayout()
        end.addWidget(self.tills_button)
        end.addStretch()
        end.addWidget(self.close_button)
        column.addLayout(end)
        line = self.fontMetrics().height() + int(Space.S)
        self.changes.setMinimumHeight(line * 2)
        self.changes.setMaximumHeight(line * _LINES)
        self.setMinimumWidth(theme.letter_width(self.fontMetrics()) * 62)

    def _ask_tills(self) -> None:
        self.reject()
        self.tills_asked.emit()

    def _list_changes(self, periods: Sequence[LampPeriod], now: float) -> None:
        """Newest first. Only what changed is written anew, so that a screen reader's place and the
        scroll position stay."""
        shown = tuple(reversed(periods))
        if len(shown) != len(self._listed) or any(
            (a.start, a.level) != (b.start, b.level)
            for a, b in zip(shown, self._listed, strict=True)
        ):
            self.changes.clear()
            for __ in shown:
                self.changes.addItem(QListWidgetItem())
        self._listed = shown
        wall = self._clock.now()
        for row, one in enumerate(shown):
            item = self.changes.item(row)
            item.setText(_period_text(one, wall - timedelta(seconds=now - one.start)))
            item.setToolTip(tr(one.meaning))
            shape, tone = LOOKS[one.level]
            side = self.fontMetrics().ascent()
            colour, ratio = Theme.current().colour(tone), self.devicePixelRatioF()
            item.setIcon(QIcon(status_shapes.pixmap(shape, colour, side, ratio)))
            self.changes.setIconSize(QSize(side, side))


def _period_text(one: LampPeriod, at: datetime) -> str:
    """When it began (UTC), how it was and for how long. What is well needs no more words."""
    time, duration = formats.time_of_day(at), spoken_duration(one.seconds)
    level = LEVEL_NAMES[one.level]
    if one.level <= LampLevel.WELL:
        return _("{time} · {level} · {duration}", time=time, level=level, duration=duration)
    return _(
        "{time} · {level}: {state} · {duration}",
        time=time,
        level=level,
        state=one.word,
        duration=duration,
    )


def _summary(periods: Sequence[LampPeriod]) -> str:
    """How long it was how, the worst first."""
    parts = [
        Message("{level} {duration}", level=LEVEL_NAMES[level], duration=spoken_duration(seconds))
        for level, seconds in totals(periods).items()
    ]
    return Sentences(parts, " · ") if parts else Message("Nothing is recorded yet.")


def _value_range(name: LampName, samples: Sequence[LampSample]) -> str:
    """Between which numbers the lamp's value was; "" where that says nothing."""
    low = min((one.low for one in samples), default=0)
    high = max((one.high for one in samples), default=0)
    if low == high:
        return ""
    if name is LampName.DISK:
        if size_text(low) == size_text(high):
            return ""
        return Message(
            "Free space between {low} and {high}.", low=size_text(low), high=size_text(high)
        )
    if name is LampName.CALLS:
        return Message("Calls left between {low} and {high}.", low=low, high=high)
    if name is LampName.SHOP:
        return Message("Facts that wait here between {low} and {high}.", low=low, high=high)
    if name is LampName.LIVE:
        return Message("Open connections between {low} and {high}.", low=low, high=high)
    if name is LampName.CLOCK:
        return Message("Seconds ahead between {low} and {high}.", low=low, high=high)
    return ""
