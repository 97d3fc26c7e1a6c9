"""Where things stand in an Arabic window: numbers below each other, lines at the right, and
neither an arrow nor a time of day is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.locale import catalogues
from xumm_desk.setup.log_ring import LogRing
from xumm_desk.setup.logging_setup import redact
from xumm_desk.ui.diagnostics.log_model import LogColumn, level_words
from xumm_desk.ui.diagnostics.log_window import LogWindow
from xumm_desk.ui.language.window_language import speak
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.report.report_table import ReportTable
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.ui.widgets.labels import ParagraphLabel
from xumm_desk.ui.widgets.menu_button import MenuButton

Opened = Callable[..., tuple[MainWindow, FakeDesk]]

pytestmark = pytest.mark.usefixtures("arabic")

PARAGRAPH = (
    "يستبدل حساب العميل وما كُتب عنه، في طلب واحد أو في كل طلبات حساب. تبقى المبالغ والأوقات"
    " والنتائج كما هي تمامًا."
)


def ink_of(widget: QWidget, part: QRect | None = None) -> list[QPoint]:
    """The points of a picture of a widget that are not its ground."""
    picture: QImage = widget.grab(part or widget.rect()).toImage()
    ground = picture.pixel(0, 0)
    return [
        QPoint(x, y)
        for y in range(picture.height())
        for x in range(picture.width())
        if picture.pixel(x, y) != ground
    ]


def test_prices_end_below_each_other_at_the_right(opened: Opened) -> None:
    rows = [sale_row(Status.WAITING, 7, price="1.50"), sale_row(Status.WAITING, 8, price="999.50")]
    window, _ = opened(rows=rows)
    board = window._desk_view
    assert board is not None
    board.pane.filters.choose(Group.ALL)
    view = board.pane.view
    QApplication.processEvents()
    left = view.columnViewportPosition(Column.PRICE)
    ends = []
    for row in range(2):
        cell = QRect(left, view.rowViewportPosition(row), view.columnWidth(Column.PRICE), 24)
        ends.append(max(point.x() for point in ink_of(view.viewport(), cell.adjusted(2, 2, -2, 0))))
    assert abs(ends[0] - ends[1]) <= 1


def test_the_figures_of_the_report_and_their_titles_stand_at_the_right(qtbot: QtBot) -> None:
    table = ReportTable()
    qtbot.addWidget(table)
    model, role = table.model(), Qt.ItemDataRole.TextAlignmentRole
    sides = [model.headerData(2, Qt.Orientation.Horizontal, role)]
    wanted = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    assert all(Qt.AlignmentFlag(side) & wanted == wanted for side in sides)


def test_all_lines_of_a_paragraph_begin_at_the_right_and_none_is_cut(qtbot: QtBot) -> None:
    label = ParagraphLabel(PARAGRAPH)
    qtbot.addWidget(label)
    label.resize(300, label.heightForWidth(300))
    label.show()
    high = label.fontMetrics().lineSpacing()
    ends = [
        max(point.x() for point in ink_of(label, QRect(0, line * high, 300, high)))
        for line in range(label.height() // high)
    ]
    assert len(ends) >= 3
    assert max(ends) - min(ends) <= 2


def test_an_english_sentence_of_a_server_begins_at_the_right(qtbot: QtBot) -> None:
    label = ParagraphLabel("The platform is down.")
    qtbot.addWidget(label)
    label.resize(400, 30)
    label.show()
    assert min(point.x() for point in ink_of(label)) > 200


def test_a_button_with_a_menu_shows_its_arrow(qtbot: QtBot) -> None:
    button = MenuButton("كل الأيام")
    qtbot.addWidget(button)
    button.setProperty("quiet", True)
    button.setMenu(QMenu(button))
    button.resize(160, 32)
    button.show()
    arrow = button.arrow_rect()
    assert arrow.right() < 40
    assert ink_of(button, arrow)


def test_the_log_has_room_for_a_time_of_day(qtbot: QtBot, tmp_path: Path) -> None:
    window = LogWindow(SystemTools(log=LogRing(redact, 4), log_folder=lambda: tmp_path))
    qtbot.addWidget(window)
    room = window.table.columnWidth(LogColumn.TIME)
    assert window.table.fontMetrics().horizontalAdvance("10:58:58 م") + 16 <= room


@pytest.mark.parametrize("tag", catalogues.NAMES)
def test_the_log_has_room_for_every_level(qtbot: QtBot, tmp_path: Path, tag: str) -> None:
    speak(catalogues.load(tag))
    window = LogWindow(SystemTools(log=LogRing(redact, 4), log_folder=lambda: tmp_path))
    qtbot.addWidget(window)
    room = window.table.columnWidth(LogColumn.LEVEL)
    wide = max(map(window.table.fontMetrics().horizontalAdvance, level_words()))
    assert wide + 40 <= room  # the mark and the edges


def test_the_amount_of_the_form_is_where_its_hint_is(opened: Opened) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    board.begin_request()
    editor = board.form.field("amount").editor
    assert isinstance(editor, QLineEdit)
    assert editor.alignment() & Qt.AlignmentFlag.AlignAbsolute
