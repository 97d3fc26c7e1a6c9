"""What the list says of each till, and the shop in one line."""

from __future__ import annotations

from typing import Any

import pytest

from ui import sample_rows
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ON_THE_WAY
from xumm_desk.ui.shop import till_words
from xumm_desk.ui.shop.till_words import TillState

from . import shops

NOW = sample_rows.MONO


@pytest.mark.parametrize(
    ("changes", "lost", "state"),
    [
        ({}, False, TillState.LIVE),
        ({"missing": ON_THE_WAY}, False, TillState.LIVE),
        ({"behind": ON_THE_WAY + 1}, False, TillState.BEHIND),
        ({"alive": False}, False, TillState.UNFOLLOWED),
        ({"alive": False, "followed": True}, False, TillState.FOLLOWED),
        ({"alive": False, "followed": True, "followed_here": True}, False, TillState.FOLLOWED_HERE),
        ({"alive": False, "seen_ago": 90_000.0}, False, TillState.NOT_USED),
        ({"alive": False, "seen_ago": None}, False, TillState.NEVER_SEEN),
        ({"role": TillRole.MONITOR, "alive": False}, False, TillState.OPEN),
        ({"role": TillRole.MONITOR, "alive": False, "seen_ago": 60.0}, False, TillState.CLOSED),
        ({}, True, TillState.UNKNOWN),
        ({"alive": False, "seen_ago": 90_000.0}, True, TillState.NOT_USED),
        ({"alive": False, "followed_here": True}, True, TillState.FOLLOWED_HERE),
        ({"role": TillRole.MONITOR}, True, TillState.UNKNOWN),
    ],
)
def test_each_state_of_a_till(changes: dict[str, Any], lost: bool, state: TillState) -> None:
    assert till_words.state_of(shops.till(1, **changes), lost=lost) is state


def test_every_state_has_a_look_and_words_of_its_own() -> None:
    assert set(till_words.LOOKS) == set(TillState)
    assert len({state.value for state in TillState}) == len(TillState)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "never"),
        (0.0, "0 s ago"),
        (3.9, "3 s ago"),
        (60.0, "1 min ago"),
        (7_300.0, "2 h ago"),
        (200_000.0, "2 d ago"),
    ],
)
def test_when_it_was_seen(seconds: float | None, words: str) -> None:
    assert till_words.seen_text(seconds) == words


def test_the_seconds_count_on_between_two_views_and_while_the_database_is_away() -> None:
    health = shops.health(shops.shop(shops.till(1, seen_ago=3.0)), answered=41.0)
    [told] = till_words.listed(health, NOW)
    assert told.seen_ago == 44.0


def test_tills_are_counted_as_people_do_and_monitors_come_last() -> None:
    names = [
        till_words.name_of(one) for one in till_words.listed(shops.health(shops.twenty()), NOW)
    ]
    assert names[:4] == [shops.LONG, "Till 1", "Till 2", "Till 3"]
    assert names[8:10] == ["Till 8", "Till 10"]
    assert names[-4:] == ["Christmas market", "New till", "Back office", "Kitchen"]
    assert "Sold" not in names


def test_what_is_behind_in_numbers_and_in_words() -> None:
    assert till_words.behind_text(shops.till(1)) == "–"
    assert till_words.behind_text(shops.till(1, missing=1)) == "1 fact"
    both = shops.till(1, missing=5, behind=7)
    assert till_words.behind_text(both) == "12 facts"
    assert till_words.behind_sentence(both) == (
        "5 facts of this till are in the shop's database and not here yet. 7 facts wait at this"
        " till to be sent."
    )
    assert till_words.behind_sentence(shops.till(1)) == "All facts of this till are here."


@pytest.mark.parametrize(
    ("role", "lost", "words", "short"),
    [
        (TillRole.MONITOR, False, "Tills: 18 of 20 live", "18/20"),
        (TillRole.TILL, False, "Other tills: 18 of 20 live", "18/20"),
        (TillRole.MONITOR, True, "Tills: unknown now", "–"),
        (TillRole.TILL, True, "Other tills: unknown now", "–"),
    ],
)
def test_the_shop_in_one_line(role: TillRole, lost: bool, words: str, short: str) -> None:
    view = shops.twenty(role=role)
    assert till_words.summary(view, lost=lost) == words
    assert till_words.short_summary(view, lost=lost) == short


def test_a_shop_without_tills_in_use_says_so() -> None:
    assert till_words.summary(shops.shop(), lost=False) == "No till in use"
    assert till_words.summary(shops.shop(role=TillRole.TILL), lost=False) == "No other till in use"
