"""Printers by address and on USB: found, told apart, and let go of."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.printing.escpos_document import EscposDocument
from xumm_desk.printing.escpos_printer import print_escpos
from xumm_desk.printing.print_result import PrintResult
from xumm_desk.printing.printer_connection import (
    PrinterGone,
    Timeouts,
    parse_tcp,
    parse_usb,
    usb_printers,
)
from xumm_desk.printing.receipt_blocks import receipt_blocks

from . import sample_receipts as sample
from .sample_receipts import SHOP, receipt_of
from .usb_printer import UsbPrinter, install

TIMES = Timeouts(connect=20, write=20, answer=0.2, finish=0.3)


def send(setting: str) -> PrintResult:
    """Print the usual receipt."""
    receipt = receipt_of(sample.paid(), replace(SHOP, name="Cafe Uno"))
    return print_escpos(
        setting, lambda model: EscposDocument("80", model).make(receipt_blocks(receipt)), TIMES
    )


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("192.168.1.50", ("192.168.1.50", 9100)),
        ("printer.local:9101", ("printer.local", 9101)),
        (" printer ", ("printer", 9100)),
        ("[fe80::1]:9100", ("fe80::1", 9100)),
        ("fe80::1", ("fe80::1", 9100)),
    ],
)
def test_an_address_is_read(text: str, parsed: tuple[str, int]) -> None:
    assert parse_tcp(text) == parsed


@given(st.text())
def test_any_text_is_an_address_or_refused_in_words(text: str) -> None:
    for parse in (parse_tcp, parse_usb):
        with contextlib.suppress(PrinterGone):
            assert len(parse(text)) >= 2


def test_a_usb_printer_prints_through_its_own_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = UsbPrinter(0x04B8, 0x0E15, "X1")
    install(monkeypatch, [UsbPrinter(0x1234, 1, "other"), printer])
    result = send("usb:04b8:0e15")
    assert (result.ok, result.text) == (True, "The receipt was printed.")
    assert "Cafe Uno" in printer.papers[0].text
    assert (printer.claimed, printer.unknown) == ([], [])


def test_two_usb_printers_of_one_kind_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    bar, kitchen = UsbPrinter(0x04B8, 0x0E15, "BAR"), UsbPrinter(0x04B8, 0x0E15, "KITCHEN")
    install(monkeypatch, [bar, kitchen])
    choices = usb_printers()
    assert [choice.value for choice in choices] == ["usb:04b8:0e15:BAR", "usb:04b8:0e15:KITCHEN"]
    assert [choice.label for choice in choices] == ["Receipts (BAR)", "Receipts (KITCHEN)"]
    refused = send("usb:04b8:0e15")
    assert (refused.ok, "2 USB receipt printers" in refused.text) == (False, True)
    assert send(choices[1].value).ok
    assert (len(bar.papers), len(kitchen.papers)) == (0, 1)


def test_a_usb_printer_that_is_not_there_or_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = UsbPrinter(0x04B8, 0x0E15, "X1")
    bus = install(monkeypatch, [])
    missing = send("usb:04b8:0e15")
    assert (missing.ok, "is not connected" in missing.text) == (False, True)
    bus.printers.append(printer)
    printer.busy = True
    refused = send("usb:04b8:0e15")
    assert (refused.ok, "cannot be opened" in refused.text) == (False, True)


def test_a_usb_printer_that_hangs_or_is_pulled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = UsbPrinter(0x04B8, 0x0E15, "X1")
    bus = install(monkeypatch, [printer])
    printer.hangs = True
    stuck = send("usb:04b8:0e15")
    assert (stuck.ok, "takes no more data" in stuck.text) == (False, True)
    printer.hangs = False

    def make(_model: str) -> bytes:
        bus.printers.clear()
        return b"text\n"

    gone = print_escpos("usb:04b8:0e15", make, TIMES)
    assert (gone.ok, "in the middle" in gone.text) == (False, True)


def test_without_libusb_the_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("libusb1", "libusb0", "openusb"):
        backend: Any = importlib.import_module(f"usb.backend.{name}")
        monkeypatch.setattr(backend, "get_backend", lambda *_args, **_more: None)
    result = send("usb:04b8:0e15")
    assert (result.ok, "libusb" in result.text) == (False, True)
    assert usb_printers() == []
