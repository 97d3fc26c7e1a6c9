"""Shifts go to the printer of the shop, or into a PDF on A4, in the background."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.core.settings import Settings
from xumm_desk.printing.receipt_printer import FixedSettings
from xumm_desk.printing.shift_printer import ShiftPrinter

from .test_shift_blocks import closed

open_pdf: Any = pypdfium2.PdfDocument


@pytest.fixture
def made(qtbot: QtBot, tmp_path: Path) -> Iterator[ShiftPrinter]:
    """A printer for a shop that saves receipts as PDF files."""
    settings = FixedSettings(Settings(receipt_printer="pdf", receipt_width="58"))
    printer = ShiftPrinter(settings, tmp_path)
    yield printer
    printer.close()


def test_a_shift_is_saved_as_a_pdf_on_a4_whatever_paper_receipts_have(
    qtbot: QtBot, made: ShiftPrinter, tmp_path: Path
) -> None:
    path = tmp_path / "shift-2.pdf"
    with qtbot.waitSignal(made.finished, timeout=30_000) as told:
        made.save_pdf(closed(), path)
    assert told.args == [f"Shift #2 was saved as {path}.", True]
    document = open_pdf(str(path))
    assert len(document) == 2
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    assert "Takings" in document[0].get_textpage().get_text_range()
    assert path.stat().st_mode & 0o077 == 0


def test_a_shift_is_printed_where_receipts_are(
    qtbot: QtBot, made: ShiftPrinter, tmp_path: Path
) -> None:
    with qtbot.waitSignal(made.finished, timeout=30_000) as told:
        made.print_shift(closed())
    assert told.args == ["Shift #2 was printed.", True]
    assert (tmp_path / "shifts" / "shift-2.pdf").exists()


def test_without_a_printer_it_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    printer = ShiftPrinter(FixedSettings(Settings()), tmp_path)
    assert not printer.has_printer
    with qtbot.waitSignal(printer.finished) as told:
        printer.print_shift(closed())
    assert told.args is not None
    assert told.args[1] is False
    printer.close()


def test_a_file_that_cannot_be_written_is_said(
    qtbot: QtBot, made: ShiftPrinter, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with qtbot.waitSignal(made.finished, timeout=30_000) as told:
        made.save_pdf(closed(), blocked / "shift.pdf")
    assert told.args is not None
    assert told.args[1] is False
