"""The strip below the till: every open sale with its state and time, and the last that ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from xumm_desk.core.message import Sentences
from xumm_desk.core.refund.refund import has_refund
from xumm_desk.core.sale.sale import price_label, request_label, sale_of
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.requests import columns
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import shape_of
from xumm_desk.ui.style.theme import Size, Space, Theme, status_tone
from xumm_desk.ui.widgets.mirroring import mirrored

from .wording import words_of

_LEAST: Final = 150
_MOST: Final = 280
_HEIGHT: Final = 56
_LOUD: Final = frozenset({Tone.ATTENTION, Tone.HARM})


@dataclass(frozen=True, slots=True)
class ChipText:
    """What one chip says."""

    number: str
    price: str
    state: str
    time: str


def chip_height() -> int:
    """Two lines at the system's text size, and room around them."""
    strong = QFontMetrics(theme.font(strong=True, tabular=True))
    small = QFontMetrics(theme.font(Size.SMALL, strong=True, tabular=True))
    return max(_HEIGHT, strong.height() + small.height() + int(Space.L) + 2)


class SaleChip(QAbstractButton):
    """One sale in two lines. Bold edges where a person has to look."""

    row: RequestRow

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._chosen = self._unseen = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def shows(self, row: RequestRow, *, chosen: bool, unseen: bool) -> bool:
        """Whether it shows just this."""
        return self.row is row and (self._chosen, self._unseen) == (chosen, unseen)

    def show_row(self, row: RequestRow, *, chosen: bool, unseen: bool) -> None:
        """Show this sale."""
        self.row, self._chosen, self._unseen = row, chosen, unseen
        self.refresh()

    def refresh(self) -> None:
        """The time has changed."""
        text = self.chip_text()
        parts = (text.number, text.price, text.state, text.time)
        self.setAccessibleName(tr(Sentences(parts)))
        self.setToolTip(tr(words_of(self.row).advice))
        self.update()

    def chip_text(self) -> ChipText:
        """Its four texts at this moment."""
        spec = self.row.request.spec
        return ChipText(
            as_written(tr(request_label(spec))),
            tr(price_label(spec, sale_of(spec))),
            tr(words_of(self.row).short),
            formats.minute_or_day(self.row.request.created_at, self._clock.now())
            if self.row.verdict.final
            else tr(columns.time_left(self.row, self._clock)),
        )

    def sizeHint(self) -> QSize:
        """As wide as its texts, within limits."""
        text = self.chip_text()
        strong = QFontMetrics(theme.font(strong=True, tabular=True))
        plain = QFontMetrics(theme.font(Size.SMALL, strong=True, tabular=True))
        first = strong.horizontalAdvance(text.number + text.price)
        second = plain.horizontalAdvance(text.state + text.time) + plain.height()
        wide = max(first, second) + 2 * int(Space.M) + int(Space.XL)
        return QSize(min(max(_LEAST, wide), _MOST), chip_height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = Theme.current().colours
        refunded = has_refund(self.row.refunds)
        tone = status_tone(self.row.verdict.status, self.row.verdict, refunded=refunded)
        ink = Theme.current().colour(tone)
        loud = tone in _LOUD or self._unseen
        edge = QColor(colours.accent) if self._chosen else ink if loud else QColor(colours.line)
        painter.setPen(QPen(edge, 2 if self._chosen or loud else 1))
        painter.setBrush(QColor(colours.hover if self.underMouse() else colours.card))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 5, 5)
        text = self.chip_text()
        inner = box.adjusted(int(Space.M), 7, -int(Space.M), -7)
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        lower = upper.translated(0, inner.height() / 2)
        painter.setFont(theme.font(strong=True, tabular=True))
        painter.setPen(QColor(colours.text))
        _sides(painter, upper, text.number, text.price)
        painter.setFont(theme.font(Size.SMALL, strong=True, tabular=True))
        side = min(13.0, lower.height() - 4)
        mark = QRectF(lower.left(), lower.center().y() - side / 2, side, side)
        shape = shape_of(self.row.verdict.status, refunded=refunded)
        status_shapes.draw(painter, mirrored(painter, lower, mark), shape, ink)
        painter.setPen(ink)
        rest = mirrored(painter, lower, lower.adjusted(side + 6, 0, 0, 0))
        _sides(painter, rest, text.state, text.time, QColor(colours.muted))
        painter.end()


class SalesStrip(QWidget):
    """Chips of sales in one line; `chosen` carries an identifier, `receipt_asked` that of a sale to
    be printed again, `all_asked` wants them all."""

    chosen = Signal(str)
    receipt_asked = Signal(str)
    all_asked = Signal()

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._rows: list[RequestRow] = []
        self._current = ""
        self._unseen: set[str] = set()
        self.chips: list[SaleChip] = []
        self._laid_out = (0, 0)
        self.all = QPushButton()
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all.setProperty("touch", "48")
        self.all.clicked.connect(self.all_asked)
        self.setAccessibleName(_("Sales"))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(int(Space.L), int(Space.S), int(Space.L), int(Space.S))
        self._line.setSpacing(int(Space.S))
        self._line.addStretch(1)
        self._line.addWidget(self.all)
        self._show()
        language_change.changed.connect(self._say_again)

    def show_sales(self, rows: Sequence[RequestRow], current: str, unseen: set[str]) -> None:
        """Show these sales in this order; `current` is the one in the pane."""
        self._rows, self._current, self._unseen = list(rows), current, unseen
        self._show()

    def _say_again(self) -> None:
        for chip in self.chips:
            chip.refresh()

    def tick(self) -> None:
        """A second has passed."""
        for chip in self.chips:
            if not chip.row.verdict.final:
                chip.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room shows more sales."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(300, chip_height() + 2 * int(Space.S))

    def _show_menu(self, chip: SaleChip, at: QPoint) -> None:
        menu = QMenu(chip)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = chip.row.identifier
        menu.addAction(_("Print receipt")).triggered.connect(lambda: self.receipt_asked.emit(name))
        menu.popup(chip.mapToGlobal(at))

    def _refreshed(self) -> bool:
        """Show the same sales in their new states, where they need no other room: a chip under the
        finger must not be replaced."""
        rows = self._rows[: len(self.chips)]
        if not rows or [one.row.identifier for one in self.chips] != [
            row.identifier for row in rows
        ]:
            return False
        if self._laid_out != (self.width(), len(self._rows)):
            return False
        for chip, row in zip(self.chips, rows, strict=True):
            name = row.identifier
            if chip.shows(row, chosen=name == self._current, unseen=name in self._unseen):
                continue
            wide = chip.sizeHint().width()
            self._fill(chip, row)
            if chip.sizeHint().width() != wide:
                return False
        return True

    def _fill(self, chip: SaleChip, row: RequestRow) -> None:
        name = row.identifier
        chip.show_row(row, chosen=name == self._current, unseen=name in self._unseen)

    def _show(self) -> None:
        if self._refreshed():
            return
        focused = next((chip.row.identifier for chip in self.chips if chip.hasFocus()), "")
        self._laid_out = (self.width(), len(self._rows))
        for chip in self.chips:
            self._line.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        self.all.setText(_("All sales"))
        room = self.width() - self.all.sizeHint().width() - 3 * int(Space.L) - 40
        for row in self._rows:
            chip = SaleChip(self._clock)
            self._fill(chip, row)
            room -= chip.sizeHint().width() + int(Space.S)
            if room < 0:
                chip.deleteLater()
                break
            chip.clicked.connect(lambda _on=False, name=row.identifier: self.chosen.emit(name))
            chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            chip.customContextMenuRequested.connect(partial(self._show_menu, chip))
            self._line.insertWidget(len(self.chips), chip)
            self.chips.append(chip)
            if row.identifier == focused:
                chip.setFocus(Qt.FocusReason.OtherFocusReason)
        if hidden := len(self._rows) - len(self.chips):
            self.all.setText(_("All sales (+{count})", count=hidden))
        self.all.setToolTip(_("Ctrl+2"))


def _sides(
    painter: QPainter, box: QRectF, left: str, right: str, right_ink: QColor | None = None
) -> None:
    """One text at each side; the left one gives way."""
    metrics = painter.fontMetrics()
    middle = Qt.AlignmentFlag.AlignVCenter
    wide = metrics.horizontalAdvance(right) + 10
    room = box.adjusted(0, 0, -wide, 0)
    painter.drawText(
        mirrored(painter, box, room),
        int(Qt.AlignmentFlag.AlignLeft | middle),
        metrics.elidedText(left, Qt.TextElideMode.ElideRight, int(room.width())),
    )
    if right_ink is not None:
        painter.setPen(right_ink)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | middle), right)
