"""The summary card: reference, amount, status, reasons, QR code, steps and buttons of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Sentences
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.refund.refund import has_refund, refund_summary
from xumm_desk.core.sale.sale import request_label, sale_of
from xumm_desk.core.status import SUCCESSFUL, Status
from xumm_desk.core.verdict.wording import reasons, row_label, status_sentence
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.actions import RequestActions, why_no_cancel
from xumm_desk.ui.style.status_shapes import ShapeIcon
from xumm_desk.ui.style.theme import Size, Space, Theme, status_tone
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea
from xumm_desk.ui.widgets.flow_layout import FlowLayout
from xumm_desk.ui.widgets.labels import (
    ActionButton,
    ShrinkingLabel,
    text_label,
    with_break_points,
    wrapped_label,
)
from xumm_desk.ui.widgets.step_line import StepLine

_COVER: Final = 48
"""Pixels of the height of an overlay: it needs no more room than its text."""

_LEAST_MODULE: Final = 4
"""Device pixels a module needs to be scanned from a customer's distance; a smaller code is not
shown, and the button shows it to the customer."""

_LARGEST: Final = 320
"""Pixels above which a code for one person at a desk only takes room."""

_SCANNABLE: Final = frozenset({Status.WAITING, Status.OPENED, Status.PRE_SIGNED, Status.DISPATCHED})


class SummaryCard(QFrame):
    """The summary of one request. The buttons stay visible, however much there is above.
    `close_asked` is its cross."""

    close_asked = Signal()

    def __init__(self, clock: Clock, actions: RequestActions) -> None:
        super().__init__()
        self._clock, self._actions = clock, actions
        self._row: RequestRow | None = None
        self._refunded = False
        self._room, self._spare = QSize(), 0
        self.setProperty("card", True)
        self._create_widgets(actions)
        self._build_layout()
        self.code.copied.connect(self._on_copied)
        self.code.saved.connect(actions.copied)
        Theme.current().changed.connect(self._apply_colour)

    def show_row(self, row: RequestRow) -> None:
        """Show a request, or its newest state."""
        if self._row is None or self._row.identifier != row.identifier:
            self.show_error("")
        self._row = row
        request, verdict = row.request, row.verdict
        self._reference.show_text(as_written(tr(request_label(request.spec))))
        self._amount.show_text(_amounts(row))
        self._word.setText(tr(row_label(request, verdict)))
        self._refunded = has_refund(row.refunds)
        self._mark.show_status(verdict.status, verdict, refunded=self._refunded)
        sentence = status_sentence(request, verdict)
        refunded = refund_summary(request, row.refunds)
        if self._refunded and verdict.status in SUCCESSFUL:
            sentence, refunded = refunded, ""  # nothing is to be handed over any more
        _set_text(self._meaning, sentence)
        why = [reason for reason in reasons(request, verdict) if reason != sentence]
        why += [refunded] if refunded else []
        _set_text(self._reasons, _listed(why))
        _set_text(self._stale, columns.stale_sentence(row))
        self._steps.show_row(row)
        self._actions.set_row(row)
        cancels = self._actions.cancel.isVisible() and not verdict.final
        _set_text(self._why, why_no_cancel(row) if cancels else "")
        self._show_buttons(row)
        self._apply_colour()
        self.tick()

    def tick(self) -> None:
        """A second has passed."""
        if self._row is not None:
            self._left.setText(tr(columns.time_left_sentence(self._row, self._clock)))
            self._show_code(self._row)

    def show_error(self, sentence: str) -> None:
        """Show an error of the pane itself; "" removes it."""
        _set_text(self._error, sentence)

    def set_room(self, room: QSize, spare: int) -> None:
        """Arrange everything for a card that may be as large as this, and by `spare` pixels higher
        where its code could not be scanned else. A code that cannot be is not shown."""
        self._room, self._spare = room, spare
        if self._row is not None:
            self._show_code(self._row)

    def min_width(self) -> int:
        """The width of its widest button."""
        hints = [button.sizeHint().width() for button in self._all]
        return max(260, max(hints) + 2 * int(Space.L) + 2)

    def minimumSizeHint(self) -> QSize:
        """A long word must not keep the card from getting less room."""
        return QSize(self.min_width(), super().minimumSizeHint().height())

    def _create_widgets(self, actions: RequestActions) -> None:
        self._reference = ShrinkingLabel(size=Size.LARGE, strong=True)
        self._amount = ShrinkingLabel(size=Size.LARGE)
        self._amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._close = QPushButton("×")
        self._close.setProperty("quiet", True)
        self._close.setProperty("icon", True)
        self._close.setAccessibleName(_("Close the details"))
        self._close.setToolTip(_("Close the details (Esc)"))
        self._close.clicked.connect(self.close_asked)
        self._mark = ShapeIcon(22)
        self._word = text_label(size=Size.LARGE, strong=True)
        self._left = text_label(muted=True)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._left.setWordWrap(False)
        self._meaning, self._reasons, self._stale = (
            wrapped_label(),
            wrapped_label(),
            wrapped_label(muted=True),
        )
        self.code = QrView(least=_COVER, least_module=_LEAST_MODULE)
        self._steps = StepLine()
        self._why, self._error = wrapped_label(muted=True), wrapped_label(muted=True)
        self._show = ActionButton(actions.show, main=True)
        self._cancel = ActionButton(actions.cancel, instead=actions.close_request)
        self._resend, self._refund = ActionButton(actions.resend), ActionButton(actions.refund)
        self._more = QPushButton("⋯")
        self._more.setAccessibleName(_("More actions"))
        self._more.setToolTip(_("More actions"))
        self._more.setProperty("icon", True)
        self._more.clicked.connect(self._open_menu)
        self._all: list[QPushButton] = [
            self._show,
            self._resend,
            self._cancel,
            self._refund,
            self._more,
        ]

    def _build_layout(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(int(Space.L), int(Space.S), int(Space.S), int(Space.S))
        column.setSpacing(int(Space.XS))
        title = QHBoxLayout()
        title.setSpacing(int(Space.S))
        title.addWidget(self._reference, 2)
        title.addWidget(self._amount, 3)
        title.addWidget(self._close)
        status = QHBoxLayout()
        status.setContentsMargins(0, 0, int(Space.S), 0)
        status.setSpacing(int(Space.S))
        status.addWidget(self._mark)
        status.addWidget(self._word, 1)
        status.addWidget(self._left)
        column.addLayout(title)
        column.addLayout(status)
        for part in (self._meaning, self._reasons, self._stale):
            column.addWidget(part)
        column.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._steps)
        column.addWidget(self._why)
        column.addWidget(self._error)
        column.addStretch(0)
        self._column = column
        self.body = ContentHeightScrollArea(content, _("Request"))
        self.body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._buttons = QWidget()
        foot = QVBoxLayout(self._buttons)
        foot.setContentsMargins(int(Space.L), int(Space.XS), int(Space.L), int(Space.M))
        flow = FlowLayout()
        foot.addLayout(flow)
        for button in self._all:
            flow.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addWidget(self._buttons)

    def _show_buttons(self, row: RequestRow) -> None:
        """Those that can do something in this state; the others are in the menu."""
        final = row.verdict.final
        self._show.set_primary(not final)
        self._show.setVisible(self._actions.show.isVisible())
        self._resend.setVisible(self._actions.resend.isVisible())
        cancels = self._actions.cancel.isVisible() and not final
        self._cancel.setVisible(cancels or self._actions.close_request.isVisible())
        self._refund.setVisible(self._actions.refund.isEnabled())

    def _open_menu(self) -> None:
        menu = self._actions.menu(self)
        corner = self._more.mapToGlobal(self._more.rect().bottomLeft())
        menu.popup(corner)

    def _apply_colour(self) -> None:
        """The status label in its tone; again when the scheme changes."""
        if self._row is not None:
            verdict = self._row.verdict
            role = status_tone(verdict.status, verdict, refunded=self._refunded)
            tone = Theme.current().colour(role)
            self._word.setStyleSheet(f"color: {tone.name()}")

    def _show_code(self, row: RequestRow) -> None:
        status, link = row.verdict.status, row.request.qr_link
        if link is None or status not in _SCANNABLE:
            self._fit(0, 0)
            return
        remains = columns.seconds_left(row, self._clock)
        cover = ""
        if status is not Status.WAITING:
            # Hidden, so that no second phone opens it.
            cover = _("Customer has scanned")
        elif remains is not None and remains <= 0:
            cover = _("Time is up, checking")
        self.code.show_text(link, cover)
        if cover:
            self._fit(_COVER, _COVER)
        else:
            self._fit(self.code.least_side(link), _LARGEST)

    def _fit(self, least: int, most: int) -> None:
        """Give the code `least` to `most` pixels of height, then the steps their line; what does
        not fit is not shown."""
        wide = self._room.width() - 2
        room = self._room.height() - 2 - self._height_without_extras(wide)
        gap = int(Space.XS)
        steps = self._steps.minimumSizeHint().height() + gap
        inner = wide - int(Space.L) - int(Space.S)
        side = 0
        if most:
            side = min(most, room - gap - steps, inner)
            if side < least:
                side = min(least, room + self._spare - gap, inner)
        self._steps.setVisible(steps <= room - (side + gap if side >= least > 0 else 0))
        shown = least > 0 and side >= least
        if shown:
            self.code.setFixedSize(inner if most == least else side, side)
        self.code.setVisible(shown)

    def _height_without_extras(self, width: int) -> int:
        """The height that everything but code and steps needs at this width."""
        used = self._column.heightForWidth(width)
        for extra in (self.code, self._steps):
            if not extra.isHidden():
                used -= extra.height() if extra is self.code else extra.minimumSizeHint().height()
                used -= int(Space.XS)
        return used + self._buttons.heightForWidth(width)

    def _on_copied(self) -> None:
        self._actions.copied.emit(_("Link copied"))


def _amounts(row: RequestRow) -> str:
    """The price in the shop's currency, where there is one, and the amount."""
    spec = row.request.spec
    open_amount = _("Any amount") if spec.is_payment else spec.tx_type or _("Unknown transaction")
    asked = tr(amount.format_amount(columns.shown_amount(row))) or open_amount
    sale = sale_of(spec)
    if sale is None or sale.quote is None or not sale.quote.is_conversion:
        return asked
    price = fiat.format_fiat(sale.quote.price)
    return _("{price} · {amount}", price=price, amount=asked)


def _listed(sentences: Sequence[str]) -> str:
    """One sentence as it is, several as a list."""
    lines = [Sentences(["•", one]) for one in sentences]
    return Sentences(lines if len(lines) > 1 else sentences, "\n")


def _set_text(label: QLabel, text: str) -> None:
    label.setText(with_break_points(tr(text)))
    label.setAccessibleName(tr(text))
    label.setVisible(bool(text))
