"""The banner for payments without a request: their number, and the way to their list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.message import error_text
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _

from .banner import BannerStack, Severity

if TYPE_CHECKING:
    from xumm_desk.ui.dialogs.unmatched_dialog import UnmatchedDialog

KEY: Final = "unmatched"


class UnmatchedBanner(QObject):
    """The banner "1 payment could not be matched", and the list that it opens. `counted` carries
    the number of payments that need a person."""

    counted = Signal(int)
    _changed = Signal(object)
    _answered = Signal(str, str)
    _dismissed = Signal(str)

    def __init__(
        self,
        desk: Desk,
        *,
        start: StartTask,
        bars: BannerStack,
        parent: QWidget,
        rights: Rights = TILL,
    ) -> None:
        super().__init__(parent)
        self._rights = rights
        self._desk, self._start, self._bars, self._window = desk, start, bars, parent
        self.dialog: UnmatchedDialog | None = None
        self._changed.connect(self._show)
        self._answered.connect(self._show_result)
        self._dismissed.connect(self._after_put)
        self._leave = desk.on_unmatched(self._on_unmatched)
        self._show(desk.unmatched())

    def open(self, txid: str = "") -> None:
        """Open the list, with one payment selected if `txid` names it."""
        if self.dialog is None:
            from xumm_desk.ui.dialogs.unmatched_dialog import (  # noqa: PLC0415 - opened seldom
                UnmatchedDialog,
            )

            dialog = self.dialog = UnmatchedDialog(
                self._desk.clock.now,
                ledger=self._desk.health().ledger_set_up,
                rights=self._rights,
                parent=self._window,
            )
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.assign_asked.connect(self._assign)
            dialog.dismiss_requested.connect(self._dismiss)
            dialog.finished.connect(self._closed)
            dialog.show_rows(self._desk.rows())
            dialog.show_payments(self._desk.unmatched(), self._desk.dismissed.since())
        self.dialog.select_payment(txid)
        self.dialog.open()

    def leave(self) -> None:
        """Unsubscribe from the desk, which is about to end."""
        self._leave()

    def refresh(self) -> None:
        """Show the present number; dismissals are known only after the start."""
        self._show(self._desk.unmatched())

    def _on_unmatched(self, payments: Sequence[UnmatchedPayment]) -> None:
        if shiboken6.isValid(self):
            self._changed.emit(payments)

    def _show(self, payments: Sequence[UnmatchedPayment]) -> None:
        dismissed = self._desk.dismissed.since()
        if self.dialog is not None:
            self.dialog.show_rows(self._desk.rows())
            self.dialog.show_payments(payments, dismissed)
        open_ = [payment for payment in payments if payment.txid not in dismissed]
        count = len(open_)
        self.counted.emit(count)
        if not count:
            self._bars.remove(KEY)
            return
        self._bars.show_banner(
            KEY,
            _(
                "1 payment could not be matched.",
                plural="{n} payments could not be matched.",
                n=count,
            ),
            _(
                "Money came that belongs to no request for sure. The newest: {amount}.",
                amount=open_[-1].amount,
            ),
            _("Look at it", plural="Look at them", n=count),
            Severity.ATTENTION,
        )

    def _assign(self, txid: str, identifier: str) -> None:
        async def assign() -> None:
            try:
                words = await self._desk.assign(txid, identifier)
            except Exception as error:
                if shiboken6.isValid(self):
                    self._answered.emit(identifier, error_text(error))
                raise
            if shiboken6.isValid(self):
                self._answered.emit(identifier, words)

        self._start(assign(), f"assign to {identifier}")

    def _dismiss(self, txid: str, dismissed: bool) -> None:
        async def put() -> None:
            words = ""
            try:
                await self._desk.dismissed.dismiss(txid, dismissed)
            except Exception as error:
                words = error_text(error)
                raise
            finally:
                if shiboken6.isValid(self):
                    self._dismissed.emit(words)

        self._start(put(), "dismiss" if dismissed else "bring back")

    def _after_put(self, words: str) -> None:
        self.refresh()
        if self.dialog is not None and words:
            self.dialog.show_result(words, "")

    def _show_result(self, identifier: str, words: str) -> None:
        if self.dialog is not None:
            self.dialog.show_result(
                words, _("Assigned to {identifier}. Look at its row.", identifier=identifier)
            )

    def _closed(self) -> None:
        self.dialog = None
