"""The filters with live counts, and the search field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.widgets.mirroring import mirrored

from .filtering import Group

UNMATCHED_KEYS: Final = "Ctrl+U"

_MARKS: Final[dict[Group, tuple[Shape, Tone]]] = {
    Group.ATTENTION: (Shape.TRIANGLE, Tone.ATTENTION),
    Group.WAITING: (Shape.RING, Tone.NEUTRAL),
    Group.OPENED: (Shape.HALF, Tone.PROGRESS),
    Group.CONFIRMING: (Shape.THREE_QUARTERS, Tone.PROGRESS),
    Group.PAID: (Shape.FULL_TICK, Tone.GOOD),
    Group.NOT_PAID: (Shape.CROSS, Tone.NEUTRAL),
}


class CountButton(QAbstractButton):
    """A line of the sidebar: shape, label, number. `highlighted` ones turn amber while there are
    any."""

    def __init__(
        self,
        name: str,
        spoken: Message,
        keys: str,
        mark: tuple[Shape | None, Tone],
        *,
        highlighted: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._spoken, self._keys = name, spoken, keys
        self._mark, self._highlighted = mark, highlighted
        self._count = 0
        self._compact = False
        self.setText(tr(name))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_count(0)
        Theme.current().changed.connect(self.update)

    @property
    def count(self) -> int:
        """The number that is shown."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show another number; there is room for it, so nothing else has to move."""
        self._count = count
        self.setAccessibleName(tr(self._spoken.filled(name=self._name, count=count)))
        self.setToolTip(
            _("{name}: {count} ({keys})", name=self._name, count=count, keys=self._keys)
        )
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Show only the shape and the number; the label is in the tooltip."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the label and four digits."""
        metrics = QFontMetrics(theme.font(strong=True))
        if self._compact:
            return QSize(metrics.horizontalAdvance(_("All 0000")) + 20, metrics.height() + 14)
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance("00000")
        return QSize(words + metrics.height() + 4 * int(Space.S) + 6, metrics.height() + 14)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        colours, chosen = Theme.current().colours, self.isChecked()
        # Amber only while there are any.
        highlighted = self._highlighted and self._count > 0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if chosen else colours.hover))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        font = theme.font(strong=chosen or highlighted, tabular=True)
        metrics = QFontMetrics(font)
        side = max(16, metrics.height())
        shape, role = self._mark
        ink = colours.tones[role] if self._count else colours.muted
        if shape is not None:
            place = QRectF(int(Space.S), 0, side, self.height())
            place = mirrored(painter, QRectF(self.rect()), place)
            status_shapes.draw(painter, place, shape, QColor(ink))
        inner = self.rect().adjusted(int(Space.L) + side, 0, -int(Space.S), 0)
        painter.setFont(font)
        painter.setPen(
            QColor(ink if highlighted else colours.text if self._count else colours.muted)
        )
        number = str(self._count)
        whole = self.rect()
        painter.drawText(
            mirrored(painter, whole, inner), int(_MIDDLE | Qt.AlignmentFlag.AlignRight), number
        )
        if self._compact and shape is not None:
            return
        if self._compact:
            inner.setLeft(int(Space.S))
        words = QRect(inner)
        words.setRight(inner.right() - metrics.horizontalAdvance(number) - int(Space.XS))
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width())
        words = mirrored(painter, whole, words)
        painter.drawText(words, int(_MIDDLE | Qt.AlignmentFlag.AlignLeft), text)


_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


class FilterButton(CountButton):
    """One filter, with its key."""

    def __init__(self, group: Group, number: int, parent: QWidget | None = None) -> None:
        mark = _MARKS.get(group, (None, Tone.NEUTRAL))
        keys, highlighted = f"Alt+{number}", group is Group.ATTENTION
        spoken = Message("{name}, {count} requests")
        super().__init__(group.value, spoken, keys, mark, highlighted=highlighted, parent=parent)
        self.shown_group = group
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several to a screen reader; the group sees to it
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(self.click)


class FilterSidebar(QWidget):
    """The filters, one of them chosen. Alt+1 to Alt+7 choose from anywhere in the window. Below
    them the payments that belong to no request: they are no rows, so `unmatched` opens a list."""

    chosen = Signal(Group)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Filters"))
        self._buttons = {g: FilterButton(g, n) for n, g in enumerate(Group, start=1)}
        self._one = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        layout.setSpacing(2)
        for button in self._buttons.values():
            self._one.addButton(button)
            layout.addWidget(button)
        layout.addSpacing(int(Space.M))
        mark = (Shape.TRIANGLE, Tone.ATTENTION)
        self.unmatched = CountButton(
            Message("Unmatched"),
            Message("{name}, {count} payments"),
            UNMATCHED_KEYS,
            mark,
            highlighted=True,
        )
        layout.addWidget(self.unmatched)
        layout.addStretch()
        self._buttons[Group.ALL].setChecked(True)
        self._one.buttonToggled.connect(self._toggled)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def group(self) -> Group:
        """The chosen filter."""
        return next(g for g, b in self._buttons.items() if b.isChecked())

    def choose(self, group: Group) -> None:
        """Choose a filter."""
        self._buttons[group].setChecked(True)

    def button(self, group: Group) -> FilterButton:
        """One filter's button."""
        return self._buttons[group]

    def show_counts(self, counts: Mapping[Group, int]) -> None:
        """Show these numbers."""
        for group, button in self._buttons.items():
            if button.count != counts.get(group, 0):
                button.set_count(counts.get(group, 0))

    def set_compact(self, compact: bool) -> None:
        """Take little room, where the table needs it more."""
        for button in (*self._buttons.values(), self.unmatched):
            button.set_compact(compact)

    def _toggled(self, button: QAbstractButton, on: bool) -> None:
        if on and isinstance(button, FilterButton):
            self.chosen.emit(button.shown_group)


class SearchField(QLineEdit):
    """The search field; Esc empties it. `textChanged` carries the search text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_("Search (Ctrl+F)"))
        self.setAccessibleName(_("Search requests"))
        self.setToolTip(_("Reference, id, transaction, amount, payer, tag or note (Ctrl+F)"))
        self.setClearButtonEnabled(True)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        shortcut.activated.connect(self.focus_search)

    def focus_search(self) -> None:
        """Take the keyboard and let typing replace what is there."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
