"""Each face of the till at the sizes of tills' screens, in both schemes and at twice the text size:
pictures for people in tests/output, and what must hold on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.status import Status
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.till.till_view import TillView

from .sales import sale_row

OUTPUT = Path(__file__).parents[2] / "output"
SIZES = [(1366, 768), (1920, 1080), (1024, 768)]
SALES = {
    "waiting": Status.WAITING,
    "scanned": Status.OPENED,
    "paid": Status.PAID,
    "check": Status.CHECK,
    "not-paid": Status.DECLINED,
    "may-be-paid": Status.EXPIRED_OPENED,
}
LEAST_SHARE = 0.45
LEAST_MILLIMETRES = 25
SETTINGS = {
    "shop_currency": "EUR",
    "shop_name": "Café Uno",
    "presets": [
        {"name": "Espresso", "price": "2.80"},
        {"name": "Cappuccino with oat milk", "price": "3.60"},
        {"price": "20"},
    ],
}


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    """The system's text at twice its size."""
    usual = app.font()
    large = app.font()
    large.setPointSizeF(usual.pointSizeF() * 2)
    app.setFont(large)
    yield
    app.setFont(usual)


def open_at(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], size: tuple[int, int], scheme: str
) -> tuple[MainWindow, TillView]:
    window, desk = opened(rows=[], view="till", settings={**SETTINGS, "scheme": scheme})
    desk.rates.set_rate(XRP, "EUR", "2.40")
    board = window._desk_view
    assert board is not None
    for number, status in enumerate(SALES.values()):
        desk.show(sale_row(status, 1041 + number))
    board.changes.flush()
    window.resize(*size)
    QApplication.processEvents()
    return window, board.till


def place(part: QWidget, inside: QWidget) -> QRect:
    return QRect(part.mapTo(inside, QPoint(0, 0)), part.size())


def look_at_all_faces(window: MainWindow, till: TillView, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    for key in ("1", "2", ".", "5"):
        till.entry.keypad.pressed.emit(key)
    whole = window.rect()
    for face, status in {"nothing": None, **SALES}.items():
        if status is None:
            till.pane.show_row(None)
        else:
            number = 1041 + list(SALES).index(face)
            till.show_identifier(f"sale-{number}")
        QApplication.processEvents()
        window.grab().save(str(OUTPUT / f"till-{face}-{name}.png"))
        for part in (till.entry.charge, till.strip, till.pane, till.entry.card):
            assert whole.contains(place(part, window)), (face, part)
        assert not place(till.entry, window).intersects(place(till.pane, window))
        if face == "waiting":
            code = till.pane.progress.code
            assert code.content
            assert code.height() >= LEAST_SHARE * till.pane.height()
            assert code.height() / window.logicalDpiY() * 25.4 >= LEAST_MILLIMETRES
        elif status is not None:
            assert till.pane.progress.code.content == ""
        if till.pane.shows_verdict:
            verdict = till.pane.verdict
            shown = [place(one, verdict) for one in (verdict.mark, verdict.word, verdict.advice)]
            assert all(verdict.rect().contains(one) for one in shown)
            for button in verdict.findChildren(QPushButton):
                if button.isVisible():
                    assert button.width() >= button.sizeHint().width(), button.text()
                    assert verdict.rect().contains(place(button, verdict)), button.text()
            assert not any(one.intersects(two) for one, two in pairwise(shown))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
def test_every_face(
    qtbot: QtBot,
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    scheme: str,
    size: tuple[int, int],
) -> None:
    window, till = open_at(opened, size, scheme)
    look_at_all_faces(window, till, f"{scheme}-{size[0]}")


def test_every_face_at_twice_the_text_size(
    qtbot: QtBot, large_text: None, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    window, till = open_at(opened, (1366, 768), "light")
    look_at_all_faces(window, till, "light-1366-large")


@pytest.mark.parametrize("height", range(680, 800, 24))
def test_a_verdict_under_a_banner_is_whole(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, FakeDesk]], height: int
) -> None:
    window, _ = opened(rows=[sale_row(Status.WAITING, 7)], view="till", practice=True)
    window.resize(1366, height)
    window.show()
    board = window._desk_view
    assert board is not None
    board.till.show_identifier("sale-7")
    window.banners.show_banner("setup", "The set-up of this shop is not finished.", "", "Go on")
    for status in (Status.OPENED, Status.CONFIRMING, Status.PAID):
        QApplication.processEvents()
        board._rows([sale_row(status, 7)])
    QApplication.processEvents()
    assert board.till.pane.shows_verdict
    for button in board.till.pane.verdict.findChildren(QPushButton):
        if button.isVisible():
            assert button.visibleRegion().boundingRect().size() == button.size(), button.text()
