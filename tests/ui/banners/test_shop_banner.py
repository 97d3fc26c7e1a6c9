"""A lost database of the shop has a banner after a minute, which goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from ui.shop import shops
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.banners.shop_banner import SHOP, ShopBanner
from xumm_desk.ui.main_window import MainWindow

NOW = sample_rows.MONO
LOST = shops.shop(connected=False, unsent=12, role=TillRole.TILL)


def test_a_short_break_has_none(qtbot: QtBot) -> None:
    bars = BannerStack()
    qtbot.addWidget(bars)
    banner = ShopBanner(bars)
    banner.show(None, NOW)
    banner.show(shops.health(LOST, answered=59.0), NOW)
    banner.show(shops.health(shops.shop(), answered=None, since=59.0), NOW)
    assert bars.shown() == ()


def test_a_long_one_says_what_it_means_and_what_to_do_until_it_ends(qtbot: QtBot) -> None:
    bars = BannerStack()
    qtbot.addWidget(bars)
    banner = ShopBanner(bars)
    banner.show(shops.health(LOST, answered=61.0), NOW)
    bar = bars.banner(SHOP)
    assert bar is not None
    assert bar.tone is Severity.ATTENTION
    assert "does not answer: 1 minute so far." in bar.text()
    assert "Sales go on; 12 facts wait here until the database is back." in bar.text()
    assert "Check the network" in bar.text()
    told = replace(LOST, problem=shops.PROBLEM)
    banner.show(shops.health(told, answered=185.0), NOW)
    assert "answer: 3 minutes so far." in bar.text()
    assert "db.cafe-uno.example" in bar.text()
    banner.show(shops.health(shops.shop(), answered=0.0), NOW)
    assert bars.shown() == ()


def test_a_database_that_never_answered_has_one_too(qtbot: QtBot) -> None:
    bars = BannerStack()
    qtbot.addWidget(bars)
    ShopBanner(bars).show(shops.health(LOST, answered=None, since=61.0), NOW)
    assert bars.shown() == (SHOP,)


def test_it_comes_and_goes_in_the_window_and_creating_goes_on(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    desk.shop.show(shops.shop(shops.till(1)))
    desk.clock.passed = 61
    window._update_health()
    assert window.banners.shown() == (SHOP,)
    assert window._desk_view is not None
    assert window._desk_view._blocks == {}
    desk.shop.show(shops.shop(shops.till(1)))
    window._update_health()
    assert window.banners.shown() == ()
