"""Errors of the program itself: it goes on and says what happened; so does a start that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from xumm_desk.app import Program
from xumm_desk.core.settings import Credentials
from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
from xumm_desk.setup.config import GivenOptions
from xumm_desk.setup.crash_trace import FILE
from xumm_desk.ui.diagnostics.report_window import ReportWindow

from .conftest import ProgramUnderTest, Run, ending, opened, platform


def report(shop: ProgramUnderTest) -> ReportWindow | None:
    """The report, if it is on the screen."""
    found = [one for one in shop.window.findChildren(ReportWindow) if one.isVisible()]
    return found[0] if found else None


def test_an_error_of_a_task_is_reported_and_sales_go_on(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()

            async def fail() -> None:
                raise ValueError(f"secret {sim.secret}")

            shop.desk.tasks.start(fail(), "a task")
            await shop.until(lambda: report(shop), "the report")
            shown = report(shop)
            assert shown is not None
            assert "a task" in shown.what.text()
            assert "still followed" in shown.meaning.text()
            assert sim.secret not in shown.text.toPlainText()
            shop.charge("1.5")
            await shop.until(shop.rows, "a sale")

    run(day)


def test_the_crash_of_the_run_before_is_reported_and_a_usual_end_is_not(
    run: Run, tmp_path: Path
) -> None:
    trace = tmp_path / "logs" / FILE
    trace.parent.mkdir()
    trace.write_text("xumm-desk 0.1.0\nFatal Python error: Segmentation fault\n\nThread 1\n")

    async def day() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await shop.until(lambda: report(shop), "the report")
                shown = report(shop)
                assert shown is not None
                assert "Segmentation fault" in shown.what.text()
            assert not trace.exists()
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                assert report(shop) is None

    run(day)


def test_minimised_it_follows_requests_without_a_window(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim:
            given = GivenOptions(
                api=sim.api,
                chose_api=True,
                ledger=sim.ledger,
                network=sim.options.network,
                folder=tmp_path,
                practice=False,
                credentials=Credentials(sim.key, sim.secret),
            )
            program = Program(given, GarbageCollectorPolicy(), minimised=True)
            shop = ProgramUnderTest(sim, tmp_path, program)
            async with ending(shop):
                await shop.ready()
                assert shop.window.isMinimized()  # there is no tray without a screen
                shop.window.come_to_front()
                assert not shop.window.isMinimized()

    run(day)


BROKEN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from xumm_desk import app
from xumm_desk.ui.diagnostics.report_window import ReportWindow

class Program:
    def __init__(self, *_, **__):
        raise RuntimeError("it cannot begin")

def look():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, ReportWindow) and window.isVisible():
            print(window._title.text(), "|", window.what.text(), "|", window.meaning.text())
            window.close()

show = ReportWindow.show
def shown(self):
    show(self)
    QTimer.singleShot(0, look)
ReportWindow.show = shown
app.Program = Program
sys.exit(app.main(sys.argv[1:]))
"""


def test_an_error_before_there_is_a_window_is_shown_in_one(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", BROKEN, "--practice", "--data-dir", str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert child.returncode == 1
    assert "The program cannot go on" in child.stdout
    assert "RuntimeError: it cannot begin" in child.stdout
    assert "Nothing was sent" in child.stdout
    assert "RuntimeError: it cannot begin" in child.stderr
