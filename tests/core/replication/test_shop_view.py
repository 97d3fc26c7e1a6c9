"""Which tills should live, whose requests somebody follows, and what that means in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import AWAY, ShopView, TillView
from xumm_desk.core.replication.wording import dead_tills, sales_go_on

LIVE = TillView("a", "Till 1", TillRole.TILL, 3.0, 0, 0, alive=True, followed_here=False)
DEAD = replace(LIVE, till="b", name="Till 2", alive=False)


@pytest.mark.parametrize(
    ("till", "is_used"),
    [
        (LIVE, True),
        (DEAD, True),
        (replace(DEAD, seen_ago=AWAY), True),
        (replace(DEAD, seen_ago=AWAY + 1), False),
        (replace(DEAD, seen_ago=None), False),
        (replace(DEAD, left=True), False),
        (replace(LIVE, role=TillRole.MONITOR), False),
    ],
)
def test_a_till_that_nobody_uses_need_not_live(till: TillView, is_used: bool) -> None:
    assert till.is_used is is_used


def test_requests_are_followed_by_their_own_till_or_by_one_in_its_place() -> None:
    tills = (
        LIVE,
        DEAD,
        replace(DEAD, till="c", followed=True),
        replace(DEAD, till="d", followed_here=True),
    )
    assert ShopView(tills=tills).covered == {"a", "c", "d"}


def test_what_waits_at_a_till_is_lacking_here_too() -> None:
    gone = replace(LIVE, till="c", missing=100, left=True)
    view = ShopView(tills=(replace(LIVE, missing=5, behind=7), DEAD, gone))
    assert view.lacking == 12


@pytest.mark.parametrize(
    ("unsent", "words"),
    [
        (0, "Sales go on, and are kept here until the database is back."),
        (1, "Sales go on; 1 fact waits here until the database is back."),
        (12, "Sales go on; 12 facts wait here until the database is back."),
    ],
)
def test_a_lost_database_holds_up_no_sale(unsent: int, words: str) -> None:
    told = sales_go_on(ShopView(unsent=unsent))
    assert told == f"{words} What other tills sell is not shown until then."


def test_a_monitor_says_that_it_shows_nothing_new() -> None:
    told = sales_go_on(ShopView(role=TillRole.MONITOR))
    assert (
        told
        == "The tills go on selling. What they sell is not shown here until the database is back."
    )


def test_dead_tills_are_named_while_they_are_few() -> None:
    dead = [replace(DEAD, name=f"Till {n}", followed=True) for n in (10, 9, 3, 2, 1)]
    assert dead_tills(dead[:1]) == "Not live: Till 10. Other tills follow what is open there."
    assert dead_tills(dead).startswith("Not live: Till 1, Till 2, Till 3 and 2 more.")


def test_it_is_said_where_nobody_follows_what_is_open() -> None:
    followed = replace(DEAD, name="Till 7", followed=True)
    assert dead_tills([DEAD]) == "Not live: Till 2. Nobody follows what is open there."
    assert dead_tills([followed, DEAD]) == (
        "Not live: Till 2, Till 7. Nobody follows what is open at Till 2."
    )
