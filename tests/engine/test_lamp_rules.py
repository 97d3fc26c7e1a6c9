"""What each lamp says of a health: normal silence is no warning, trouble always is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.health.lamp import LampLevel, LampName
from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ON_THE_WAY, ShopView, TillView
from xumm_desk.engine.health import Health
from xumm_desk.engine.lamp_rules import lamp_readings, shop_reading
from xumm_desk.engine.shop_watch import LOST, ShopHealth

NOW = 10_000.0
JUST_OPENED = Health(
    sockets_live=0,
    sockets_wanted=0,
    platform_at=None,
    platform_error="",
    socket_at=None,
    ledger_set_up=True,
    journal_error="",
    calls_left=60,
    calls_limit=60,
)
ROOM = DiskSpace(free=10**10, total=10**11, journal=10**6)
WELL = replace(
    JUST_OPENED,
    sockets_live=5,
    sockets_wanted=5,
    platform_at=NOW - 4,
    socket_at=NOW - 3,
    ledger_at=NOW - 2,
    ledger_needed=True,
    rate_needed=True,
    rate_at=NOW - 18,
    calls_at=NOW - 4,
    disk=ROOM,
    disk_at=NOW - 40,
    clock_at=NOW - 4,
    clock_ahead=0.4,
)

TILL = TillView("a", "Till 1", TillRole.TILL, 3.0, 0, 0, alive=True, followed_here=False)
SHOP = ShopView(connected=True, tills=(TILL, replace(TILL, till="b", name="Till 2")))
AWAY = Message("The shop's database at db does not answer.")


def levels(health: Health, now: float = NOW) -> dict[LampName, LampLevel]:
    return {name: one.level for name, one in lamp_readings(health, now).items()}


def test_a_desk_that_was_just_opened_warns_of_nothing() -> None:
    assert max(levels(JUST_OPENED).values()) <= LampLevel.WELL
    assert levels(JUST_OPENED)[LampName.LEDGER] is LampLevel.UNUSED


def test_all_is_well() -> None:
    assert set(levels(WELL).values()) == {LampLevel.WELL}


def test_a_quiet_night_is_no_warning() -> None:
    """Nobody sells: no sockets, no rates, no calls, while the ledger is still read."""
    morning = NOW + 8 * 3600
    night = replace(
        WELL,
        sockets_live=0,
        sockets_wanted=0,
        rate_needed=False,
        ledger_at=morning - 5,
        disk_at=morning - 30,
    )
    assert max(levels(night, morning).values()) == LampLevel.WELL
    # And where no account is watched, no node is asked either.
    idle = replace(night, ledger_needed=False, ledger_at=NOW)
    assert max(levels(idle, morning).values()) == LampLevel.WELL


@pytest.mark.parametrize(
    ("name", "changes", "level"),
    [
        (LampName.PLATFORM, {"platform_error": "It is down."}, LampLevel.WARNING),
        (LampName.LIVE, {"sockets_live": 3}, LampLevel.WARNING),
        (LampName.LIVE, {"sockets_live": 3, "sockets_over_limit": 2}, LampLevel.WARNING),
        (LampName.LIVE, {"socket_at": NOW - 41}, LampLevel.WARNING),
        (LampName.LIVE, {"socket_at": None}, LampLevel.WARNING),
        (LampName.LEDGER, {"ledger_set_up": False}, LampLevel.WARNING),
        (LampName.LEDGER, {"ledger_error": "no ledger node answers"}, LampLevel.WARNING),
        (LampName.LEDGER, {"ledger_at": NOW - 61}, LampLevel.WARNING),
        (LampName.RATE, {"rate_refused": "It is old."}, LampLevel.WARNING),
        (LampName.CALLS, {"calls_left": 5}, LampLevel.WARNING),
        (LampName.CALLS, {"calls_paused": 7.5}, LampLevel.WARNING),
        (LampName.DISK, {"disk": replace(ROOM, free=4 * 10**8)}, LampLevel.WARNING),
        (LampName.DISK, {"disk": replace(ROOM, free=10**7)}, LampLevel.HARM),
        (LampName.DISK, {"disk_at": NOW - 601}, LampLevel.WARNING),
        (LampName.DISK, {"journal_error": "The disk is full."}, LampLevel.HARM),
        (LampName.CLOCK, {"clock_off": "It is slow.", "clock_ahead": -11.0}, LampLevel.WARNING),
    ],
)
def test_one_trouble_changes_one_lamp_which_says_what_to_do(
    name: LampName, changes: dict[str, Any], level: LampLevel
) -> None:
    health = replace(WELL, **changes)
    assert levels(health) == {**levels(WELL), name: level}
    reading = lamp_readings(health, NOW)[name]
    assert reading.meaning
    assert reading.action


def test_what_the_rate_lamp_means_is_a_sentence_that_another_may_follow() -> None:
    health = replace(WELL, rate_refused="", rate_text="€ 2.40 each · 18 s old · Xaman")
    assert lamp_readings(health, NOW)[LampName.RATE].meaning == "€ 2.40 each · 18 s old · Xaman."


def test_the_first_rate_is_awaited_without_a_warning() -> None:
    health = replace(WELL, rate_at=None, rate_refused="No rate yet.", rate_awaited=True)
    assert levels(health)[LampName.RATE] is LampLevel.UNUSED


def test_the_age_of_the_disk_is_that_of_the_newer_sign() -> None:
    written = replace(WELL, journal_at=NOW - 1)
    assert lamp_readings(written, NOW)[LampName.DISK].good_at == NOW - 1
    assert lamp_readings(WELL, NOW)[LampName.DISK].good_at == NOW - 40


def test_a_till_of_no_shop_has_no_lamp_for_it() -> None:
    assert LampName.SHOP not in levels(WELL)
    shop = replace(WELL, shop=ShopHealth(SHOP, NOW - 2, NOW - 600))
    assert set(levels(shop).values()) == {LampLevel.WELL}
    assert lamp_readings(shop, NOW)[LampName.SHOP].word == "2 of 2"


def with_till(**changes: Any) -> ShopView:
    return replace(SHOP, tills=(TILL, replace(SHOP.tills[1], **changes)))


@pytest.mark.parametrize(
    ("view", "level", "words"),
    [
        (with_till(alive=False), LampLevel.WARNING, "Not live: Till 2. Nobody"),
        (with_till(alive=False, followed=True), LampLevel.WARNING, "Other tills follow"),
        (with_till(missing=ON_THE_WAY + 1), LampLevel.WARNING, "101 facts of other tills"),
        (with_till(behind=ON_THE_WAY + 1), LampLevel.WARNING, "101 facts of other tills"),
        (with_till(missing=ON_THE_WAY), LampLevel.WELL, "live"),
        (with_till(alive=False, role=TillRole.MONITOR), LampLevel.WELL, "live"),
        (with_till(alive=False, seen_ago=200_000.0), LampLevel.WELL, "live"),
        (replace(SHOP, unsent=ON_THE_WAY + 1), LampLevel.WARNING, "101 facts of this till wait"),
        (replace(SHOP, unsent=3), LampLevel.WELL, "live"),
        (replace(SHOP, connected=False, problem=AWAY), LampLevel.WARNING, "does not answer"),
        (ShopView(), LampLevel.UNUSED, "not answered yet"),
        (ShopView(connected=True), LampLevel.WELL, "live"),
    ],
)
def test_the_shop_warns_of_what_is_behind_and_of_tills_that_do_not_live(
    view: ShopView, level: LampLevel, words: str
) -> None:
    at = None if view == ShopView() else NOW - 5
    reading = shop_reading(ShopHealth(view, at, NOW - 20), NOW)
    assert reading.level is level
    assert words in reading.meaning


@pytest.mark.parametrize("at", [NOW - LOST - 1, None])
@pytest.mark.parametrize("problem", ["", AWAY])
def test_a_shop_that_is_lost_says_that_sales_go_on(at: float | None, problem: str) -> None:
    view = replace(SHOP, connected=False, problem=problem, unsent=12)
    reading = shop_reading(ShopHealth(view, at, NOW - LOST - 1), NOW)
    assert reading.level is LampLevel.HARM
    assert "Sales go on; 12 facts wait here until the database is back." in reading.meaning
    assert "does not answer" in reading.meaning
    assert reading.value == 12


def test_silence_is_a_loss_whatever_was_told_last() -> None:
    reading = shop_reading(ShopHealth(SHOP, NOW - LOST - 1, NOW - 600), NOW)
    assert reading.level is LampLevel.HARM
    assert reading.action
