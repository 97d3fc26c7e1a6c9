"""The export dialog: choices, progress, stopping, errors, and how it looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path, PurePath

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from xumm_desk.core.export.choice import Period, Wanted, choice_from_text
from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.export.job import (
    ExportCancelledError,
    ExportError,
    ExportFormat,
    ExportJob,
    ExportProgress,
    ExportResult,
)
from xumm_desk.core.status import Status
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.export.columns_dialog import ColumnsDialog
from xumm_desk.ui.export.export_dialog import LAYOUT_KEY, ExportDialog, ViewFilter

OUTPUT = Path(__file__).parents[2] / "output"
NOW = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
"""Half past eleven at night where the tests live: still the 30th there."""


class FakeRunner:
    """Writes nothing; waits until the test lets it end."""

    def __init__(self) -> None:
        self.jobs: list[ExportJob] = []
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.long_numbers = 0

    def run(
        self,
        job: ExportJob,
        on_progress: Callable[[ExportProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> ExportResult:
        self.jobs.append(job)
        on_progress(ExportProgress(1200, 4000, 1000))
        while not self.go_on.wait(0.01):
            if is_cancelled():
                raise ExportCancelledError
        if self.error is not None:
            raise self.error
        return ExportResult(job.path, 3800, self.long_numbers)

    def save_text(self, path: PurePath, text: str) -> None:
        raise AssertionError((path, text))


@pytest.fixture
def settings(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.json")


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


def dialog(
    qtbot: QtBot,
    settings: SettingsFile,
    runner: FakeRunner,
    view: ViewFilter = ViewFilter(),  # noqa: B008 - frozen
) -> ExportDialog:
    made = ExportDialog(runner, settings, now=lambda: NOW, view=view)
    qtbot.addWidget(made)
    made.show()
    return made


def picture(widget: QWidget, name: str) -> None:
    for _ in range(4):
        QGuiApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert widget.grab().save(str(OUTPUT / f"{name}.png"))


def test_a_period_means_days_of_this_computer(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner
) -> None:
    one = dialog(qtbot, settings, runner)
    assert one.days() == (date(2026, 11, 1), date(2026, 11, 30))
    one.period.set_text(Period.LAST_MONTH)
    chosen = one.selection()
    assert chosen.since == datetime(2026, 9, 30, 22, tzinfo=UTC)  # midnight in Berlin in summer
    assert chosen.until == datetime(2026, 10, 31, 23, tzinfo=UTC)
    one.period.set_text(Period.ALL)
    assert (one.selection().since, one.selection().until) == (None, None)
    assert not one.first.isVisible()
    one.period.set_text(Period.DAYS)
    assert one.first.isVisible()
    assert one.days() == (date(2026, 11, 30), date(2026, 11, 30))


def test_what_is_paid_is_chosen_by_status_and_the_view_by_its_rows(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner
) -> None:
    one = dialog(qtbot, settings, runner, ViewFilter(identifiers=("a", "b")))
    assert one.choice().wanted is Wanted.VIEW
    assert one.selection().identifiers == ("a", "b")
    one.wanted.set_text(Wanted.PAID)
    assert one.selection().statuses == {Status.PAID, Status.PAID_LATE}
    assert one.selection().identifiers is None
    other = dialog(qtbot, settings, runner)
    assert other.wanted.editor.count() == 2  # type: ignore[union-attr]


def test_the_choices_are_remembered_and_the_file_named_after_them(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner, tmp_path: Path
) -> None:
    settings.change(shop_name="Café Uno")
    one = dialog(qtbot, settings, runner)
    one.format.set_value(ExportFormat.XLSX)
    assert not one.mark.isVisible()
    assert one.default_path().name == "café-uno-2026-11-01-2026-11-30.xlsx"
    one._use_columns(("status", "amount"))
    one.export_to(tmp_path / "out.xlsx")
    runner.go_on.set()
    with qtbot.waitSignal(one.worker.finished):
        pass
    saved = choice_from_text(settings.value.layout[LAYOUT_KEY])
    assert (saved.format, saved.columns) == (ExportFormat.XLSX, ("status", "amount"))
    again = dialog(qtbot, settings, runner)
    assert again.default_path().parent == tmp_path
    assert again.choice() == saved
    assert again.columns_button.text() == "2 columns…"


def test_progress_and_the_end_are_shown(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner, tmp_path: Path, scheme: str
) -> None:
    runner.long_numbers = 2
    one = dialog(qtbot, settings, runner)
    picture(one, f"export-{scheme}")
    with qtbot.waitSignal(one.worker.progressed):
        one.export_to(tmp_path / "requests.csv")
    assert one.bar.isVisible()
    assert "1\u202f200 of 4\u202f000 requests looked at" in one.count.text()
    assert not one.export_button.isVisible()
    picture(one, f"export-running-{scheme}")
    runner.go_on.set()
    with qtbot.waitSignal(one.worker.finished):
        pass
    assert one.good.text().startswith("3\u202f800 requests are in requests.csv. 2 numbers have")
    assert one.export_button.isVisible()
    assert one.show_button.isVisible()
    picture(one, f"export-done-{scheme}")


def test_stop_ends_it_and_says_that_nothing_was_changed(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner, tmp_path: Path
) -> None:
    one = dialog(qtbot, settings, runner)
    with qtbot.waitSignal(one.worker.progressed):
        one.export_to(tmp_path / "out.csv")
    assert one.close_button.text() == "Stop"
    with qtbot.waitSignal(one.worker.cancelled):
        one.close_button.click()
    assert one.isVisible()
    assert one.problem.text() == "Stopped. No file was changed."
    one.close_button.click()
    assert not one.isVisible()


@pytest.mark.parametrize("error", [ExportError("The disk is full."), RuntimeError("a bug")])
def test_an_error_is_a_sentence_and_it_can_be_tried_again(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner, tmp_path: Path, error: Exception
) -> None:
    runner.error = error
    runner.go_on.set()
    one = dialog(qtbot, settings, runner)
    with qtbot.waitSignal(one.worker.failed):
        one.export_to(tmp_path / "out.csv")
    said = one.problem.text()
    assert said.startswith(("The disk is full.", "An error of this program ended it. No file was"))
    assert one.export_button.isVisible()


def test_a_range_that_ends_before_it_begins_is_refused(
    qtbot: QtBot, settings: SettingsFile, runner: FakeRunner
) -> None:
    one = dialog(qtbot, settings, runner)
    one.period.set_text(Period.DAYS)
    one.first.setDate(one.first.date().addDays(1))
    one.export_button.click()
    assert one.problem.text() == "The last day is before the first one."


def test_columns_are_ticked_and_moved(qtbot: QtBot, scheme: str, app: QApplication) -> None:
    one = ColumnsDialog(("status", "amount"))
    qtbot.addWidget(one)
    one.show()
    assert one.columns() == ["status", "amount"]
    assert one.list.count() == len(NAMES)
    one.list.setCurrentRow(1)
    one.list.move_current(-1)
    one.list.move_current(-1)
    assert one.columns() == ["amount", "status"]
    picture(one, f"export-columns-{scheme}")
    one.none_button.click()
    one.use_button.click()
    assert one.problem.text() == "Choose at least one column."
    item = one.list.item(2)
    assert item is not None
    item.setCheckState(Qt.CheckState.Checked)
    with qtbot.waitSignal(one.chosen) as chosen:
        one.use_button.click()
    assert chosen.args == [("identifier",)]
