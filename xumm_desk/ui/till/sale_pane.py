"""The right half of the till: one sale in one of three faces: nothing yet, in progress, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Sentences
from xumm_desk.core.refund.refund import has_refund
from xumm_desk.core.sale.sale import price_label, request_label, sale_of
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.customer.widgets import CodeCard, StepIndicator
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.actions import RequestActions, why_no_cancel
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import ShapeIcon
from xumm_desk.ui.style.theme import Size, Space, Theme, status_tone
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea, EmptyView
from xumm_desk.ui.widgets.labelled_field import set_text_colour
from xumm_desk.ui.widgets.labels import (
    ActionButton,
    ParagraphLabel,
    ShrinkingLabel,
    with_break_points,
    wrapped_label,
)

from .button_rows import ButtonRows
from .wording import evidence, explanation, words_of

_CODE_SHARE: Final = 0.62
"""The code's side by the pane's height; the least that a camera needs at arm's length is 0.45."""

_CENTRE: Final = Qt.AlignmentFlag.AlignCenter


class ProgressFace(QWidget):
    """An open sale: its code until a phone has it, the step that is reached, the time left."""

    def __init__(self, clock: Clock, buttons: Sequence[QWidget]) -> None:
        super().__init__()
        self._clock = clock
        self._row: RequestRow | None = None
        self.number = ShrinkingLabel(size=Size.TITLE, strong=True)
        self.title = ShrinkingLabel(size=Size.TITLE)
        self.left = QLabel()
        self.left.setFont(theme.font(Size.TITLE, strong=True, tabular=True))
        self.code = QrView()
        self.card = CodeCard(self.code)
        self.mark = ShapeIcon(96)
        self.cover = QWidget()
        self.price = QLabel()
        self.price.setFont(theme.font(Size.AMOUNT, strong=True, tabular=True))
        self.price.setAlignment(_CENTRE)
        self.advice = wrapped_label()
        self.advice.setFont(theme.font(Size.LARGE, strong=True))
        self.advice.setAlignment(_CENTRE)
        self.push, self._push_failed = wrapped_label(), False
        self.push.setFont(theme.font(Size.LARGE))
        Theme.current().changed.connect(self._colour_push)
        self.push.setAlignment(_CENTRE)
        self.push.hide()
        self.stale = wrapped_label(muted=True)
        self.stale.setAlignment(_CENTRE)
        self.why = wrapped_label(muted=True)
        self.why.setAlignment(_CENTRE)
        self.steps = StepIndicator()
        self._build(buttons)

    def show_row(self, row: RequestRow) -> None:
        """Show this sale in its present state."""
        self._row = row
        words = words_of(row)
        self.number.show_text(as_written(tr(request_label(row.request.spec))))
        self.title.show_text(words.title)
        self.price.setText(tr(price_label(row.request.spec, sale_of(row.request.spec))))
        self.mark.show_status(row.verdict.status, row.verdict)
        self.advice.setText(tr(words.advice))
        self.steps.show_done(max(0, words.done))
        stale = columns.stale_sentence(row)
        self.stale.setText(stale)
        self.stale.setVisible(bool(stale))
        why = why_no_cancel(row)
        self.why.setText(tr(why))
        self.why.setVisible(bool(why))
        self.tick()

    def show_push(self, sentence: str, *, failed: bool) -> None:
        """Show what became of sending it to a phone; "" for nothing."""
        self._push_failed = failed
        self._colour_push()
        self.push.setText(with_break_points(tr(sentence)))
        self.push.setAccessibleName(tr(sentence))
        self.push.setVisible(bool(sentence))

    def _colour_push(self) -> None:
        tone = Tone.ATTENTION if self._push_failed else Tone.PROGRESS
        set_text_colour(self.push, Theme.current().colour(tone))

    def tick(self) -> None:
        """A second has passed: the time left, and whether the code may still be scanned."""
        row = self._row
        if row is None:
            return
        self.left.setText(tr(columns.time_left(row, self._clock)))
        self.left.setAccessibleName(tr(columns.time_left_sentence(row, self._clock)))
        remains = columns.seconds_left(row, self._clock)
        link = row.request.qr_link
        over = remains is not None and remains <= 0 and row.request.outage_link is None
        scannable = row.verdict.status is Status.WAITING and link is not None and not over
        self.code.show_text(link if scannable and link else "")
        self._stack.setCurrentIndex(0 if scannable else 1)
        if over and row.verdict.status is Status.WAITING:
            self.advice.setText(_("Time is up, checking. Not paid so far."))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The code takes most of the height that there is, and stays a square."""
        super().resizeEvent(event)
        side = round(min(self.height() * _CODE_SHARE, self.width() - 2 * int(Space.L)))
        for part in (self.card, self.cover):
            part.setFixedSize(QSize(side, side))
        self._stack.setFixedHeight(side)
        self.steps.setFixedHeight(round(max(36.0, min(self.height(), self.width()) / 15)))

    def _build(self, buttons: Sequence[QWidget]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(int(Space.XL), int(Space.L), int(Space.XL), int(Space.L))
        column.setSpacing(int(Space.S))
        head = QHBoxLayout()
        head.setSpacing(int(Space.M))
        self.number.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        head.addWidget(self.number)
        head.addWidget(self.title, 1)
        head.addWidget(self.left)
        column.addLayout(head)
        inside = QVBoxLayout(self.cover)
        inside.addStretch()
        inside.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(int(Space.M))
        inside.addWidget(self.price)
        inside.addStretch()
        self._stack = QStackedWidget()
        for part in (self.card, self.cover):
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(part, 0, _CENTRE)
            self._stack.addWidget(holder)
        column.addStretch()
        column.addWidget(self._stack)
        column.addWidget(self.advice)
        column.addWidget(self.push)
        column.addWidget(self.stale)
        column.addStretch()
        column.addWidget(self.steps)
        column.addWidget(self.why)
        line = QHBoxLayout()
        line.setSpacing(int(Space.S))
        for button in buttons:
            button.setProperty("touch", "48")
            line.addWidget(button, 1)
        column.addLayout(line)


_VERDICT_SIZES: Final = (
    (5, int(Space.XL), int(Space.M), Size.VERDICT),
    (7, int(Space.M), int(Space.S), Size.VERDICT),
    (9, int(Space.S), int(Space.XS), Size.AMOUNT),
)
"""From roomy to tight: the height in parts of which the shape is one, margin, gap, the word."""


class VerdictFace(QFrame):
    """How a sale ended, readable from three metres; it stays until a person goes on."""

    def __init__(self, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self.setObjectName("verdict")
        self._tone = Tone.NEUTRAL
        self.mark = ShapeIcon(112)
        self.word, self.advice = ParagraphLabel(), ParagraphLabel()
        self.word.setObjectName("word")
        self.word.setFont(theme.font(Size.VERDICT, strong=True))
        self.advice.setFont(theme.font(Size.TITLE, strong=True))
        self.more = wrapped_label()
        self.more.setFont(theme.font(Size.LARGE))
        self.facts = wrapped_label(muted=True)
        self.facts.setFont(theme.font(Size.LARGE))
        self._size = 0
        column = QVBoxLayout(self)
        # It may be made as small as the tightest size needs, not the present one.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumHeight(1)
        self._column = column
        column.addStretch(2)
        column.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.word, self.advice, self.more, self.facts):
            label.setAlignment(_CENTRE)
        column.addWidget(self.word)
        column.addWidget(self.advice)
        # What may be long gives way on a small screen, and scrolls there.
        below = QWidget()
        lines = QVBoxLayout(below)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(int(Space.M))
        lines.addWidget(self.more)
        lines.addWidget(self.facts)
        area = ContentHeightScrollArea(below, _("Details"))
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column.addWidget(area)
        column.addSpacing(int(Space.M))
        self._rows = ButtonRows(buttons)
        column.addWidget(self._rows)
        column.addStretch(3)
        Theme.current().changed.connect(self._colour)

    def show_row(self, row: RequestRow, remark: str = "") -> None:
        """Show how this sale ended."""
        words = words_of(row)
        refunded = has_refund(row.refunds)
        self._tone = status_tone(row.verdict.status, row.verdict, refunded=refunded)
        self.mark.show_status(row.verdict.status, row.verdict, refunded=refunded)
        self.word.setText(tr(words.title))
        self.advice.setText(tr(words.advice))
        more = tr(Sentences([explanation(row), remark]))
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.facts.setText(evidence(row))
        self.setAccessibleName(tr(Sentences([words.title, words.advice, more], ". ")))
        self._colour()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Words or buttons have taken another height than before."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _arrange(self) -> None:
        """On a small screen the shape, then the word is smaller, so that all is read at once."""
        self._use_size(0)
        self._fit()

    def _fit(self) -> None:
        while self._size < len(_VERDICT_SIZES) - 1:
            if self._column.totalHeightForWidth(self.width()) <= self.height():
                return
            self._use_size(self._size + 1)

    def _use_size(self, size: int) -> None:
        self._size = size
        share, margin, gap, word = _VERDICT_SIZES[size]
        side = max(36, min(128, self.height() // share))
        self.mark.setFixedSize(side, side)
        self._column.setContentsMargins(int(Space.XL), margin, int(Space.XL), margin)
        self._column.setSpacing(gap)
        self.word.setFont(theme.font(word, strong=True))
        self._column.invalidate()

    def _colour(self) -> None:
        colour = Theme.current().colour(self._tone)
        colours = Theme.current().colours
        page = QColor(colours.page if colours.dark else colours.card)
        mixed = _mix(page, colour, 0.12)
        self.setStyleSheet(
            f"#verdict {{ background: {mixed.name()}; border: 3px solid {colour.name()};"
            f" border-radius: 10px; }} #word {{ color: {colour.name()}; }}"
        )


class SalePane(QStackedWidget):
    """The sale that the cashier looks at. `dismissed` is emitted when a verdict was read."""

    dismissed = Signal()

    def __init__(self, clock: Clock, actions: RequestActions) -> None:
        super().__init__()
        self._row: RequestRow | None = None
        self._actions = actions
        self.empty = EmptyView()
        self.next_button = QPushButton(_("Next sale"))
        self.next_button.setProperty("primary", True)
        self.next_button.clicked.connect(self.dismissed)
        self.next_button.setToolTip(_("Enter"))
        self.rest_button = QPushButton()
        self.details_button = QPushButton(_("Details"))
        self.receipt_button = QPushButton(_("Receipt"))
        self.receipt_button.setToolTip(_("Ctrl+P"))
        self.progress = ProgressFace(
            clock,
            [
                ActionButton(actions.show, main=True),
                ActionButton(actions.copy_link),
                ActionButton(actions.cancel, instead=actions.close_request),
            ],
        )
        self.refund_button = ActionButton(actions.refund)
        self.remember_button = QPushButton()
        self.remember_button.hide()
        self.verdict = VerdictFace(
            [
                self.receipt_button,
                self.refund_button,
                self.remember_button,
                self.details_button,
                self.rest_button,
                self.next_button,
            ]
        )
        for face in (self.empty, _framed(self.progress), self.verdict):
            self.addWidget(face)
        for button in self.findChildren(QPushButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_row(None)

    def row(self) -> RequestRow | None:
        """The sale that is shown."""
        return self._row

    @property
    def identifier(self) -> str:
        """The identifier of that sale, "" for none."""
        return self._row.identifier if self._row is not None else ""

    @property
    def shows_verdict(self) -> bool:
        """Whether a person has to go on from a verdict."""
        return self.currentWidget() is self.verdict

    def show_row(self, row: RequestRow | None, remark: str = "") -> None:
        """Show this sale; None for none. `remark` is one more sentence below a verdict."""
        before = self._row
        self._row = row
        if row is None:
            self.empty.show_message(_("Ready for the next sale"), _("Type a price, then Enter."))
            self.setCurrentIndex(0)
            return
        if row.verdict.final or row.verdict.status is Status.UNVERIFIED:
            self.verdict.show_row(row, remark)
            self.show_missing("")
            check = row.verdict.status is Status.CHECK
            self.next_button.setText(_("Decide later") if check else _("Next sale"))
            self.setCurrentWidget(self.verdict)
        else:
            self.progress.show_row(row)
            self.setCurrentIndex(1)
        if before is None or before.verdict.status is not row.verdict.status:
            words = words_of(row)
            announce(
                self,
                f"{tr(words.title)}. {tr(words.advice)}",
                urgent=row.verdict.final or self.shows_verdict,
            )

    def show_missing(self, price: str) -> None:
        """Offer to charge what is missing of the sale; "" for nothing."""
        self.rest_button.setText(_("Charge the missing {price}", price=price))
        self.rest_button.setVisible(bool(price))

    def show_customer(
        self, push: str, *, push_failed: bool, remember: bool, remembered: str
    ) -> None:
        """Beside the sale: what became of sending it to a phone (`push`, "" for nothing), and
        whether its customer can be remembered, or under which name that was done."""
        self.progress.show_push(push, failed=push_failed)
        self.remember_button.setVisible(remember or bool(remembered))
        self.remember_button.setEnabled(not remembered)
        self.remember_button.setText(
            _("{name} is remembered", name=isolate(remembered)) if remembered else _("Remember…")
        )

    def tick(self) -> None:
        """A second has passed."""
        if self._row is not None and not self.shows_verdict:
            self.progress.tick()


def _framed(inside: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inside)
    return frame


def _mix(page: QColor, ink: QColor, share: float) -> QColor:
    """So much of `ink` on `page`."""
    rest = 1 - share
    return QColor(
        round(page.red() * rest + ink.red() * share),
        round(page.green() * rest + ink.green() * share),
        round(page.blue() * rest + ink.blue() * share),
    )
