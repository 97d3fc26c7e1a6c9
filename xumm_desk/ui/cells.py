"""Knows how cells are painted: background, shape and word, numbers, step line. Must not know
where their texts come from."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xumm_desk.core.lifecycle import Status
from xumm_desk.engine.book import Row

from . import shapes, steps, theme
from .columns import NONE, NUMBERS, Column
from .table import ROW_ROLE, SHORT_ROLE
from .theme import Role, Space, Theme, tone_of

_AnyIndex = QModelIndex | QPersistentModelIndex
PAD: Final = int(Space.S)
_QUIET: Final = frozenset({Column.TIME, Column.ASSET, Column.TYPE, Column.NETWORK, Column.UUID})
_LOUD: Final = frozenset({Role.ATTENTION, Role.HARM, Role.GOOD})


class Cells(QStyledItemDelegate):
    """Paints every cell of the request table. Ordinary rows stay neutral: only the status shape
    and its word have a colour."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.refresh()

    def refresh(self) -> None:
        """Read the application's font again."""
        self._plain = theme.font()
        self._digits = theme.font(tabular=True)
        self._strong = theme.font(strong=True)

    def font_of(self, column: Column) -> QFont:
        """The font of a column."""
        return self._digits if column in NUMBERS or column is Column.TIME else self._plain

    @property
    def strong(self) -> QFont:
        """The font of what must be seen."""
        return self._strong

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:  # noqa: ARG002
        """Rows have one height; widths are the view's business."""
        return QSize(60, option.fontMetrics.height() + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint one cell."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        rect, column = QRect(option.rect), Column(index.column())
        painter.save()
        self._ground(painter, option, index)
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        if column is Column.STATUS:
            self._status(painter, inner, row, index)
        elif column is Column.STEPS:
            steps.paint_small(painter, QRectF(inner), steps.stops(row))
        else:
            self._text(painter, inner, row, index, column)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        colours = Theme.current().colours
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = QRect(option.rect)
        if picked or index.row() == self.hovered:
            painter.fillRect(rect, QColor(colours.pick if picked else colours.over))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        if picked and index.column() == 0 and option.state & QStyle.StateFlag.State_Active:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(colours.accent))

    def _status(self, painter: QPainter, place: QRect, row: Row, index: _AnyIndex) -> None:
        role = tone_of(row.verdict.status)
        ink = Theme.current().colour(role)
        side = max(16, QFontMetrics(self._plain).height())
        left = place.left() + int(Space.XS)
        mark = QRectF(left, place.top(), side, place.height())
        shapes.draw(painter, mark, shapes.shape_of(row.verdict.status), ink)
        words = place.adjusted(side + int(Space.M), 0, 0, 0)
        short, whole = str(index.data(SHORT_ROLE)), str(index.data())
        font = self._strong if role in _LOUD else self._plain
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(words, _LEFT, metrics.elidedText(short, _RIGHT_DOTS, words.width()))
        rest = whole.removeprefix(short)
        after = words.adjusted(metrics.horizontalAdvance(short), 0, 0, 0)
        if rest and QFontMetrics(self._plain).horizontalAdvance(rest) <= after.width():
            painter.setFont(self._plain)
            painter.setPen(QColor(Theme.current().colours.muted))
            painter.drawText(after, _LEFT, rest)

    def _text(
        self, painter: QPainter, place: QRect, row: Row, index: _AnyIndex, column: Column
    ) -> None:
        colours = Theme.current().colours
        words = str(index.data())
        quiet = words == NONE or column in _QUIET
        ink, font = colours.muted if quiet else colours.text, self.font_of(column)
        if column is Column.LEFT:
            if row.verdict.status is Status.EXPIRED_OPENED:
                ink, font = colours.tones[Role.ATTENTION], self._strong
            elif row.verdict.final:
                ink = colours.muted
        metrics = QFontMetrics(font)
        if metrics.horizontalAdvance(words) > place.width():
            words = str(index.data(SHORT_ROLE))
            if column is Column.AMOUNT:
                font = _narrower(font, place.width() / metrics.horizontalAdvance(words))
                metrics = QFontMetrics(font)
        middle = column in (Column.UUID, Column.TXID, Column.REFERENCE)
        dots = Qt.TextElideMode.ElideMiddle if middle else _RIGHT_DOTS
        painter.setFont(font)
        painter.setPen(QColor(ink))
        side = _RIGHT if column in NUMBERS else _LEFT
        painter.drawText(place, side, metrics.elidedText(words, dots, place.width()))


def _narrower(font: QFont, share: float) -> QFont:
    """The font, smaller: half an amount is a wrong amount, so it shrinks before it is cut."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * max(0.6, share * 0.97))
    return small


_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_DOTS: Final = Qt.TextElideMode.ElideRight
