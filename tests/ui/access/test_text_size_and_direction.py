"""Every window with text at 200 %, and laid out from right to left: nothing is cut or overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.attention import lists
from ui.desk_view_fixture import open_board
from ui.fake_desk import FakeDesk, run_now
from ui.lamps.test_lamp_pictures import after_an_hour
from ui.test_translation import clipped
from ui.till.sales import sale_row
from xumm_desk.core.health.lamp import LampName
from xumm_desk.core.status import Status
from xumm_desk.ui.banners.banner import Banner, Severity
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.lamps.hour_bar import HourBar
from xumm_desk.ui.lamps.lamp import Lamp
from xumm_desk.ui.requests.columns import NUMBERS
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.till.sales_strip import SaleChip
from xumm_desk.ui.widgets import fitted_dialog
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.segmented_control import SegmentedControl
from xumm_desk.ui.widgets.step_line import StepLine

from .accessible_objects import shown_widgets
from .all_windows import ON_LARGE_SCREEN, SIZE, Shop

OUTPUT = Path(__file__).parents[2] / "output"
CUT_ON_PURPOSE = frozenset({"FittingButton", "ShrinkingLabel", "RequestTableView"})
"""What is cut with an ellipsis where it does not fit, and whole in its tooltip."""

NARROW = frozenset(
    {("UnmatchedDialog", "Request"), ("MainWindow", "Reference"), ("MainWindow", "Amount")}
)
"""Columns that take what room there is, of a table beside something else."""


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    """The system's text at twice its size."""
    usual = QFont(app.font())
    large = QFont(usual)
    large.setPointSizeF(usual.pointSizeF() * 2)
    app.setFont(large)
    yield
    app.setFont(usual)


@pytest.fixture
def turned(app: QApplication) -> Iterator[None]:
    """The window of a language that is written from right to left."""
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def cut(root: QWidget) -> Iterator[str]:
    """What has less room than it needs, or is cut off at the side of a scroll area."""
    name = type(root).__name__
    for kind, words in clipped(root):
        if kind not in CUT_ON_PURPOSE | {"CheckBox"} and (name, words) not in NARROW:
            yield f"{kind}: {words}"
    for widget in shown_widgets(root):
        if isinstance(widget, QCheckBox):
            need = widget.heightForWidth(widget.width())
            if need > widget.height() if need > 0 else widget.sizeHint().width() > widget.width():
                yield f"{type(widget).__name__}: {widget.text()}"
        if isinstance(widget, QScrollArea) and (content := widget.widget()) is not None:
            fixed = widget.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if fixed and content.minimumSizeHint().width() > widget.viewport().width():
                yield f"{type(widget).__name__} of {type(widget.parent()).__name__}"
    if root.width() > SIZE[0] or root.height() > SIZE[1]:
        yield f"the window has {root.width()} × {root.height()}"


def problems(folder: Path, monkeypatch: pytest.MonkeyPatch, picture: str) -> list[str]:
    """What is cut in any window on a screen of 1366 × 768."""
    # The screen of the tests is smaller than any that the program is for.
    monkeypatch.setattr(
        fitted_dialog, "room_for", lambda _window: QSize(SIZE[0] - 16, SIZE[1] - 48)
    )
    found: dict[str, None] = {}
    OUTPUT.mkdir(exist_ok=True)
    shop = Shop(folder)
    for shown in shop.walk():
        if shown.name.endswith(("tab 0", "paid", "attention")):
            shown.root.grab().save(str(OUTPUT / f"{picture}-{shown.name}.png"))
        # The customer's window fills its screen, and fits its own texts.
        if shown.name != "CustomerWindow" and ON_LARGE_SCREEN not in shown.name:
            found.update({f"{shown.name}: {one}": None for one in cut(shown.root)})
    shop.close()
    return list(found)


@pytest.mark.usefixtures("large_text")
def test_nothing_is_cut_at_twice_the_text_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\n".join(problems(tmp_path, monkeypatch, "large")) == ""


@pytest.mark.usefixtures("turned")
def test_nothing_is_cut_from_right_to_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\n".join(problems(tmp_path, monkeypatch, "turned")) == ""


# What a widget paints itself is turned around as a whole.


LIKE = 0.2
"""Less of the columns may differ: letters are not turned, nor are plain labels of a language that
is written from left to right."""


def ink(picture: QImage) -> list[bool]:
    """In which columns anything stands, but for what stands in all of a row, such as an edge."""
    high, wide = picture.height(), picture.width()
    ground = [
        Counter(picture.pixel(x, y) for x in range(0, wide, 5)).most_common(1)[0][0]
        for y in range(high)
    ]
    return [
        any(picture.pixel(x, y) != ground[y] for y in range(3, high - 3, 2)) for x in range(wide)
    ]


def blurred(columns: list[bool], reach: int = 4) -> list[bool]:
    """Columns near ink: letters differ when they are turned, words do not."""
    return [any(columns[max(0, x - reach) : x + reach + 1]) for x in range(len(columns))]


def mismatch(usual: QImage, other: QImage) -> float:
    """The part of the columns in which one is not the other one turned around."""
    assert usual.size() == other.size()
    one, two = blurred(ink(usual)), blurred(ink(other))[::-1]
    return sum(a != b for a, b in zip(one, two, strict=True)) / len(one)


def a_lamp(board: DeskView) -> Iterator[QWidget]:
    yield from board.lamps.findChildren(Lamp)


def a_filter(board: DeskView) -> Iterator[QWidget]:
    yield board.pane.filters.button(Group.PAID)
    yield board.pane.filters.button(Group.ATTENTION)


def a_chip(board: DeskView) -> Iterator[QWidget]:
    yield from board.till.strip.findChildren(SaleChip)


def an_entry(board: DeskView) -> Iterator[QWidget]:
    yield board.attention.view.viewport()


def a_table(board: DeskView) -> Iterator[QWidget]:
    """Without its numbers, which stand at the right in both directions."""
    for column in NUMBERS:
        board.pane.view.hideColumn(column)
    yield board.pane.view.viewport()


def a_check_box(_board: DeskView) -> Iterator[QWidget]:
    yield CheckBox("Keep it")
    yield CheckBox("Keep it, however long the words about it may be", wraps=True)


def a_step_line(_board: DeskView) -> Iterator[QWidget]:
    line = StepLine()
    line.show_row(sample_rows.row(Status.OPENED))
    yield line


def a_banner(_board: DeskView) -> Iterator[QWidget]:
    yield Banner("Live updates are lost.", "They are asked for.", "Again", Severity.HARM)


def an_hour(_board: DeskView) -> Iterator[QWidget]:
    desk = FakeDesk()
    after_an_hour(desk)
    bar, now = HourBar(), desk.clock.monotonic()
    history = desk.lamps.history(LampName.PLATFORM)
    bar.show_hour(history.periods(now), history.samples(now), now)
    yield bar


def segments(_board: DeskView) -> Iterator[QWidget]:
    yield SegmentedControl("Kind", (("a", "Payment"), ("b", "Sign-in"), ("c", "Other kinds")))


Paints = Callable[[DeskView], Iterator[QWidget]]


@pytest.mark.parametrize(
    "painted",
    [
        *(a_lamp, a_filter, a_chip, an_entry, a_table, a_check_box, a_step_line, a_banner),
        *(an_hour, segments),
    ],
)
def test_what_is_painted_is_turned_around(
    app: QApplication, qtbot: QtBot, tmp_path: Path, painted: Paints
) -> None:
    desk = FakeDesk((*lists.doubtful_rows(), sale_row(Status.PAID, 7), sale_row(Status.WAITING, 8)))
    board = open_board(qtbot, tmp_path, desk, run_now)
    board.show()
    board.changes.flush()
    board.pane.filters.choose(Group.ATTENTION if painted is an_entry else Group.ALL)
    board.attention.view.tick()
    if painted is a_chip:
        board.show_view("till")
    pictures: list[list[QImage]] = []
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        app.setLayoutDirection(direction)
        for _ in range(3):
            QApplication.processEvents()
        pictures.append([])
        for widget in [*painted(board)]:
            if widget.parent() is None:
                qtbot.addWidget(widget)
                widget.resize(widget.sizeHint().expandedTo(QSize(260, 24)))
                widget.show()
                QApplication.processEvents()
            pictures[-1].append(widget.grab().toImage())
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert pictures[0]
    found = [mismatch(*both) for both in zip(*pictures, strict=True)]
    assert max(found) < LIKE, found
