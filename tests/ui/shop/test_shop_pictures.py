"""Pictures of a monitor with twenty tills, and of a till that lost the shop's database, for people
to look at, in tests/output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from ui import sample_rows
from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.health.lamp import LampName
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import OtherTill, RequestRow
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.shop.shop_dialog import ShopDialog
from xumm_desk.ui.style.theme import Theme

from . import shops

Opened = Callable[..., tuple[MainWindow, FakeDesk]]
OUTPUT = Path(__file__).parents[2] / "output"
SIZES = [(1366, 768), (1920, 1080)]

SOLD = (
    (Status.WAITING, 3, True),
    (Status.OPENED, 7, True),
    (Status.WAITING, 12, False),
    (Status.CONFIRMING, 12, False),
    (Status.PAID, 16, True),
    (Status.DECLINED, 9, True),
    (Status.CHECK, 1, True),
)


def rows(*, lost: bool = False) -> list[RequestRow]:
    """Sales of several tills, one of which nobody follows; of none is that known any more where
    the database is lost."""
    made = list[RequestRow]()
    for number, (status, till, followed) in enumerate(SOLD * 4, start=1041):
        row = sale_row(status, number, till=f"{till}")
        made.append(replace(row, other_till=OtherTill(f"Till {till}", followed and not lost)))
    return made


def shown(
    opened: Opened, scheme: str, size: tuple[int, int], view: ShopView, *, lost: bool = False
) -> MainWindow:
    window, desk = opened(rows=rows(lost=lost))
    Theme.current().set_scheme("dark" if scheme == "dark" else "light")  # not the settings'
    desk.shop.show(view)
    window.resize(*size)
    board = window._desk_view
    assert board is not None
    board.second_timer.tick.emit()
    QApplication.processEvents()
    return window


def save(window: MainWindow, name: str, above: ShopDialog | None = None) -> None:
    for _ in range(4):
        QApplication.processEvents()
    picture = QPixmap(window.size())
    window.render(picture)
    if above is not None:
        painter = QPainter(picture)
        corner = window.rect().center() - above.rect().center()
        painter.drawPixmap(corner, above.grab())
        painter.end()
    OUTPUT.mkdir(exist_ok=True)
    assert picture.save(str(OUTPUT / f"{name}.png"))


@pytest.mark.parametrize("size", SIZES)
def test_a_monitor_of_twenty_tills(opened: Opened, scheme: str, size: tuple[int, int]) -> None:
    window = shown(opened, scheme, size, shops.twenty())
    board = window._desk_view
    assert board is not None
    board.pane.view.select("sale-1043")
    board._layout.requests.open_detail()
    save(window, f"shop-monitor-{size[0]}-{scheme}")
    board._layout.requests.close_detail()
    save(window, f"shop-table-{size[0]}-{scheme}")
    window.shop.ask()
    [dialog] = [one for one in window.findChildren(ShopDialog) if one.isVisible()]
    save(window, f"shop-tills-{size[0]}-{scheme}", dialog)
    dialog.table.scrollToBottom()
    save(window, f"shop-tills-end-{size[0]}-{scheme}", dialog)
    dialog.close()


def test_a_till_that_lost_the_database(opened: Opened, scheme: str) -> None:
    view = shops.twenty(role=TillRole.TILL)
    window = shown(opened, scheme, SIZES[0], view, lost=True)
    board, desk = window._desk_view, window
    assert board is not None
    clock = board._desk.clock
    assert isinstance(clock, sample_rows.Clock)
    clock.passed = 75
    board._desk.shop.show(replace(view, connected=False, problem=shops.PROBLEM, unsent=12))
    board.second_timer.tick.emit()
    save(desk, f"shop-lost-{scheme}")
    window.shop.ask()
    [dialog] = [one for one in window.findChildren(ShopDialog) if one.isVisible()]
    save(window, f"shop-tills-lost-{scheme}", dialog)
    dialog.close()
    hour = board.lamps.open_window(LampName.SHOP)
    QApplication.processEvents()
    assert hour.grab().save(str(OUTPUT / f"lamp-shop-{scheme}.png"))
    hour.close()


def test_a_shop_without_other_tills(opened: Opened, scheme: str) -> None:
    window = shown(opened, scheme, SIZES[0], shops.shop(role=TillRole.TILL))
    window.shop.ask()
    [dialog] = [one for one in window.findChildren(ShopDialog) if one.isVisible()]
    save(window, f"shop-empty-{scheme}", dialog)
    dialog.close()
