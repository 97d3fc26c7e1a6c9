"""What needs Qt: the loop turns, a painted code is read, fonts and screens are looked at."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication

from xumm_desk.self_test import window_checks
from xumm_desk.self_test.check import FailedError, NoteError
from xumm_desk.ui.qr import code_check


@pytest.fixture
def no_loop() -> Iterator[None]:
    """The check makes a loop of its own."""
    yield
    asyncio.set_event_loop(None)


def test_the_loop_serves_timers_threads_and_sockets(qapp: QApplication, no_loop: None) -> None:
    assert "on Qt 6." in window_checks.check_loop(qapp)


def test_a_loop_that_does_not_turn_is_told(
    qapp: QApplication, no_loop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> float:
        await asyncio.Event().wait()
        return 0.0

    monkeypatch.setattr(window_checks, "_use_loop", never)
    monkeypatch.setattr(window_checks, "_PATIENCE", 0.01)
    with pytest.raises(FailedError, match="XUMM_DESK_LOOP=stock"):
        window_checks.check_loop(qapp)


def test_a_timer_that_comes_late_is_noted(
    qapp: QApplication, no_loop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late() -> float:
        return 2.5

    monkeypatch.setattr(window_checks, "_use_loop", late)
    with pytest.raises(NoteError, match=r"2\.5 seconds late"):
        window_checks.check_loop(qapp)


def fonts(monkeypatch: pytest.MonkeyPatch, *systems: QFontDatabase.WritingSystem) -> None:
    monkeypatch.setattr(
        window_checks,
        "QFontDatabase",
        SimpleNamespace(
            WritingSystem=QFontDatabase.WritingSystem,
            families=lambda system: ["Some Sans"] if system in systems else [],
        ),
    )


def test_fonts_for_every_writing_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    system = QFontDatabase.WritingSystem
    fonts(monkeypatch, system.Latin, system.Arabic, system.Japanese)
    assert window_checks.check_fonts() == "1 families."


def test_a_writing_without_a_font_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts(monkeypatch, QFontDatabase.WritingSystem.Latin)
    with pytest.raises(NoteError, match=r"No font for: Arabic, Japanese.*fonts-noto-cjk"):
        window_checks.check_fonts()


def test_a_computer_without_fonts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts(monkeypatch)
    with pytest.raises(FailedError, match="fonts-dejavu-core"):
        window_checks.check_fonts()


def test_a_code_is_painted_and_read(qapp: QApplication) -> None:
    assert "read again" in window_checks.check_qr_code()


def test_a_code_that_cannot_be_read_is_told(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_check, "is_readable", lambda *_: False)
    with pytest.raises(FailedError, match="cannot be read"):
        window_checks.check_qr_code()


def test_a_decoder_that_does_not_load_is_noted(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(NoteError, match="decoder"):
        window_checks.check_qr_code()


def screen(width: int, height: int, scale: float = 1.0) -> Any:
    return SimpleNamespace(
        name=lambda: "HDMI-1",
        size=lambda: QSize(width, height),
        devicePixelRatio=lambda: scale,
        availableGeometry=lambda: QRect(0, 0, width, height),
    )


def test_screens_are_told_with_size_and_scale() -> None:
    told = window_checks.check_screens([screen(1920, 1080, 1.25)], "xcb")
    assert told == "HDMI-1 1920×1080 ×1.25 (xcb)."


def test_a_small_screen_is_noted() -> None:
    with pytest.raises(NoteError, match="scrolled"):
        window_checks.check_screens([screen(800, 480)], "xcb")


def test_a_large_screen_beside_a_small_one_is_enough() -> None:
    window_checks.check_screens([screen(800, 480), screen(1366, 768)], "xcb")


def test_no_screen_is_a_failure() -> None:
    with pytest.raises(FailedError, match="xvfb-run"):
        window_checks.check_screens([screen(800, 800)], "offscreen")


def test_a_printer_of_the_system_is_looked_for_by_its_name(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", lambda: ["Till"])
    states = {"Till": QPrinter.PrinterState.Idle}
    monkeypatch.setattr(
        QPrinterInfo, "printerInfo", lambda name: SimpleNamespace(state=lambda: states[name])
    )
    assert "Till" in window_checks.check_system_printer("qt:Till")
    with pytest.raises(FailedError, match="no printer of the name Gone"):
        window_checks.check_system_printer("qt:Gone")
    states["Till"] = QPrinter.PrinterState.Error
    with pytest.raises(FailedError, match="reports an error"):
        window_checks.check_system_printer("qt:Till")


def test_a_printer_of_the_system_is_checked_only_where_one_is_set(qapp: QApplication) -> None:
    assert [name for name, _ in window_checks.checks(qapp, "")][-1] == "screens"
    assert [name for name, _ in window_checks.checks(qapp, "qt:Till")][-1] == "printer"
