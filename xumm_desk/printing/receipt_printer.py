"""Print the receipt of a row as the shop's settings say: the one way in from the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from xumm_desk.core.message import Formatted
from xumm_desk.core.receipt.receipt import Receipt, ReceiptShop, make_receipt, sample_receipt
from xumm_desk.core.receipt.wording import TRAINING
from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.languages import to_customers
from xumm_desk.locale.translation import tr

from . import qt_printer
from .block_printing import NO_PRINTER, Printout, print_blocks, write_pdf
from .print_queue import JOB_LIMIT, PrintQueue
from .print_result import PrinterChoice, PrintResult
from .printer_connection import Timeouts, usb_printers
from .receipt_blocks import receipt_blocks

FOLDER: Final = "receipts"
"""In the data folder: where the printer "pdf" puts its files."""

MAX_FAILED: Final = 20
"""A printer that was off for a day must not print the whole day when it is back."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class _Job:
    """A receipt to print, or to write to `path`; `by_person` is false for one that is printed on
    Paid."""

    identifier: str
    receipt: Receipt
    path: Path | None = None
    by_person: bool = True


@dataclass(frozen=True, slots=True)
class FixedSettings:
    """Settings that nobody saves: what is typed while the printer is tried."""

    value: Settings


class ReceiptPrinter(QObject):
    """Prints receipts in the background.

    `finished` tells how a print ended: a sentence, and whether it worked. A printer that is gone is
    told once for receipts that nobody asked for: the same failure again is silent until something
    has been printed. `network` and `practice` are those of the desk that the window shows.
    """

    finished = Signal(str, bool)

    def __init__(
        self,
        settings: SettingsStore | FixedSettings,
        data_folder: Path,
        *,
        network: str,
        practice: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeouts: Timeouts | None = None,
        job_limit: float = JOB_LIMIT,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folder = data_folder
        self._network = network
        self._practice = practice
        self._now = now
        self._timeouts = timeouts or Timeouts()
        self._queue = PrintQueue(self, limit=job_limit)
        self._queue.finished.connect(self._end)
        self._jobs: dict[int, _Job] = {}
        self._failed: dict[str, _Job] = {}
        self._last_failure = ""

    @property
    def failed_count(self) -> int:
        """How many receipts are not on paper, for `print_again`; `MAX_FAILED` at most."""
        return len(self._failed)

    @property
    def prints_on_paid(self) -> bool:
        """Whether the shop wants a receipt of each paid sale."""
        return self._settings.value.receipt_on_paid and bool(self._settings.value.receipt_printer)

    def print_row(
        self, row: RequestRow, *, by_person: bool = True, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Print the receipt of `row` as it is now; see `make_receipt` for the last two."""
        settings = self._settings.value
        receipt = self._receipt(row, refund_of, refunded)
        if not settings.receipt_printer:
            self.finished.emit(tr(NO_PRINTER), False)
            return
        self._add(_Job(row.identifier, receipt, by_person=by_person))

    def print_test(self) -> None:
        """Print a page that shows what every receipt has, and is none."""
        if not self._settings.value.receipt_printer:
            self.finished.emit(tr(NO_PRINTER), False)
            return
        at = self._now().astimezone()
        receipt = sample_receipt(self._shop(), Formatted(f"{at:%Y-%m-%d %H:%M:%S}", at))
        self._add(_Job("", receipt))

    def save_pdf(
        self, row: RequestRow, path: Path, *, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Write the receipt of `row` into a PDF file, whatever printer is chosen."""
        self._add(_Job(row.identifier, self._receipt(row, refund_of, refunded), path))

    def print_again(self) -> None:
        """Repeat the receipts that failed, as they were, on the printer that is chosen now."""
        failed, self._failed = self._failed, {}
        for job in failed.values():
            self._add(replace(job, by_person=True))

    def close(self) -> None:
        """Wait a moment for the receipt that is being printed, and forget the others."""
        self._queue.close()

    def _shop(self) -> ReceiptShop:
        settings = self._settings.value
        return ReceiptShop(
            name=settings.shop_name,
            address=tuple(settings.receipt_address.splitlines()),
            footer=settings.receipt_footer,
            network=self._network,
            practice=self._practice,
        )

    def _receipt(self, row: RequestRow, refund_of: str, refunded: str) -> Receipt:
        return make_receipt(
            row.request,
            row.verdict,
            self._shop(),
            printed_at=self._now(),
            to_local=datetime.astimezone,
            refund_of=refund_of,
            refunded=refunded,
        )

    def _add(self, job: _Job) -> None:
        run = partial(self._run, job, self._settings.value)
        self._jobs[self._queue.add(run)] = job

    def _end(self, number: int, result: PrintResult) -> None:
        job = self._jobs.pop(number)
        self._failed.pop(job.identifier, None)
        if result.ok:
            self._last_failure = ""
        else:
            self._failed[job.identifier] = job
            while len(self._failed) > MAX_FAILED:
                del self._failed[next(iter(self._failed))]
            told, self._last_failure = self._last_failure, result.text
            if told == result.text and not job.by_person:
                return
        self.finished.emit(tr(result.text), result.ok)

    # What follows runs in a worker thread.

    @to_customers
    def _run(self, job: _Job, settings: Settings) -> PrintResult:
        receipt = job.receipt
        printout = Printout(
            receipt_blocks(receipt),
            f"{tr(receipt.title)} {receipt.number}",
            tr(TRAINING) if receipt.training else "",
        )
        if job.path is not None:
            return write_pdf(printout, settings, self._folder, job.path)
        at = self._now().astimezone()
        number = _UNSAFE.sub("-", receipt.number).strip("-")
        path = self._folder / FOLDER / f"receipt-{number}-{at:%Y%m%d-%H%M%S}.pdf"
        return print_blocks(printout, settings, self._folder, self._timeouts, path)


def printer_choices() -> list[PrinterChoice]:
    """The printers that this computer has, for the settings. It may take seconds: call it in a
    worker thread."""
    return [*qt_printer.system_printers(), *usb_printers()]
