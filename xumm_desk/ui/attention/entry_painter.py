"""Paint one line of the work list: what and since when, why and what to do, and its button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xumm_desk.core.attention.entry import Action, AttentionEntry, Cause
from xumm_desk.core.attention.wording import action_label
from xumm_desk.core.message import Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Size, Space, Theme
from xumm_desk.ui.widgets.mirroring import mirrored, turned

from .work_list_model import LINE_ROLE, WorkLine, WorkListModel

_AnyIndex = QModelIndex | QPersistentModelIndex

NARROW: Final = 1040
"""Below this width what to do has a line of its own."""

_MIN_WHAT: Final = 180
"""Pixels for what it is, before the amount gives way to it."""

_PAD: Final = int(Space.S) + 2
_SIDE: Final = 18
_MIDDLE: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_CENTRE: Final = int(Qt.AlignmentFlag.AlignCenter)

_MARKS: Final[dict[Cause, tuple[Shape, Tone]]] = {
    Cause.NOT_ARRIVED: (Shape.OCTAGON, Tone.HARM),
    Cause.OTHER_NETWORK: (Shape.OCTAGON, Tone.HARM),
    Cause.CREATION_UNSURE: (Shape.DOTS, Tone.ATTENTION),
    Cause.REFUND_IN_DOUBT: (Shape.RETURN, Tone.ATTENTION),
    Cause.MAY_STILL_BE_PAID: (Shape.HALF, Tone.ATTENTION),
    Cause.UNVERIFIED: (Shape.THREE_QUARTERS, Tone.ATTENTION),
}
_MARK: Final = (Shape.TRIANGLE, Tone.ATTENTION)
_SETTLED: Final = (Shape.TICK, Tone.NEUTRAL)


class EntryPainter(QStyledItemDelegate):
    """Paints lines; the view asks it where the button of a line is."""

    def __init__(self, model: WorkListModel, view: QListView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self.hovered_button = self.pressed_button = -1
        self.refresh()

    def refresh(self) -> None:
        """The font has changed."""
        self._strong = theme.font(strong=True)
        self._plain = theme.font()
        self._small = theme.font(Size.SMALL)
        self._digits = theme.font(tabular=True)
        labels = {tr(action_label(one, refund=True)) for one in Action}
        labels |= {tr(action_label(one)) for one in Action}
        widest = max(QFontMetrics(self._strong).horizontalAdvance(label) for label in labels)
        self._button_width = widest + 2 * int(Space.M)

    def height(self, width: int) -> int:
        """The height of every line in a view of this width."""
        lines = QFontMetrics(self._strong).height() + QFontMetrics(self._plain).height() * (
            2 if width < NARROW else 1
        )
        return lines + int(Space.XS) + 2 * _PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:  # noqa: ARG002
        """One height for all, so that none of them has to be asked for it."""
        return QSize(0, self.height(self._view.viewport().width()))

    def button_rect(self, line: QRect) -> QRect:
        """Where the button of a line is."""
        height = min(QFontMetrics(self._strong).height() + 14, line.height() - int(Space.S))
        width = min(self._button_width, max(96, line.width() // 3))
        left = line.right() - int(Space.M) - width
        place = QRect(left, line.center().y() - height // 2, width, height)
        return turned(line, place) if self._view.isRightToLeft() else place

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint a line."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, WorkLine):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._background(painter, option)
        rect = option.rect
        button = self.button_rect(rect)
        inner = rect.adjusted(int(Space.M), _PAD, 0, -_PAD)
        inner.setRight(mirrored(painter, rect, button).left() - int(Space.L))
        self._texts(painter, inner, line, rect)
        if not line.settled:
            self._button(painter, button, line.entry, index.row(), option)
        painter.restore()

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours, rect = Theme.current().colours, option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(colours.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            edge = QRect(rect.left(), rect.top(), 3, rect.height())
            painter.fillRect(mirrored(painter, rect, edge), QColor(colours.accent))

    def _texts(self, painter: QPainter, rect: QRect, line: WorkLine, whole: QRect) -> None:
        """Write into `rect`, computed from left to right in the `whole` line."""
        entry, colours = line.entry, Theme.current().colours
        shape, tone = _SETTLED if line.settled else _MARKS.get(entry.cause, _MARK)
        ink = QColor(colours.muted if line.settled else colours.tones[tone])
        strong, plain = QFontMetrics(self._strong), QFontMetrics(self._plain)
        first = QRect(rect.left(), rect.top(), rect.width(), strong.height())
        mark = QRectF(first.left(), first.top(), _SIDE, first.height())
        status_shapes.draw(painter, mirrored(painter, QRectF(whole), mark), shape, ink)
        words = first.adjusted(_SIDE + int(Space.S), 0, 0, 0)
        age = _("settled") if line.settled else self._model.age(entry)
        used = self._right(painter, mirrored(painter, whole, words), age)
        words.setRight(words.right() - used)
        money = tr(entry.amount)
        # Half an amount is a wrong amount: it is left out where it does not fit.
        room = words.width() - plain.horizontalAdvance(money) - int(Space.M)
        room = room if room >= _MIN_WHAT else words.width()
        what = strong.elidedText(tr(entry.what), Qt.TextElideMode.ElideRight, room)
        painter.setFont(self._strong)
        painter.setPen(ink)
        painter.drawText(mirrored(painter, whole, words), _MIDDLE, what)
        after = words.adjusted(strong.horizontalAdvance(what) + int(Space.M), 0, 0, 0)
        painter.setFont(self._digits)
        painter.setPen(QColor(colours.muted if line.settled else colours.text))
        if plain.horizontalAdvance(money) <= after.width():
            painter.drawText(mirrored(painter, whole, after), _MIDDLE, money)
        below = QRect(
            words.left(),
            first.bottom() + int(Space.XS),
            rect.right() - words.left(),
            plain.height(),
        )
        painter.setFont(self._plain)
        texts = [tr(Sentences([entry.why, entry.advice]))]
        if self._view.viewport().width() < NARROW:
            texts = [tr(entry.why), tr(entry.advice)]
        painter.setPen(QColor(colours.muted))
        for text in texts:
            shown = plain.elidedText(text, Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(mirrored(painter, whole, below), _MIDDLE, shown)
            below.translate(0, plain.height())

    def _right(self, painter: QPainter, place: QRect, text: str) -> int:
        """Write how long it waits at the right end; returns the room that this takes."""
        painter.setFont(self._digits)
        painter.setPen(QColor(Theme.current().colours.muted))
        painter.drawText(place, _RIGHT, text)
        return QFontMetrics(self._digits).horizontalAdvance(text) + int(Space.M)

    def _button(
        self,
        painter: QPainter,
        place: QRect,
        entry: AttentionEntry,
        row: int,
        option: QStyleOptionViewItem,
    ) -> None:
        colours = Theme.current().colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over, down = row == self.hovered_button, row == self.pressed_button
        if chosen:
            fill, edge = (colours.button_over if over or down else colours.button), colours.button
            ink = colours.button_text
        else:
            fill = colours.selected if down else colours.hover if over else colours.card
            edge, ink = colours.edge, colours.text
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(edge), 1))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = self._strong if chosen else self._plain
        label = tr(action_label(entry.action, refund=entry.is_refund))
        text = QFontMetrics(font).elidedText(
            label, Qt.TextElideMode.ElideRight, place.width() - int(Space.S)
        )
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(place, _CENTRE, text)
