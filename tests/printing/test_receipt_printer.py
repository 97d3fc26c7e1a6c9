"""From a row to paper as the settings say, beside a window that goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pseudo_locale import PseudoTranslations
from pytestqt.qtbot import QtBot

from xumm_desk.locale.languages import ENGLISH, make_language, use_languages
from xumm_desk.printing import logo
from xumm_desk.printing.printer_connection import Timeouts
from xumm_desk.printing.receipt_printer import MAX_FAILED, ReceiptPrinter
from xumm_desk.store.settings_file import SettingsFile

from . import sample_receipts as sample
from .escpos_printer_server import EscposPrinterServer

WAIT = 60_000
NOW = datetime(2026, 3, 14, 13, 4, 20, tzinfo=UTC)
TIMES = Timeouts(connect=20, write=20, answer=20, finish=20)
open_pdf: Any = pypdfium2.PdfDocument

Made = Callable[..., tuple[ReceiptPrinter, list[tuple[str, bool]]]]


@pytest.fixture
def spoken_english() -> Iterator[None]:
    yield
    use_languages(ENGLISH)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """Makes a printer of receipts with these settings, and the list of what it tells."""
    printers: list[ReceiptPrinter] = []

    def make(
        practice: bool = False, job_limit: float = 60.0, **settings: Any
    ) -> tuple[ReceiptPrinter, list[tuple[str, bool]]]:
        store = SettingsFile(tmp_path / "settings.json")
        store.change(
            **{
                "shop_name": "Cafe Uno",
                "receipt_address": "Rue 12\n75005 Paris\n",
                "receipt_footer": "Thank you!",
                **settings,
            }
        )
        printer = ReceiptPrinter(
            SettingsFile(tmp_path / "settings.json"),
            tmp_path,
            network="MAINNET",
            practice=practice,
            now=lambda: NOW,
            timeouts=TIMES,
            job_limit=job_limit,
        )
        told: list[tuple[str, bool]] = []
        printer.finished.connect(lambda text, ok: told.append((text, ok)))
        printers.append(printer)
        return printer, told

    yield make
    for one in printers:
        one.close()


def test_a_row_is_printed_on_the_receipt_printer(
    made: Made, printer: EscposPrinterServer, qtbot: QtBot
) -> None:
    receipts, told = made(receipt_printer=printer.setting)
    receipts.print_row(sample.paid())
    assert told == []  # it has only been put in the queue
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told == [("The receipt was printed.", True)]
    text = printer.wait_for_papers(1)[0].text
    for words in ("Cafe Uno", "75005 Paris", "#1042", "5.208334 XRP", "Thank you!"):
        assert words in text
    assert "2026-03-14 13:54:37" in text  # Berlin's time


def test_a_test_page_has_the_shop_s_lines_and_cannot_pass_for_a_receipt(
    made: Made, printer: EscposPrinterServer, qtbot: QtBot
) -> None:
    receipts, told = made(receipt_printer=printer.setting)
    receipts.print_test()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told == [("The receipt was printed.", True)]
    text = printer.wait_for_papers(1)[0].text
    for words in ("Cafe Uno", "75005 Paris", "NOT PAID", "Nothing was sold", "Thank you!"):
        assert words in text


def test_a_test_page_without_a_printer_is_a_sentence(made: Made) -> None:
    receipts, told = made()
    receipts.print_test()
    assert "No receipt printer is chosen" in told[0][0]


def test_the_printer_pdf_writes_private_files_into_the_data_folder(
    made: Made, tmp_path: Path, qtbot: QtBot
) -> None:
    receipts, told = made(receipt_printer="pdf", receipt_width="A4", practice=True)
    receipts.print_row(sample.paid())
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    path = tmp_path / "receipts" / "receipt-1042-20260314-140420.pdf"
    assert told == [(f"The receipt was saved as {path}.", True)]
    assert "TRAINING" in open_pdf(str(path))[0].get_textpage().get_text_range()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_a_receipt_that_cannot_be_saved_says_why(made: Made, tmp_path: Path, qtbot: QtBot) -> None:
    receipts, told = made()
    (tmp_path / "file").write_text("")
    receipts.save_pdf(sample.paid(), tmp_path / "file" / "receipt.pdf")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert not told[0][1]
    assert "could not be saved" in told[0][0]


def test_without_a_printer_there_is_a_sentence_and_no_job(made: Made) -> None:
    receipts, told = made(receipt_on_paid=True)
    receipts.print_row(sample.paid())
    assert (len(told), told[0][1]) == (1, False)
    assert "Shop settings" in told[0][0]
    assert not receipts.prints_on_paid


@pytest.mark.parametrize(
    "setting", ["tcp:", "tcp:host:99999", "usb:zz:1", "usb:", "qt:Nowhere", "else"]
)
def test_a_setting_that_names_no_printer_says_so(setting: str, made: Made, qtbot: QtBot) -> None:
    receipts, told = made(receipt_printer=setting)
    receipts.print_row(sample.paid())
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert not told[0][1]
    assert "settings" in told[0][0] or "no address" in told[0][0]


def test_a_printer_that_is_gone_is_told_once_and_its_receipts_are_repeated(
    made: Made, qtbot: QtBot
) -> None:
    with EscposPrinterServer() as gone:
        setting = gone.setting
    receipts, told = made(receipt_printer=setting, receipt_on_paid=True)
    assert receipts.prints_on_paid
    rows = [sample.paid(name=f"till-{number}") for number in range(3)]
    for count, row in enumerate(rows, 1):
        receipts.print_row(row, by_person=False)
        qtbot.waitUntil(lambda count=count: receipts.failed_count == count, timeout=WAIT)  # type: ignore[misc]
    assert len(told) == 1
    receipts.print_row(rows[0])  # a person asks and is answered
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT)
    assert told[0] == told[1]
    receipts.print_again()
    assert receipts.failed_count == 0
    qtbot.waitUntil(lambda: len(told) == 5, timeout=WAIT)
    assert receipts.failed_count == 3


def test_a_day_without_a_printer_is_not_printed_when_it_is_back(made: Made, qtbot: QtBot) -> None:
    receipts, told = made(receipt_printer="tcp:")
    for number in range(MAX_FAILED + 5):
        receipts.print_row(sample.paid(name=f"till-{number}"))
    qtbot.waitUntil(lambda: len(told) == MAX_FAILED + 5, timeout=WAIT)
    assert receipts.failed_count == MAX_FAILED


def test_what_failed_is_repeated_on_the_printer_that_is_chosen_now(
    made: Made, printer: EscposPrinterServer, tmp_path: Path, qtbot: QtBot
) -> None:
    store = SettingsFile(tmp_path / "settings.json")
    store.change(receipt_printer="tcp:")
    receipts = ReceiptPrinter(
        store, tmp_path, network="MAINNET", practice=False, timeouts=TIMES, now=lambda: NOW
    )
    receipts.print_row(sample.paid())
    qtbot.waitUntil(lambda: receipts.failed_count == 1, timeout=WAIT)
    store.change(receipt_printer=printer.setting)
    with qtbot.waitSignal(receipts.finished, timeout=WAIT) as finished:
        receipts.print_again()
    assert finished.args == ["The receipt was printed.", True]
    receipts.close()


def test_receipts_that_failed_for_want_of_paper_come_out_when_there_is_some(
    made: Made, printer: EscposPrinterServer, qtbot: QtBot
) -> None:
    printer.paper_left = 0
    receipts, told = made(receipt_printer=printer.setting)
    receipts.print_row(sample.paid())
    receipts.print_row(sample.check())
    qtbot.waitUntil(lambda: receipts.failed_count == 2, timeout=WAIT)
    assert all("no paper" in text for text, _ok in told)
    printer.paper_left = None
    receipts.print_again()
    qtbot.waitUntil(lambda: len(told) == 4, timeout=WAIT)
    papers = [paper.text for paper in printer.wait_for_papers(2)]
    assert ["#1042" in papers[0], "#1044" in papers[1]] == [True, True]
    assert receipts.failed_count == 0


def test_a_stored_logo_is_on_the_receipt(
    made: Made, printer: EscposPrinterServer, tmp_path: Path, qtbot: QtBot
) -> None:
    source = tmp_path / "logo.jpg"
    Image.new("RGB", (2000, 1000), "black").save(source)
    receipts, told = made(
        receipt_printer=printer.setting, shop_logo=logo.store_logo(source, tmp_path)
    )
    receipts.print_row(sample.paid())
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    first = printer.wait_for_papers(1)[0].strips[0]
    assert isinstance(first, Image.Image)
    assert first.convert("L").tobytes().count(0) > 10_000


def test_a_receipt_is_in_the_customer_s_language_and_its_result_in_the_cashier_s(
    made: Made, tmp_path: Path, qtbot: QtBot, spoken_english: None
) -> None:
    use_languages(ENGLISH, make_language("de", PseudoTranslations()))
    receipts, told = made(receipt_printer="pdf", receipt_width="A4")
    receipts.save_pdf(sample.paid(), tmp_path / "receipt.pdf")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told[0][0].startswith("The receipt was saved")
    text = open_pdf(str(tmp_path / "receipt.pdf"))[0].get_textpage().get_text_range()
    assert "Ŕéçéîpţ" in text
    assert "5,208334 XRP" in text


def test_lines_from_right_to_left_begin_at_the_right(
    made: Made, printer: EscposPrinterServer, qtbot: QtBot, spoken_english: None
) -> None:
    """In a language whose words are all English here, so that the paper can be read as text."""
    use_languages(ENGLISH, make_language("ar"))
    receipts, told = made(receipt_printer=printer.setting)
    receipts.print_row(sample.paid())
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    lines = printer.wait_for_papers(1)[0].text.splitlines()
    assert any(line.startswith("#1042") and line.endswith("Receipt") for line in lines)
    assert any(line.startswith("5.208334 XRP") for line in lines)
