"""Print blocks on the printer that the shop has chosen, or write them as a PDF file.

Everything here may wait for a printer, so it runs in a worker thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings

from . import logo, qt_printer
from .escpos_document import EscposDocument
from .escpos_printer import print_escpos
from .print_result import PrintResult
from .printer_connection import Timeouts
from .receipt_blocks import Block
from .receipt_page import PAPERS, ReceiptPage

NO_PRINTER = Message(
    "No receipt printer is chosen. Choose one under Shop settings, or save the receipt as a PDF."
)


@dataclass(frozen=True, slots=True)
class Printout:
    """What is printed: blocks, a word across the page ("" for none), and the title of a PDF."""

    blocks: tuple[Block, ...]
    title: str
    watermark: str = ""


def print_blocks(
    printout: Printout, settings: Settings, folder: Path, timeouts: Timeouts, pdf: Path
) -> PrintResult:
    """Print on the printer of the settings; `pdf` is written where that is a PDF file. `folder` is
    the data folder, which has the logo."""
    kind, _, name = settings.receipt_printer.partition(":")
    if kind == "qt":
        return qt_printer.print_page(name, page_maker(printout, settings, folder))
    if kind == "pdf":
        return write_pdf(printout, settings, folder, pdf)
    if kind in ("tcp", "usb"):
        picture = logo.load_logo(settings.shop_logo, folder)

        def make(model: str) -> bytes:
            document = EscposDocument(settings.receipt_width, model)
            return document.make(printout.blocks, picture)

        return print_escpos(settings.receipt_printer, make, timeouts)
    return PrintResult(False, NO_PRINTER)


def write_pdf(
    printout: Printout, settings: Settings, folder: Path, path: Path, *, paper: str = ""
) -> PrintResult:
    """Write a PDF file on the paper of the settings, or on `paper`."""
    make = page_maker(printout, settings, folder, paper=paper)
    return qt_printer.write_pdf(path, make, printout.title)


def page_maker(
    printout: Printout, settings: Settings, folder: Path, *, paper: str = ""
) -> qt_printer.MakePage:
    """What lays the blocks out for a resolution."""
    kind = PAPERS.get(paper or settings.receipt_width, PAPERS["80"])
    picture = logo.load_logo(settings.shop_logo, folder)
    return lambda dpi: ReceiptPage(
        printout.blocks, kind, dpi, logo=picture, watermark=printout.watermark
    )
