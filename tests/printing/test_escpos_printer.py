"""Receipts on a printer that understands ESC/POS, read back from its paper; what can go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QColor, QImage

from xumm_desk.core.receipt.receipt import Receipt, ReceiptShop
from xumm_desk.printing.escpos_document import EscposDocument
from xumm_desk.printing.escpos_printer import print_escpos
from xumm_desk.printing.print_result import PrintResult
from xumm_desk.printing.printer_connection import Timeouts
from xumm_desk.printing.receipt_blocks import Block, Style, receipt_blocks

from . import sample_receipts as sample
from .escpos_printer_server import (
    UNKNOWN_MODEL,
    EscposPrinter,
    EscposPrinterServer,
    Paper,
    PrinterSession,
)
from .sample_receipts import SHOP, receipt_of

LONG = Timeouts(connect=20, write=20, answer=20, finish=20)
NEVER_FINISHED = replace(LONG, finish=0.3)
"""For receipts that are known not to come out."""

MODEL = "TM-T88V"


def send(
    printer: EscposPrinterServer,
    receipt: Receipt,
    timeouts: Timeouts = LONG,
    width: str = "80",
    logo: QImage | None = None,
) -> PrintResult:
    """Print as the program does."""
    return print_escpos(
        printer.setting,
        lambda model: EscposDocument(width, model).make(receipt_blocks(receipt), logo),
        timeouts,
    )


def printed(printer: EscposPrinterServer, receipt: Receipt, width: str = "80") -> Paper:
    """The paper of one receipt."""
    result = send(printer, receipt, width=width)
    assert result.ok, result
    return printer.wait_for_papers(1)[0]


def decoded(picture: Image.Image) -> str:
    """The QR code in a picture, "" for none."""
    found = zxingcpp.read_barcode(picture)
    return found.text if found is not None else ""


@pytest.mark.parametrize("width", ["58", "80"])
@pytest.mark.parametrize("model", [UNKNOWN_MODEL, MODEL])
def test_the_receipt_of_a_paid_sale_is_read_back(width: str, model: str) -> None:
    row = sample.paid()
    receipt = receipt_of(row, replace(SHOP, name="Cafe Uno"))
    with EscposPrinterServer(dots=384 if width == "58" else 512, model=model) as printer:
        paper = printed(printer, receipt, width)
        assert printer.unknown == []
    text = paper.text
    for words in ("Cafe Uno", "#1042", "Anna", "Table 4", "5.208334 XRP", "PAID", "MAINNET"):
        assert words in text
    assert row.request.txid is not None
    assert row.request.txid in "".join(text.split())
    assert "NOT PAID" not in text
    assert "TRAINING" not in text
    assert paper.is_cut
    assert decoded(paper.picture()) == receipt.link
    assert paper.qr_data == ([receipt.link] if model == MODEL else [])
    assert all(part.width <= paper.dots for part in paper.pictures)
    columns = 32 if width == "58" else 42
    assert all(len(line.text) * line.wide <= columns for line in paper.lines)


@pytest.mark.parametrize("model", [UNKNOWN_MODEL, MODEL])
def test_what_is_not_proven_is_large_and_white_on_black(model: str) -> None:
    with EscposPrinterServer(model=model) as printer:
        paper = printed(printer, receipt_of(sample.check()))
    loud = [line for line in paper.lines if line.inverse]
    assert [line.text.strip() for line in loud] == ["CHECK", "CHECK"]
    assert all((line.wide, line.high, line.bold) == (2, 2, True) for line in loud)
    assert all(len(line.text) * line.wide == 42 for line in loud)
    assert "0.001 XRP" in paper.text
    assert "PAID" not in paper.text


def test_practice_says_training_at_both_ends(printer: EscposPrinterServer) -> None:
    paper = printed(printer, receipt_of(sample.paid(), replace(SHOP, practice=True)))
    large = [line.text.strip() for line in paper.lines if line.wide == 2]
    assert large == ["*** TRAINING ***", "PAID", "*** TRAINING ***"]


NAMES = {
    "euro": "Alles für € 1",
    "french": "Café à la crème",
    "german": "Müßig & Söhne",
    "japanese": "日本コーヒー",
    "arabic": "متجر القهوة",
    "polish": "Łódź",
}


@pytest.mark.parametrize("model", [UNKNOWN_MODEL, MODEL])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_letter_of_a_name_becomes_a_question_mark(name: str, model: str) -> None:
    """It is spelled by a code page that the model has, or drawn."""
    with EscposPrinterServer(model=model) as printer:
        paper = printed(printer, receipt_of(sample.paid(), ReceiptShop(name=name)))
        assert printer.unknown == []
    assert "?" not in paper.text
    first = paper.strips[0]
    if isinstance(first, Image.Image):
        assert any(value < 128 for value in first.convert("L").tobytes())
        assert not (model == MODEL and name in (NAMES["euro"], NAMES["french"], NAMES["german"]))
    else:
        assert first.text.strip() == name
        assert model == MODEL


@settings(max_examples=30, deadline=None, database=None)
@given(st.text(max_size=40), st.text(max_size=60), st.sampled_from(["", MODEL]))
def test_no_name_is_taken_for_a_command(name: str, reference: str, model: str) -> None:
    blocks = (
        Block(Style.NAME, name),
        Block(Style.PAIR, name, reference),
        Block(Style.LONG, name, reference),
        Block(Style.WARNING, reference),
    )
    printer = EscposPrinter()
    PrinterSession(printer, lambda _answer: None).feed(EscposDocument("58", model).make(blocks))
    assert printer.unknown == []
    assert len(printer.papers) == 1
    asked = 3 * name.count("?") + 3 * reference.count("?")
    assert printer.papers[0].text.count("?") <= asked
    assert all(len(line.text) * line.wide <= 32 for line in printer.papers[0].lines)


@pytest.mark.parametrize("model", ["", UNKNOWN_MODEL])
def test_a_model_that_nobody_knows_gets_letters_of_ascii_alone(model: str) -> None:
    with EscposPrinterServer(model=model) as printer:
        assert send(printer, receipt_of(sample.paid()), replace(LONG, answer=5)).ok
        paper = printer.wait_for_papers(1)[0]
    assert paper.text.isascii()
    assert paper.qr_data == []
    assert decoded(paper.picture())


def test_a_logo_is_printed_as_a_picture(printer: EscposPrinterServer) -> None:
    logo = QImage(300, 120, QImage.Format.Format_ARGB32)
    logo.fill(QColor("black"))
    receipt = receipt_of(sample.paid())
    assert send(printer, receipt, logo=logo).ok
    first = printer.wait_for_papers(1)[0].pictures[0]
    black = first.convert("L").tobytes().count(0)
    assert black == pytest.approx(first.width * 0.6 * first.height, rel=0.1)


def test_a_printer_that_is_off_says_what_to_do() -> None:
    with EscposPrinterServer() as printer:
        setting = printer.setting
    result = print_escpos(setting, lambda _model: b"", LONG)
    assert not result.ok
    assert setting.removeprefix("tcp:") in result.text
    assert "does not answer" in result.text
    assert "print again" in result.text


def test_no_paper_is_said_before_anything_is_sent(printer: EscposPrinterServer) -> None:
    printer.paper_left = 0
    result = send(printer, receipt_of(sample.paid()), LONG)
    assert (result.ok, "no paper" in result.text) == (False, True)
    assert printer.papers == []
    printer.paper_left = None
    assert send(printer, receipt_of(sample.paid())).ok


def test_paper_that_ends_in_the_middle_is_no_receipt(printer: EscposPrinterServer) -> None:
    printer.paper_left = 10
    result = send(printer, receipt_of(sample.paid()), NEVER_FINISHED)
    assert (result.ok, "no paper" in result.text) == (False, True)
    assert printer.papers == []


def test_paper_that_is_nearly_at_its_end_is_told(printer: EscposPrinterServer) -> None:
    printer.paper_low = True
    result = send(printer, receipt_of(sample.paid()))
    assert (result.ok, "nearly at its end" in result.text) == (True, True)


def test_an_open_cover_is_told(printer: EscposPrinterServer) -> None:
    printer.cover_open = True
    result = send(printer, receipt_of(sample.paid()), LONG)
    assert (result.ok, "cover" in result.text) == (False, True)


def test_a_printer_that_vanishes_in_the_middle(printer: EscposPrinterServer) -> None:
    printer.vanish_after = 3000
    result = send(printer, receipt_of(sample.paid()))
    assert (result.ok, "in the middle" in result.text) == (False, True)
    printer.vanish_after = None
    assert send(printer, receipt_of(sample.paid())).ok
    assert len(printer.wait_for_papers(1)) == 1


def test_a_printer_that_reads_nothing_is_given_up(printer: EscposPrinterServer) -> None:
    """It answered, then stopped: whether it printed is not known, and said so."""
    receipt = receipt_of(sample.paid())

    def make(model: str) -> bytes:
        printer.reading.clear()
        return EscposDocument("80", model).make(receipt_blocks(receipt))

    result = print_escpos(printer.setting, make, replace(NEVER_FINISHED, answer=5))
    assert not result.ok
    assert "does not say that it has finished" in result.text


def test_a_printer_that_takes_no_more_is_given_up(printer: EscposPrinterServer) -> None:
    def make(_model: str) -> bytes:
        printer.reading.clear()
        return bytes(50_000_000)

    result = print_escpos(printer.setting, make, replace(LONG, write=0.2))
    assert (result.ok, "takes no more data" in result.text) == (False, True)


def test_a_printer_that_never_reports_is_printed_on_all_the_same() -> None:
    with EscposPrinterServer(reports=False) as printer:
        result = send(printer, receipt_of(sample.paid()), replace(LONG, answer=0.2))
        assert (result.ok, "does not report back" in result.text) == (True, True)
        assert printer.wait_for_papers(1)[0].is_cut


def test_printing_leaves_nothing_on_standard_output(
    printer: EscposPrinterServer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert send(printer, receipt_of(sample.paid())).ok
    assert capfd.readouterr().out == ""
