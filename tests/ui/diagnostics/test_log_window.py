"""The log window: levels, search, follow, copy; nothing is asked of the log while it is closed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.setup.log_ring import LogLine, LogRing
from xumm_desk.setup.logging_setup import redact
from xumm_desk.ui.diagnostics.log_model import LogColumn, LogModel
from xumm_desk.ui.diagnostics.log_window import LogWindow
from xumm_desk.ui.system_tools import SystemTools

OUTPUT = Path(__file__).parents[2] / "output"
START = datetime(2026, 11, 30, 14, 3, 11, tzinfo=UTC)
TRACEBACK = (
    'watch payments failed\nTraceback (most recent call last):\n  File "~/watcher.py", line 113, in'
    " _run\n    await self._connect()\nValueError: not a frame"
)


class Log:
    """A ring of its own, with a logger that writes to it."""

    def __init__(self) -> None:
        self.ring = LogRing(redact, 400)
        self.logger = logging.getLogger("xumm_desk.engine.payloads.watcher")

    def fill(self) -> None:
        for number in range(60):
            self.logger.info("GET payload 6dd91f0a… answered in %d ms", 180 + number)
        self.logger.warning("Live updates lost for 3 of 5 requests. They are asked for instead.")
        self.logger.error(TRACEBACK)
        self.logger.info("connected again")


@pytest.fixture
def log() -> Iterator[Log]:
    made = Log()
    before = made.logger.level
    made.logger.setLevel(logging.DEBUG)
    made.logger.addHandler(made.ring)
    yield made
    made.logger.removeHandler(made.ring)
    made.logger.setLevel(before)


@pytest.fixture
def window(qtbot: QtBot, log: Log, tmp_path: Path) -> LogWindow:
    made = LogWindow(SystemTools(log=log.ring, log_folder=lambda: tmp_path))
    qtbot.addWidget(made)
    return made


def texts(window: LogWindow) -> list[str]:
    return window.model.text().splitlines()


def test_pictures(window: LogWindow, log: Log, scheme: str) -> None:
    log.fill()
    window.show()
    window.resize(QSize(960, 600))
    window.table.selectRow(window.model.rowCount() - 2)
    for _ in range(3):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"log-{scheme}.png"))


def test_a_level_and_a_search_choose_lines(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    assert window.model.rowCount() == 63
    window.level.set_value("warnings")
    assert window.model.rowCount() == 2
    window.level.set_value("errors")
    assert window.model.rowCount() == 1
    window.level.set_value("all")
    window.search.setText("VALUEERROR")
    window._filter()
    [row] = [window.model.line(row) for row in range(window.model.rowCount())]
    assert row is not None
    assert row.level == logging.ERROR
    window.search.setText("payloads.watcher")
    window._filter()
    assert window.model.rowCount() == 63


def test_new_lines_come_while_it_is_open_and_match_the_filter(
    qtbot: QtBot, window: LogWindow, log: Log
) -> None:
    window.show()
    window.level.set_value("warnings")
    log.logger.info("nothing to see")
    log.logger.warning("look here")
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)
    assert "look here" in texts(window)[0]


def test_closed_it_asks_for_nothing_and_holds_nothing(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    window.close()
    assert not window._poll.isActive()
    assert (window.model.rowCount(), window.model.total) == (0, 0)
    window.show()
    assert window.model.rowCount() == 63


def test_the_chosen_line_is_shown_whole_and_copied(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    window.table.selectRow(61)
    assert "ValueError: not a frame" in window.whole_line.toPlainText()
    window.copy()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("20")
    assert copied.endswith("ValueError: not a frame\n")
    window.table.clearSelection()
    window.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) > 60


def test_a_chosen_line_stays_chosen_under_another_filter(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    window.table.selectRow(61)
    window.level.set_value("warnings")
    assert window.table.currentIndex().row() == 1
    assert "not a frame" in window.whole_line.toPlainText()


def test_it_follows_the_newest_until_somebody_scrolls_back(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    QApplication.processEvents()
    bar = window.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    window.follow.setChecked(False)
    bar.setValue(0)
    log.fill()
    window.read()
    assert bar.value() == 0
    window.follow.setChecked(True)
    assert bar.value() == bar.maximum()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    QApplication.processEvents()
    assert not window.follow.isChecked()
    bar.triggerAction(bar.SliderAction.SliderToMaximum)
    QApplication.processEvents()
    assert window.follow.isChecked()


def test_escape_empties_the_search_before_it_closes(
    qtbot: QtBot, window: LogWindow, log: Log
) -> None:
    window.show()
    window.search.setText("x")
    window._leave()
    assert window.search.text() == ""
    assert window.isVisible()
    window._leave()
    assert not window.isVisible()


def test_a_level_is_a_word_and_a_shape(window: LogWindow, log: Log) -> None:
    log.fill()
    window.show()
    level = window.model.index(61, LogColumn.LEVEL)
    assert level.data() == "Error"
    assert not level.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert window.model.index(0, LogColumn.TEXT).data(Qt.ItemDataRole.ToolTipRole)


def line(number: int, level: int) -> LogLine:
    return LogLine(number, START + timedelta(seconds=number), level, "x", f"line {number}")


@given(
    st.lists(st.lists(st.sampled_from([10, 20, 30, 40]), max_size=30), max_size=8),
    st.sampled_from([0, 20, 30, 40]),
    st.integers(1, 40),
)
def test_the_rows_are_the_newest_lines_that_match(
    batches: list[list[int]], level: int, capacity: int
) -> None:
    model = LogModel(capacity=capacity)
    model.set_filter(level, "")
    whole: list[LogLine] = []
    changes: list[int] = []
    model.rowsInserted.connect(lambda _p, first, last: changes.append(last - first + 1))
    model.rowsRemoved.connect(lambda _p, first, last: changes.append(first - last - 1))
    for batch in batches:
        lines = [line(len(whole) + n, one) for n, one in enumerate(batch, 1)]
        whole += lines
        model.add(lines)
    wanted = [one for one in whole[-capacity:] if one.level >= level]
    assert [model.line(row) for row in range(model.rowCount())] == wanted
    assert sum(changes) == len(wanted)
