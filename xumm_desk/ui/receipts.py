"""Receipts as the window asks for them: by a button, for any row, and for each paid sale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.refund.refund import refunded_text
from xumm_desk.core.sale.sale import number_label, sale_of
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _


class ReceiptPrinter(Protocol):
    """What prints (`printing/receipt_printer.py`); `finished` carries a sentence and whether it
    worked."""

    finished: Any

    def print_row(
        self, row: RequestRow, *, by_person: bool = True, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Print the receipt of this row in the background. `refund_of` is the number of the sale
        that a refund belongs to, `refunded` how much of a sale was paid back."""
        ...

    def save_pdf(
        self, row: RequestRow, path: Path, *, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Write the receipt of this row into a file in the background."""
        ...

    def close(self) -> None:
        """Print nothing more."""
        ...


class Receipts(QObject):
    """Prints with a printer that is made at the first receipt: the window must not wait for it.

    `notice` says that one is printed, `alarm` why one is not.
    """

    notice = Signal(str)
    alarm = Signal(str)

    def __init__(
        self,
        make_printer: Callable[[], ReceiptPrinter],
        preferences: SettingsStore,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._make, self._preferences, self._widget = make_printer, preferences, parent
        self._printer: ReceiptPrinter | None = None

    def print_row(self, row: RequestRow) -> None:
        """Print a receipt because a person asks; where no printer is chosen, save it as a file."""
        if not self._preferences.value.receipt_printer:
            self.ask_file(row)
        else:
            self._ready().print_row(row, refund_of=_refund_of(row), refunded=_refunded(row))

    def on_ended(self, row: RequestRow) -> None:
        """A sale has just ended: print its receipt if it was paid and the shop wants that."""
        saved = self._preferences.value
        paid = row.verdict.status in (Status.PAID, Status.PAID_LATE)
        if paid and saved.receipt_on_paid and saved.receipt_printer:
            self._ready().print_row(
                row, by_person=False, refund_of=_refund_of(row), refunded=_refunded(row)
            )

    def ask_file(self, row: RequestRow) -> None:
        """Ask where to save the receipt as a PDF."""
        sale = sale_of(row.request.spec)
        number = number_label(sale).lstrip("#") if sale is not None else row.identifier
        dialog = QFileDialog(self._widget, _("Save receipt"), "", _("PDF document (*.pdf)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(strip_controls(_("receipt-{number}.pdf", number=number)))
        dialog.fileSelected.connect(
            lambda name: self._ready().save_pdf(
                row, Path(name), refund_of=_refund_of(row), refunded=_refunded(row)
            )
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close(self) -> None:
        """The desk ends."""
        if self._printer is not None:
            self._printer.close()
            self._printer = None

    def _ready(self) -> ReceiptPrinter:
        if self._printer is None:
            self._printer = self._make()
            self._printer.finished.connect(self._finished)
        return self._printer

    def _finished(self, sentence: str, worked: bool) -> None:
        (self.notice if worked else self.alarm).emit(sentence)


def _refund_of(row: RequestRow) -> str:
    sale = sale_of(row.request.spec)
    return number_label(sale) if sale is not None and sale.refund_of and sale.number else ""


def _refunded(row: RequestRow) -> str:
    return refunded_text(row.request, row.refunds)
