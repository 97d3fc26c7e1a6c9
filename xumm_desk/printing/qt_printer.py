"""Print a receipt page on a printer of the system, or write it as a PDF file.

Both may wait for a printing service, so they run in a worker thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from xumm_desk.core.message import Message
from xumm_desk.store import private_files

from .print_result import PrinterChoice, PrintResult, tell_apart
from .receipt_page import ReceiptPage

log = logging.getLogger(__name__)

MakePage = Callable[[float], ReceiptPage]
"""Lays the receipt out for a resolution in dots an inch."""

_PDF_DPI: Final = 600
_NO_MARGINS: Final = QMarginsF(0, 0, 0, 0)


class PrinterEntry(Protocol):
    """What `QPrinterInfo` tells of one printer."""

    def printerName(self) -> str: ...  # noqa: N802

    def description(self) -> str: ...

    def location(self) -> str: ...

    def makeAndModel(self) -> str: ...  # noqa: N802


def system_printers(found: Sequence[PrinterEntry] | None = None) -> list[PrinterChoice]:
    """The printers of the system; `found` stands for what Qt lists. May take seconds where the
    printing service does."""
    printers = QPrinterInfo.availablePrinters() if found is None else found
    names = [(one.description() or one.printerName(), _details(one)) for one in printers]
    labels = tell_apart(names)
    return [
        PrinterChoice(f"qt:{one.printerName()}", label)
        for one, label in zip(printers, labels, strict=True)
    ]


def find_printer(name: str, found: Sequence[PrinterEntry]) -> PrintResult | None:
    """Why the receipt cannot go to the printer of this name; None if it can."""
    named = [one for one in found if one.printerName() == name]
    if len(named) == 1:
        return None
    if named:
        return PrintResult(
            False,
            Message(
                "This computer has {n} printer of the name {name}, so the receipt was not printed."
                " Give it another name in the system's settings.",
                plural="This computer has {n} printers of the name {name}, so the receipt was not"
                " printed. Give one of them another name in the system's settings.",
                n=len(named),
                name=name,
            ),
        )
    return PrintResult(
        False,
        Message(
            "This computer has no printer of the name {name} any more. Connect it, or choose"
            " another one under Shop settings; then print again.",
            name=name,
        ),
    )


def print_page(name: str, make_page: MakePage) -> PrintResult:
    """Print on the system's printer of this name."""
    refused = find_printer(name, QPrinterInfo.availablePrinters())
    if refused is not None:
        return refused
    printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
    if not printer.isValid() or printer.printerState() is QPrinter.PrinterState.Error:
        return _refused(name)
    printer.setFullPage(True)
    page = make_page(printer.resolution())
    printer.setPageLayout(_layout(page.size))
    if not _paint(page, printer):
        return _refused(name)
    return PrintResult(True, Message("The receipt was sent to {name}.", name=name))


def write_pdf(path: Path, make_page: MakePage, title: str) -> PrintResult:
    """Write a PDF that only this account can read."""
    try:
        private_files.make_folder(path.parent)
        private_files.make_file(path)
        with open(path, "r+b"):
            pass  # Qt does not say why it cannot write
    except OSError as error:
        return PrintResult(
            False,
            Message(
                "The receipt could not be saved as {path} ({reason}). Choose another place, then"
                " save it again.",
                path=path,
                reason=error.strerror or type(error).__name__,
            ),
        )
    writer = QPdfWriter(str(path))
    writer.setResolution(_PDF_DPI)
    writer.setTitle(title)
    writer.setCreator("Xumm Desk")
    page = make_page(_PDF_DPI)
    writer.setPageLayout(_layout(page.size))
    if not _paint(page, writer):
        return PrintResult(
            False,
            Message(
                "The receipt could not be saved as {path}. Look whether the disk is full, then"
                " save it again.",
                path=path,
            ),
        )
    return PrintResult(True, Message("The receipt was saved as {path}.", path=path))


def _paint(page: ReceiptPage, device: QPrinter | QPdfWriter) -> bool:
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        page.paint(painter, device.newPage)
    finally:
        done = painter.end()
    return done


def _layout(size: QSizeF) -> QPageLayout:
    page_size = QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    layout = QPageLayout(page_size, QPageLayout.Orientation.Portrait, _NO_MARGINS)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def _details(one: PrinterEntry) -> list[str]:
    return [one.location(), one.makeAndModel(), one.printerName()]


def _refused(name: str) -> PrintResult:
    return PrintResult(
        False,
        Message(
            "{name} does not take the receipt. Look at the printer and at the system's list of"
            " waiting prints, then print again.",
            name=name,
        ),
    )
