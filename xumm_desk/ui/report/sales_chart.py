"""Sales by hour or by day as bars beside those of the period before, drawn by pyqtgraph.

Nothing moves: bars are drawn where they stay. Import this module when the chart is first wanted,
since numpy and pyqtgraph take half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from xumm_desk.core.report.line import ReportLine
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Theme

from . import wording

_WIDE: Final = 0.78
"""Of a slot's width: the bar of the period before."""
_NARROW: Final = 0.46
"""The bar of the period itself, in front of it."""
_LINES: Final = 5
"""Horizontal lines at most, beside the one at the bottom."""
_STEPS: Final = (1, 2, 5)
_FEW: Final = 7
"""So many bars have room for the whole date."""


class SalesChart(QWidget):
    """`asked` carries the `Figure` of a bar that was pressed. With the keyboard the arrows go from
    bar to bar, and Enter asks."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[ReportLine, ...] = ()
        self.marked = -1
        self._titles = ("", "")
        self._view = view = pg.GraphicsView(self, background=None)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setMinimumSize(1, 1)
        view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for action in view.scene().contextMenu:
            action.setParent(None)  # of a menu that nobody can open, in English
        view.scene().contextMenu = []
        inside = pg.GraphicsLayout()
        inside.setContentsMargins(0, 4, 0, 0)
        inside.setSpacing(0)
        # As time runs. Turned around, the axis of counts would draw its lines away from the bars.
        inside.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        view.setCentralItem(inside)
        # Not a PlotItem: that makes a dozen menus, which are windows of their own.
        self._left, self._bottom = pg.AxisItem("left"), pg.AxisItem("bottom")
        inside.addItem(self._left, 0, 0)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        inside.addItem(self._box, 0, 1)
        inside.addItem(self._bottom, 1, 1)
        for axis in (self._left, self._bottom):
            axis.linkToView(self._box)
            axis.setZValue(-200)  # its lines lie behind the bars, which are at -100
        self._items: list[Any] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self._draw)
        self._draw()

    def show_lines(self, lines: Sequence[ReportLine], now: str, before: str) -> None:
        """Show these numbers of sales; `now` and `before` are what the periods are called."""
        if tuple(lines) == self.lines and (now, before) == self._titles:
            return
        self.lines, self._titles = tuple(lines), (now, before)
        self.marked = min(self.marked, len(self.lines) - 1)
        self._describe()
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(480, 12 * QFontMetrics(theme.font()).height())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 8 * QFontMetrics(theme.font()).height())

    def bar_at(self, place: QPoint) -> int:
        """The number of the slot at this place of the widget; -1 for none."""
        scene = self._view.mapToScene(self._view.mapFrom(self, place))
        if not self._box.sceneBoundingRect().contains(scene):
            return -1
        at = round(self._box.mapSceneToView(scene).x())
        return at if 0 <= at < len(self.lines) else -1

    def place_of(self, at: int) -> QPoint:
        """A place of the widget in the slot of this number."""
        high = self._box.viewRange()[1][1]
        scene = self._box.mapViewToScene(QPointF(at, high / 2))
        found: QPoint = self._view.mapTo(self, self._view.mapFromScene(scene))
        return found

    def mark(self, at: int) -> None:
        """Mark a bar with the keyboard's frame."""
        if 0 <= at < len(self.lines) and at != self.marked:
            self.marked = at
            self._describe()
            self._draw()

    def event(self, event: QEvent) -> bool:
        """The tooltip of a bar."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.bar_at(event.pos())
            text = self._words(self.lines[at]) if at >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.bar_at(event.position().toPoint()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self.bar_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.mark(at)
            self._ask(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Time runs from left to right in every language.
        last = len(self.lines) - 1
        match event.key():
            case Qt.Key.Key_Left if not event.modifiers():
                self.mark(max(0, self.marked - 1) if self.marked >= 0 else last)
            case Qt.Key.Key_Right if not event.modifiers():
                self.mark(min(last, self.marked + 1))
            case Qt.Key.Key_Home if not event.modifiers():
                self.mark(0)
            case Qt.Key.Key_End if not event.modifiers():
                self.mark(last)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self._ask(self.marked)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.marked < 0:
            self.mark(_largest(self.lines))
        self._draw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mark_axes()

    def changeEvent(self, event: QEvent) -> None:
        """Another size of text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._draw()

    def _ask(self, at: int) -> None:
        if 0 <= at < len(self.lines):
            self.asked.emit(self.lines[at].now)

    def _describe(self) -> None:
        """Say the chart in words, and the marked bar in its name."""
        total = sum(line.counts[0] for line in self.lines)
        words = _("{n} sale in all.", plural="{n} sales in all.", n=total)
        if total:
            most = self.lines[_largest(self.lines)]
            assert most.slot is not None
            words = _(
                "{total} Most at {time}: {count}.",
                total=words,
                time=wording.slot_text(most.slot),
                count=most.counts[0],
            )
        self.setAccessibleDescription(
            _("{words} The same numbers stand in the table.", words=words)
        )
        name = _("Chart of sales, {period}", period=self._titles[0])
        if 0 <= self.marked < len(self.lines):
            name = f"{name}. {self._words(self.lines[self.marked])}"
        self.setAccessibleName(name)

    def _words(self, line: ReportLine) -> str:
        assert line.slot is not None
        return _(
            "{time}: {now}. Before: {before}.",
            time=wording.slot_text(line.slot),
            now=_("{n} sale", plural="{n} sales", n=line.counts[0]),
            before=tr(line.before.text),
        )

    # Drawing.

    def _draw(self) -> None:
        colours = Theme.current().colours
        self._view.setBackground(QColor(colours.card))
        for item in self._items:
            self._box.removeItem(item)
        self._items = []
        counts = [line.counts for line in self.lines]
        highest = max((max(pair) for pair in counts), default=0)
        ticks = _ticks(highest)
        # Both differ by more than their colour: a frame, and a bar that is filled.
        before = _Bars([b for _a, b in counts], _WIDE, QBrush(QColor(colours.line)))
        before.frame = QPen(QColor(colours.edge), 0)
        now = _Bars([a for a, _b in counts], _NARROW, QBrush(QColor(colours.accent)))
        for bars in (before, now):
            self._add(bars.item())
        if self.hasFocus() and 0 <= self.marked < len(self.lines):
            self._add(_frame(self.marked, ticks[-1], QColor(colours.text)))
        self._box.setRange(
            QRectF(-0.6, 0, max(1, len(self.lines)) + 0.2, ticks[-1] * 1.04), padding=0
        )
        font = theme.font(Size.SMALL, tabular=True)
        for axis in (self._left, self._bottom):
            axis.setTickFont(font)
            axis.setTextPen(QColor(colours.muted))
            axis.setPen(QPen(QColor(colours.line), 0))
            axis.setTickPen(QPen(QColor(colours.line), 0))
            axis.setStyle(tickLength=0)
        metrics = QFontMetrics(font)
        self._left.setWidth(metrics.horizontalAdvance("0 000") + 8)
        self._bottom.setHeight(metrics.height() + 6)
        self._left.setTicks([[(tick, str(tick)) for tick in ticks]])
        self._left.setGrid(120)
        self._mark_axes()

    def _mark_axes(self) -> None:
        """As many marks below the bars as have room."""
        few = len(self.lines) <= _FEW
        words = wording.slot_text if few else wording.slot_mark
        marks = [words(line.slot) for line in self.lines if line.slot is not None]
        metrics = QFontMetrics(theme.font(Size.SMALL, tabular=True))
        # Not the width of what is inside, which follows later.
        room = max(1.0, (self.width() - self._left.width()) / max(1, len(marks)))
        wide = max((metrics.horizontalAdvance(mark) for mark in marks), default=0) + 8
        step = next((one for one in (1, 2, 3, 4, 6, 8, 12) if room * one >= wide), 24)
        self._bottom.setTicks([[(at, mark) for at, mark in enumerate(marks) if at % step == 0]])

    def _add(self, item: Any) -> None:
        self._items.append(item)
        self._box.addItem(item, ignoreBounds=True)


class _Bars:
    """Bars of one period, a slot wide at most."""

    def __init__(self, heights: Sequence[int], width: float, fill: QBrush) -> None:
        self._heights, self._width, self._fill = heights, width, fill
        self.frame = QPen(Qt.PenStyle.NoPen)

    def item(self) -> Any:
        """What is drawn."""
        shown = [(at, high) for at, high in enumerate(self._heights) if high]
        return pg.BarGraphItem(
            x=[at for at, _high in shown],
            height=[high for _at, high in shown],
            width=self._width,
            brush=self._fill,
            pen=self.frame,
        )


def _frame(at: int, high: int, colour: QColor) -> Any:
    """The frame around the marked slot."""
    pen = QPen(colour, 2)
    pen.setCosmetic(True)
    return pg.BarGraphItem(
        x=[at], height=[high], width=0.94, brush=QBrush(Qt.BrushStyle.NoBrush), pen=pen
    )


def _largest(lines: Sequence[ReportLine]) -> int:
    """The number of the first of the highest bars; -1 of none."""
    counts = [line.counts[0] for line in lines]
    return counts.index(max(counts)) if counts else -1


def _ticks(highest: int) -> list[int]:
    """Whole numbers for the horizontal lines, the last of them at least `highest`."""
    size, power = 1, 1
    while True:
        for step in _STEPS:
            size = step * power
            if size * _LINES >= highest:
                count = max(1, -(-highest // size))
                return [size * place for place in range(count + 1)]
        power *= 10
