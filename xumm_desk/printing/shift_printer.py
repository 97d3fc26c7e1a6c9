"""Print the close of a shift, or save it as a PDF: in the background, as receipts are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.locale.translation import tr

from .block_printing import NO_PRINTER, Printout, print_blocks, write_pdf
from .print_queue import PrintQueue
from .print_result import PrintResult
from .printer_connection import Timeouts
from .receipt_printer import FixedSettings
from .shift_blocks import shift_blocks, shift_title, training_word

FOLDER = "shifts"
"""In the data folder: where the printer "pdf" puts its files."""


class ShiftPrinter(QObject):
    """`finished` tells how a print ended: a sentence, and whether it worked."""

    finished = Signal(str, bool)

    def __init__(
        self,
        settings: SettingsStore | FixedSettings,
        data_folder: Path,
        *,
        parent: QObject | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._folder = settings, data_folder
        self._timeouts = timeouts or Timeouts()
        self._queue = PrintQueue(self)
        self._queue.finished.connect(lambda _number, result: self._end(result))

    @property
    def has_printer(self) -> bool:
        """Whether the shop has chosen a printer."""
        return bool(self._settings.value.receipt_printer)

    def print_shift(self, shift: ShiftDocument) -> None:
        """Print a closed shift on the shop's receipt printer."""
        if not self.has_printer:
            self.finished.emit(tr(NO_PRINTER), False)
            return
        path = self._folder / FOLDER / f"shift-{shift.number}.pdf"
        run = partial(
            print_blocks,
            _printout(shift),
            self._settings.value,
            self._folder,
            self._timeouts,
            path,
        )
        self._queue.add(_told(run, Message("Shift #{number} was printed.", number=shift.number)))

    def save_pdf(self, shift: ShiftDocument, path: Path) -> None:
        """Write a closed shift into a file on A4, which bookkeepers keep."""
        run = partial(
            write_pdf, _printout(shift), self._settings.value, self._folder, path, paper="A4"
        )
        said = Message("Shift #{number} was saved as {path}.", number=shift.number, path=path)
        self._queue.add(_told(run, said))

    def close(self) -> None:
        """Wait a moment for what is being printed, and forget the rest."""
        self._queue.close()

    def _end(self, result: PrintResult) -> None:
        self.finished.emit(tr(result.text), result.ok)


def _told(run: Callable[[], PrintResult], done: str) -> Callable[[], PrintResult]:
    """The same job; that it worked is said of the shift, not of a receipt."""

    def job() -> PrintResult:
        result = run()
        return PrintResult(True, done) if result.ok else result

    return job


def _printout(shift: ShiftDocument) -> Printout:
    return Printout(shift_blocks(shift), shift_title(shift), training_word(shift))
