"""The summary card: amount, status, reasons, QR code, steps and buttons of one request."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.money import amount
from xumm_desk.core.refund.refund import has_refund, refund_summary
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.status import SUCCESSFUL, Status
from xumm_desk.core.verdict.wording import reasons, row_label, status_sentence
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.actions import RequestActions, why_no_cancel
from xumm_desk.ui.style.status_shapes import ShapeIcon
from xumm_desk.ui.style.theme import Size, Space, Theme, status_tone
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea
from xumm_desk.ui.widgets.labels import (
    ActionButton,
    ShrinkingLabel,
    text_label,
    with_break_points,
    wrapped_label,
)
from xumm_desk.ui.widgets.step_line import StepLine

_COVER: Final = 72
_ANY: Final = (1 << 24) - 1
"""Qt's own "no limit" for the size of a widget."""

_SCANNABLE: Final = frozenset({Status.WAITING, Status.OPENED, Status.PRE_SIGNED, Status.DISPATCHED})


class SummaryCard(QFrame):
    """The summary of one request. The buttons stay visible, however much there is above."""

    def __init__(self, clock: Clock, actions: RequestActions) -> None:
        super().__init__()
        self._clock, self._actions = clock, actions
        self._row: RequestRow | None = None
        self._refunded = False
        self._available_width = 0
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
        request, spec, verdict = row.request, row.request.spec, row.verdict
        open_amount = (
            _("Any amount") if spec.is_payment else spec.tx_type or _("Unknown transaction")
        )
        self._reference.show_text(isolate(tr(request_label(spec))))
        self._amount.show_text(tr(amount.format_amount(columns.shown_amount(row))) or open_amount)
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
        _set_text(self._reasons, "\n".join(f"• {tr(r)}" if len(why) > 1 else tr(r) for r in why))
        stale = columns.stale_since(row)
        _set_text(
            self._stale, _("Live updates are lost: this is {stale}.", stale=stale) if stale else ""
        )
        self._steps.show_row(row)
        _set_text(self._why, "" if verdict.final else why_no_cancel(row))
        self._actions.set_row(row)
        self._all[0].set_primary(not verdict.final)
        self._apply_colour()
        self.tick()
        self.body.updateGeometry()

    def tick(self) -> None:
        """A second has passed."""
        if self._row is not None:
            self._left.setText(tr(columns.time_left_sentence(self._row, self._clock)))
            self._show_code(self._row)

    def show_error(self, sentence: str) -> None:
        """Show an error of the pane itself; "" removes it."""
        _set_text(self._error, sentence)

    def set_available_width(self, width: int) -> None:
        """Arrange the buttons for a card of this width."""
        hints = [button.sizeHint().width() for button in self._all]
        three = sum(max(hints[i], hints[i + 3]) for i in range(3)) + 2 * int(Space.S)
        self._place_buttons(3 if width - 2 * int(Space.L) - 2 >= three else 2)

    def min_width(self) -> int:
        """The width of two buttons side by side."""
        hints = [button.sizeHint().width() for button in self._all]
        return max(hints[::2]) + max(hints[1::2]) + int(Space.S) + 2 * int(Space.L) + 2

    def minimumSizeHint(self) -> QSize:
        """Three buttons side by side must not keep the card from getting room for two only."""
        return QSize(self.min_width(), super().minimumSizeHint().height())

    def _create_widgets(self, actions: RequestActions) -> None:
        self._reference = ShrinkingLabel()
        self._reference.setProperty("muted", True)
        self._amount = ShrinkingLabel(size=Size.TITLE, strong=True)
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
        self.code = QrView(least=126)
        self._steps = StepLine()
        self._why, self._error = wrapped_label(muted=True), wrapped_label(muted=True)
        self._all = [ActionButton(actions.show, main=True)]
        for action in (actions.copy_link, actions.copy_id, actions.copy_txid):
            self._all.append(ActionButton(action))
        self._all.append(ActionButton(actions.refresh, instead=actions.resend))
        self._all.append(ActionButton(actions.cancel, instead=actions.close_request))

    def _build_layout(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(int(Space.L), int(Space.M), int(Space.L), int(Space.M))
        column.setSpacing(int(Space.XS))
        status = QHBoxLayout()
        status.setSpacing(int(Space.S))
        status.addWidget(self._mark)
        status.addWidget(self._word, 1)
        status.addWidget(self._left)
        column.addWidget(self._reference)
        column.addWidget(self._amount)
        column.addLayout(status)
        column.addWidget(self._meaning)
        column.addWidget(self._reasons)
        column.addWidget(self._stale)
        column.addSpacing(int(Space.XS))
        column.addWidget(self.code, 1)
        column.addSpacing(int(Space.S))
        column.addWidget(self._steps)
        column.addWidget(self._why)
        column.addWidget(self._error)
        column.addStretch(0)
        self.body = ContentHeightScrollArea(content)
        self.body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(int(Space.S))
        self._buttons.setContentsMargins(int(Space.L), int(Space.S), int(Space.L), int(Space.M))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addLayout(self._buttons)
        self._place_buttons(3)

    def _place_buttons(self, across: int) -> None:
        if across == self._available_width:
            return
        self._available_width = across
        for place, button in enumerate(self._all):
            self._buttons.addWidget(button, place // across, place % across)

    def _apply_colour(self) -> None:
        """The status label in its tone; again when the scheme changes."""
        if self._row is not None:
            verdict = self._row.verdict
            role = status_tone(verdict.status, verdict, refunded=self._refunded)
            tone = Theme.current().colour(role)
            self._word.setStyleSheet(f"color: {tone.name()}")

    def _show_code(self, row: RequestRow) -> None:
        status, link = row.verdict.status, row.request.qr_link
        shown = link is not None and status in _SCANNABLE
        self.code.setVisible(shown)
        if not shown or link is None:
            return
        remains = columns.seconds_left(row, self._clock)
        cover = ""
        if status is not Status.WAITING:
            # Hidden, so that no second phone opens it.
            cover = _("Customer has scanned")
        elif remains is not None and remains <= 0:
            cover = _("Time is up, checking")
        self.code.show_text(link, cover)
        # An overlay needs no more room than its text.
        self.code.setMaximumHeight(_COVER if cover else _ANY)

    def _on_copied(self) -> None:
        self._actions.copied.emit(_("Link copied"))


def _set_text(label: QLabel, text: str) -> None:
    label.setText(with_break_points(tr(text)))
    label.setAccessibleName(tr(text))
    label.setVisible(bool(text))
