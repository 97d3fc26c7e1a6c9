"""Banners about clock and disk, and a timeline that does not count backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.banners.health_banners import (
    CLOCK_OFF,
    CLOCK_SET,
    DISK,
    JOURNAL,
    HealthBanners,
)
from xumm_desk.ui.detail.timeline import FactTable
from xumm_desk.ui.main_window import MainWindow


def column(facts: Sequence[Fact], place: int) -> list[str]:
    table = FactTable()
    table.show_facts(facts)
    return [table.index(row, place).data() for row in range(table.rowCount())]


def lost(seconds: float) -> Fact:
    at = sample_rows.NOW + timedelta(seconds=seconds)
    return make_fact(at, Source.DESK, FactKind.SOCKET_LOST, {"why": "x"})


def clock_set(seconds: float, by: int) -> Fact:
    at = sample_rows.NOW + timedelta(seconds=seconds)
    return make_fact(at, Source.DESK, FactKind.CLOCK_SET, {"seconds": by})


def test_back_by_an_hour() -> None:
    facts = [lost(0), lost(7), clock_set(7 + 4 - 3600, -3600), lost(12 - 3600)]
    assert column(facts, 1) == ["", "+7.0 s", "+4.0 s", "+1.0 s"]
    assert column(facts, 3)[2] == "The clock of this computer was set back by 1 hour"


def test_forward_by_three_days() -> None:
    days = 3 * 86_400
    facts = [lost(0), clock_set(5 + days, days), lost(6 + days)]
    assert column(facts, 1) == ["", "+5.0 s", "+1.0 s"]
    assert "forward by 3 days" in column(facts, 3)[1]


def test_what_was_received_between_the_jump_and_its_mark() -> None:
    facts = [lost(0), lost(3 - 3600), clock_set(5 - 3600, -3600), lost(6 - 3600)]
    assert column(facts, 1) == ["", "–", "+2.0 s", "+1.0 s"]


def test_the_banners(qtbot: QtBot) -> None:
    bars = BannerStack()
    qtbot.addWidget(bars)
    health = HealthBanners(bars, lambda _: None)
    health.show(sample_rows.health())
    assert bars.shown() == ()
    jumped = sample_rows.health(
        clock_set="It was set back by 1 hour.", clock_off="It is 1 hour behind."
    )
    health.show(jumped)
    assert set(bars.shown()) == {CLOCK_SET, CLOCK_OFF}
    bars.remove(CLOCK_SET)  # a person has read and hidden it
    health.show(jumped)
    assert set(bars.shown()) == {CLOCK_OFF}
    health.show(sample_rows.health(clock_set="It was set back by 1 hour."))
    assert set(bars.shown()) == set()
    health.show(sample_rows.health(clock_set="It was set forward by 1 hour."))
    assert set(bars.shown()) == {CLOCK_SET}


def test_a_disk_is_told_of_before_it_is_full_and_not_beside_one_that_refuses(qtbot: QtBot) -> None:
    bars = BannerStack()
    qtbot.addWidget(bars)
    banners = HealthBanners(bars, lambda _: None)
    low = DiskSpace(free=320_000_000, total=64 * 10**9, journal=84_000_000)
    banners.show(sample_rows.health(disk=low))
    bar = bars.banner(DISK)
    assert bar is not None
    assert "Only 320 MB are free" in bar.text()
    assert "nothing new can be created" in bar.text()
    assert bar.button.text() == "Measure again"
    tones = [bar.tone]
    banners.show(sample_rows.health(disk=replace(low, free=50_000_000)))
    tones.append(bar.tone)
    assert tones == [Severity.ATTENTION, Severity.HARM]
    banners.show(sample_rows.health(disk=low, journal_error="The disk is full."))
    assert bars.shown() == (JOURNAL,)
    banners.show(sample_rows.health())
    assert bars.shown() == ()


def test_the_disk_s_button_measures_it_again(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    low = DiskSpace(free=320_000_000, total=64 * 10**9, journal=84_000_000)
    desk.present_health = sample_rows.health(disk=low)
    window._update_health()
    bar = window.banners.banner(DISK)
    assert bar is not None
    bar.button.click()
    assert desk.measured == 1
