"""Unhandled errors on the screen: one window, at a locked or hidden desk a banner instead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.fake_desk import run_now
from xumm_desk.setup.error_reports import ErrorReports, Origin
from xumm_desk.setup.logging_setup import redact
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.banners.banner import BannerStack
from xumm_desk.ui.diagnostics.error_alerts import KEY, ErrorAlerts
from xumm_desk.ui.diagnostics.report_window import ReportWindow
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.system_tools import SystemTools

OUTPUT = Path(__file__).parents[2] / "output"
UUID = "6dd91f0a-aaaa-4bbb-8ccc-0123456789ab"


class Bench:
    """A window, its banners and its lock, around the alerts."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.saved: dict[Path, str] = {}
        self.refusal = ""
        self.reports = ErrorReports(redact)
        self.tools = SystemTools(reports=self.reports, save=self._save)
        self.banners = BannerStack(self.window)
        self.lock = DeskLock(self.window, SettingsFile(folder / "settings.json"), start=run_now)
        self.has_desk = True
        self.notified: list[str] = []
        self.alerts = ErrorAlerts(
            self.window,
            self.tools,
            banners=self.banners,
            lock=self.lock,
            has_desk=lambda: self.has_desk,
            notify=lambda title, _words: self.notified.append(title),
        )
        self.alerts._timer.setInterval(0)

    def _save(self, path: Path, text: str) -> str:
        self.saved[path] = text
        return self.refusal

    def fail(self, words: str = "broken", origin: Origin = Origin.WINDOW) -> None:
        """An error, of one place for each text."""
        self.reports.add_text(f"ValueError: {words}", f"Traceback…\nValueError: {words}", origin)
        for _ in range(4):
            QApplication.processEvents()

    @property
    def shown(self) -> ReportWindow | None:
        """The report, if it is on the screen."""
        found = self.window.findChildren(ReportWindow)
        assert len(found) < 2
        return found[0] if found and found[0].isVisible() else None


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def test_an_error_is_shown_with_what_it_means_for_the_money(bench: Bench) -> None:
    bench.fail(f"key {UUID}")
    report = bench.shown
    assert report is not None
    assert "still followed" in report.meaning.text()
    assert "In the window: ValueError: key 6dd91f0a…" in report.what.text()
    assert "Traceback…" in report.text.toPlainText()
    assert UUID not in report.text.toPlainText()
    assert not report.isModal()


def test_without_a_desk_it_says_that_nothing_was_sent(bench: Bench) -> None:
    bench.has_desk = False
    bench.fail()
    assert bench.shown is not None
    assert "nothing was sent" in bench.shown.meaning.text()


def test_repeats_are_counted_in_the_same_window(bench: Bench) -> None:
    for _ in range(5):
        bench.fail()
    bench.fail("another")
    assert bench.shown is not None
    assert "1 other error" in bench.shown.what.text()
    assert "5 times" in bench.shown.text.toPlainText()
    assert bench.shown._title.text() == "6 errors of this program occurred"


def test_what_was_hidden_comes_back_for_another_error_and_not_for_the_same(bench: Bench) -> None:
    bench.fail()
    assert bench.shown is not None
    bench.shown.hide_button.click()
    bench.fail()
    assert bench.shown is None
    bench.fail("another")
    assert bench.shown is not None


def test_an_error_of_another_thread_is_shown_by_the_windows_own(qtbot: QtBot, bench: Bench) -> None:
    thread = threading.Thread(
        target=lambda: bench.reports.add_text("x", "x", Origin.THREAD, "journal")
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bench.shown is not None)
    assert bench.shown is not None
    assert "thread journal" in bench.shown.what.text()


def locked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Lock the desk; the list holds what waits for the PIN."""
    waiting: list[Callable[[], object]] = []
    monkeypatch.setattr(DeskLock, "locked", property(lambda _self: True))
    monkeypatch.setattr(bench.lock, "require", lambda _why, then: waiting.append(then))
    return waiting


def test_a_locked_desk_shows_a_banner_and_the_report_after_the_pin(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = locked(bench, monkeypatch)
    bench.fail()
    assert bench.shown is None
    bar = bench.banners.banner(KEY)
    assert bar is not None
    assert "Traceback" not in bar.text()
    bench.alerts.open()
    assert bench.shown is None
    waiting[0]()
    assert bench.shown is not None
    assert bench.banners.banner(KEY) is None


def test_locking_puts_the_report_away_and_leaves_the_banner(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fail()
    locked(bench, monkeypatch)
    bench.lock.changed.emit()
    assert bench.shown is None
    assert bench.banners.banner(KEY) is not None


def test_a_hidden_window_is_told_by_a_notification(bench: Bench) -> None:
    bench.window.hide()
    bench.fail()
    assert bench.shown is None
    assert bench.notified == ["An error of this program occurred."]


def test_an_error_before_the_window_is_shown_by_the_window(qtbot: QtBot, bench: Bench) -> None:
    bench.alerts.leave()
    bench.fail(origin=Origin.CRASH)
    assert bench.shown is None
    again = ErrorAlerts(
        bench.window,
        bench.tools,
        banners=bench.banners,
        lock=bench.lock,
        has_desk=lambda: True,
        notify=lambda *_: None,
    )
    qtbot.waitUntil(lambda: bench.shown is not None)
    assert bench.shown is not None
    assert bench.shown._title.text() == "The program ended suddenly the last time"
    again.leave()


def test_what_is_saved_and_copied_is_what_is_shown(qtbot: QtBot, bench: Bench) -> None:
    bench.fail(f"key {UUID}")
    report = bench.shown
    assert report is not None
    report.copy()
    assert QGuiApplication.clipboard().text() == report.text.toPlainText()
    report.save(Path("report.txt"))
    qtbot.waitUntil(lambda: "Saved as" in report.done.text())
    assert bench.saved == {Path("report.txt"): report.text.toPlainText()}
    bench.refusal = "The disk is full."
    report.save(Path("report.txt"))
    qtbot.waitUntil(lambda: report.done.text() == "The disk is full.")


def test_pictures(bench: Bench, scheme: str) -> None:
    bench.reports._context = lambda: ["2026-11-30 14:03:11 INFO xumm_desk.app: opened"] * 3
    for _ in range(3):
        bench.fail("the frame has 3 fields, 4 were expected")
    bench.fail("a very " + "long " * 30 + "sentence of a library")
    report = bench.shown
    assert report is not None
    for _ in range(3):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert report.grab().save(str(OUTPUT / f"error-report-{scheme}.png"))
