"""Knows how cells are painted: background, shape and word, numbers, step line. Must not know
where their texts come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xumm_desk.core.lifecycle import Status
from xumm_desk.engine.book import Row

from . import columns, shapes, steps, theme
from .columns import NONE, NUMBERS, Column
from .stamps import Stamps
from .table import RequestTable
from .theme import Role, Space, Theme, tone_of
from .times import Clock

_AnyIndex = QModelIndex | QPersistentModelIndex
PAD: Final = int(Space.S)
_QUIET: Final = frozenset({Column.TIME, Column.ASSET, Column.TYPE, Column.NETWORK, Column.UUID})
_LOUD: Final = frozenset({Role.ATTENTION, Role.HARM, Role.GOOD})
_MIDDLE: Final = frozenset({Column.UUID, Column.TXID, Column.REFERENCE})
_COLUMNS: Final = tuple(Column)
_WORDS: Final = 4096


class Letters:
    """A font, and how wide words are in it: shaping them takes as long as drawing them, and most
    cells say what others said before."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.width: Callable[[str], int] = lru_cache(_WORDS)(self.metrics.horizontalAdvance)


class Cells(QStyledItemDelegate):
    """Paints every cell of the request table. Ordinary rows stay neutral: only the status shape
    and its word have a colour.

    A full table is painted within a part of a frame: rows are asked for directly, fonts and
    colours are made once a theme, and the drawn cells, which look alike in many rows, are stamped.
    """

    def __init__(self, table: RequestTable, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self._table, self._clock = table, clock
        self._stamps = Stamps()
        self.refresh()
        Theme.current().changed.connect(self.refresh)

    def refresh(self) -> None:
        """Read the application's font and colours again."""
        self._plain = Letters(theme.font())
        self._digits = Letters(theme.font(tabular=True))
        self._strong = Letters(theme.font(strong=True))
        colours = Theme.current().colours
        self._ink, self._muted = QColor(colours.text), QColor(colours.muted)
        self._line, self._accent = QColor(colours.line), QColor(colours.accent)
        self._pick, self._over = QColor(colours.pick), QColor(colours.over)
        self._tones = {role: QColor(ink) for role, ink in colours.tones.items()}
        self._stamps.clear()

    def font_of(self, column: Column) -> QFont:
        """The font of a column."""
        return self._letters_of(column).font

    @property
    def strong(self) -> QFont:
        """The font of what must be seen."""
        return self._strong.font

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:  # noqa: ARG002
        """Rows have one height; widths are the view's business."""
        return QSize(60, option.fontMetrics.height() + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint one cell."""
        place = index.row()
        row = self._table.at(place)
        if row is None:
            return
        rect, column = option.rect, _COLUMNS[index.column()]
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = self._pick if picked else self._over if place == self.hovered else None
        if column is Column.STATUS:
            self._status(painter, rect, row, ground, option.palette)
        elif column is Column.STEPS:
            self._steps(painter, rect, row, ground, option.palette)
        else:
            self._ground(painter, rect, ground)
            self._text(painter, rect.adjusted(PAD, 0, -PAD, 0), row, column)
        if picked and column is _COLUMNS[0] and option.state & QStyle.StateFlag.State_Active:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), self._accent)

    def _ground(self, painter: QPainter, rect: QRect, ground: QColor | None) -> None:
        if ground is not None:
            painter.fillRect(rect, ground)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._line)

    def _steps(
        self, painter: QPainter, rect: QRect, row: Row, ground: QColor | None, palette: QPalette
    ) -> None:
        line = steps.stops(row)

        def draw(on: QPainter, place: QRect) -> None:
            self._ground(on, place, ground)
            steps.paint_small(on, QRectF(place.adjusted(PAD, 0, -PAD, 0)), line)

        base = ground or palette.base().color()
        self._stamps.put(painter, rect, (line, base.rgb()), base, draw)

    def _status(
        self, painter: QPainter, rect: QRect, row: Row, ground: QColor | None, palette: QPalette
    ) -> None:
        status = row.verdict.status
        short = columns.short(row, Column.STATUS, self._clock)
        whole = columns.text(row, Column.STATUS, self._clock)

        def draw(on: QPainter, place: QRect) -> None:
            self._ground(on, place, ground)
            self._status_words(on, place.adjusted(PAD, 0, -PAD, 0), status, short, whole)

        base = ground or palette.base().color()
        self._stamps.put(painter, rect, (status, short, whole, base.rgb()), base, draw)

    def _status_words(
        self, painter: QPainter, place: QRect, status: Status, short: str, whole: str
    ) -> None:
        role = tone_of(status)
        ink = self._tones[role]
        side = max(16, self._plain.metrics.height())
        left = place.left() + int(Space.XS)
        mark = QRectF(left, place.top(), side, place.height())
        shapes.draw(painter, mark, shapes.shape_of(status), ink)
        words = place.adjusted(side + int(Space.M), 0, 0, 0)
        loud = role in _LOUD
        letters = self._strong if loud else self._plain
        painter.setFont(letters.font)
        painter.setPen(ink)
        shown = letters.metrics.elidedText(short, _RIGHT_DOTS, words.width())
        painter.drawText(words, _LEFT, shown)
        rest = whole.removeprefix(short)
        after = words.adjusted(letters.width(short), 0, 0, 0)
        if rest and self._plain.width(rest) <= after.width():
            painter.setFont(self._plain.font)
            painter.setPen(self._muted)
            painter.drawText(after, _LEFT, rest)

    def _letters_of(self, column: Column) -> Letters:
        return self._digits if column in NUMBERS or column is Column.TIME else self._plain

    def _text(self, painter: QPainter, place: QRect, row: Row, column: Column) -> None:
        words = columns.text(row, column, self._clock)
        numbers = column in NUMBERS
        ink = self._muted if words == NONE or column in _QUIET else self._ink
        letters = self._letters_of(column)
        if column is Column.LEFT:
            if row.verdict.status is Status.EXPIRED_OPENED:
                ink, letters = self._tones[Role.ATTENTION], self._strong
            elif row.verdict.final:
                ink = self._muted
        if letters.width(words) > place.width():
            words = columns.short(row, column, self._clock)
            if column is Column.AMOUNT:
                share = place.width() / letters.width(words)
                letters = Letters(_narrower(letters.font, share))
            dots = Qt.TextElideMode.ElideMiddle if column in _MIDDLE else _RIGHT_DOTS
            words = letters.metrics.elidedText(words, dots, place.width())
        painter.setFont(letters.font)
        painter.setPen(ink)
        painter.drawText(place, _RIGHT if numbers else _LEFT, words)


def _narrower(font: QFont, share: float) -> QFont:
    """The font, smaller: half an amount is a wrong amount, so it shrinks before it is cut."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * max(0.6, share * 0.97))
    return small


_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_DOTS: Final = Qt.TextElideMode.ElideRight
