"""Paint one line of the work list: what and since when, why and what to do, and its button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xumm_desk.core.attention.entry import Action, AttentionEntry, Cause
from xumm_desk.core.attention.wording import action_label, all_advice
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

_MOST: Final = 4
"""Lines of text for what to do at most."""

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
        self._lines_by_width: dict[int, int] = {}
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
        self._lines_by_width.clear()

    def height(self, width: int) -> int:
        """The height of every line in a view of this width."""
        lines = QFontMetrics(self._plain).height() * self._text_lines(width)
        return QFontMetrics(self._strong).height() + lines + int(Space.XS) + 2 * _PAD

    def _text_lines(self, width: int) -> int:
        """Lines for why and what to do, in a view of this width: as many as the longest advice
        needs, since half of it may be the half that says not to charge again."""
        if width >= NARROW:
            return 1
        if width not in self._lines_by_width:
            room = self._room_for_text(width)
            needed = (len(_wrapped(tr(one), self._plain, room, _MOST)) for one in all_advice())
            self._lines_by_width[width] = 1 + max(needed)
        return self._lines_by_width[width]

    def _room_for_text(self, width: int) -> int:
        beside = 2 * int(Space.M) + _SIDE + int(Space.S) + int(Space.L)
        return width - self._width_of_button(width) - beside

    def _width_of_button(self, width: int) -> int:
        return min(self._button_width, max(96, width // 3))

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:  # noqa: ARG002
        """One height for all, so that none of them has to be asked for it."""
        return QSize(0, self.height(self._view.viewport().width()))

    def button_rect(self, line: QRect) -> QRect:
        """Where the button of a line is."""
        height = min(QFontMetrics(self._strong).height() + 14, line.height() - int(Space.S))
        width = self._width_of_button(line.width())
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
        width, beside = self._view.viewport().width(), _SIDE + int(Space.S)
        texts = self.text_lines(entry, width, rect.width() - beside)
        # In the middle: other lines may need more of them.
        rect = rect.translated(0, (self._text_lines(width) - len(texts)) * plain.height() // 2)
        first = QRect(rect.left(), rect.top(), rect.width(), strong.height())
        mark = QRectF(first.left(), first.top(), _SIDE, first.height())
        status_shapes.draw(painter, mirrored(painter, QRectF(whole), mark), shape, ink)
        words = first.adjusted(beside, 0, 0, 0)
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
        painter.setPen(QColor(colours.muted))
        for shown in texts:
            painter.drawText(mirrored(painter, whole, below), _MIDDLE, shown)
            below.translate(0, plain.height())

    def text_lines(self, entry: AttentionEntry, width: int, room: int) -> list[str]:
        """Why and what to do in lines of `room` pixels, in a view of this width. What to do has
        its lines first."""
        most = self._text_lines(width)
        if most == 1:
            return _wrapped(tr(Sentences([entry.why, entry.advice])), self._plain, room, 1)
        advice = _wrapped(tr(entry.advice), self._plain, room, most - 1)
        return _wrapped(tr(entry.why), self._plain, room, most - len(advice)) + advice

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


def _wrapped(text: str, font: QFont, room: int, most: int) -> list[str]:
    """The text in at most so many lines; the last one is cut where more would be needed."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    lines, start = list[str](), 0
    while len(lines) < most - 1 and (line := layout.createLine()).isValid():
        line.setLineWidth(room)
        lines.append(text[start : start + line.textLength()].rstrip())
        start += line.textLength()
    layout.endLayout()
    if start < len(text):
        rest = text[start:]
        lines.append(QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, room))
    return lines
