"""The printer of the settings is looked for where it is; sounds are read, and not played."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from printing.escpos_printer_server import EscposPrinterServer

from xumm_desk.printing import printer_connection
from xumm_desk.printing.print_result import PrinterChoice
from xumm_desk.printing.printer_connection import Timeouts
from xumm_desk.self_test import devices
from xumm_desk.self_test.check import FailedError, NoteError
from xumm_desk.setup.resources import resources


def test_no_printer_is_nothing_to_worry_about(tmp_path: Path) -> None:
    assert "None is set up" in devices.check_printer("", tmp_path)


def test_a_printer_on_the_network_answers_and_prints_nothing(tmp_path: Path) -> None:
    with EscposPrinterServer() as printer:
        assert "answers" in devices.check_printer(printer.setting, tmp_path)
        assert printer.papers == []


def test_a_printer_that_is_off_is_told_with_its_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(FailedError, match=f"127.0.0.1:{port} does not answer"):
        devices.check_printer(f"tcp:127.0.0.1:{port}", tmp_path, Timeouts(connect=1.0))


@pytest.mark.parametrize(
    ("setting", "words"),
    [("tcp:", "is no address"), ("fax:1", "names no printer"), ("usb:0001:0002", "not connected")],
)
def test_a_setting_that_leads_to_no_printer_is_told(
    tmp_path: Path, setting: str, words: str
) -> None:
    with pytest.raises(FailedError, match=words):
        devices.check_printer(setting, tmp_path)


def test_a_printer_on_usb_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = [PrinterChoice("usb:04b8:0202:X1", "TM-T20")]
    monkeypatch.setattr(printer_connection, "usb_printers", lambda: found)
    assert devices.check_printer("usb:04b8:0202", tmp_path) == "TM-T20 is connected."


def test_receipts_as_files_need_a_folder_that_can_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    assert str(folder / "receipts") in devices.check_printer("pdf", folder)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(FailedError, match="may not write"):
        devices.check_printer("pdf", folder)


def test_our_sounds_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "playback_devices", lambda: ["Front speakers"])
    assert devices.check_sounds(resources() / "sounds") == "Played through Front speakers."


def test_a_computer_without_a_loudspeaker_sells_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "playback_devices", list)
    with pytest.raises(NoteError, match="not heard"):
        devices.check_sounds(resources() / "sounds")


def test_sounds_that_are_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="cannot be read"):
        devices.check_sounds(tmp_path)


def test_a_library_that_does_not_load_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(FailedError, match="does not load"):
        devices.check_sounds(tmp_path)
