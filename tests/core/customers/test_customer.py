"""Returning customers: nicknames as people compare them, and when a token's time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.customers import customer as rules
from xumm_desk.core.customers.customer import Customer, Ending
from xumm_desk.core.customers.token_states import TokenState

TOKEN = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def anna(nickname: str = "Anna", **fields: object) -> Customer:
    return Customer(**{"nickname": nickname, "token": TOKEN, "expires": LATER, **fields})  # type: ignore[arg-type]


def test_no_text_of_a_customer_holds_the_token() -> None:
    assert TOKEN not in repr(anna())
    assert TOKEN not in str(TokenState(TOKEN, True))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna ", "Anna"),
        ("Anna\u200b\n  Müller", "Anna Müller"),
        ("\u202eannA", "annA"),
        ("Mu\u0308ller", "Müller"),
        ("\t\u00a0", ""),
    ],
)
def test_a_nickname_is_one_line_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert rules.clean_nickname(typed) == kept


def test_a_nickname_is_not_empty_and_not_long() -> None:
    assert rules.nickname_error("")
    assert rules.nickname_error("x" * (rules.MAX_NICKNAME + 1))
    assert not rules.nickname_error("x" * rules.MAX_NICKNAME)


def test_names_that_a_person_takes_for_one_are_one() -> None:
    assert anna("ANNA").key == anna("anna").key
    assert anna("Zoë").key == anna("Zoe").key
    assert anna("Anna").key != anna("Anne").key


def test_sorting_and_searching_mind_neither_case_nor_accents() -> None:
    names = ["zoe", "Émile", "anna", "Ben"]
    assert [one.nickname for one in rules.in_order(map(anna, names))] == [
        "anna",
        "Ben",
        "Émile",
        "zoe",
    ]
    assert rules.matches("Émile Zola", "zol emi")
    assert rules.matches("Anna", "")
    assert not rules.matches("Anna", "ben")


def test_the_time_of_a_token_ends_at_its_second() -> None:
    assert not anna().has_ended(LATER - timedelta(seconds=1))
    assert anna().has_ended(LATER)


@pytest.mark.parametrize(
    ("checked", "due"),
    [
        (None, True),
        (NOW, False),
        (NOW - timedelta(hours=23), False),
        (NOW - timedelta(days=1), True),
        (NOW + timedelta(hours=1), True),
    ],
    ids=["never", "now", "today", "yesterday", "clock set back"],
)
def test_a_check_is_good_for_a_day(checked: datetime | None, due: bool) -> None:
    assert anna(checked=checked).needs_check(NOW) is due


@pytest.mark.parametrize(
    ("active", "expires", "after"),
    [
        (True, LATER + timedelta(days=3), LATER + timedelta(days=3)),
        (True, None, LATER),
        (True, NOW, Ending.EXPIRED),
        (False, NOW - timedelta(days=1), Ending.EXPIRED),
        (False, None, Ending.REVOKED),
        (False, LATER, Ending.REVOKED),
    ],
)
def test_the_platform_decides_whether_a_token_holds(
    active: bool, expires: datetime | None, after: object
) -> None:
    judged = rules.judged(anna(), TokenState(TOKEN, active, expires), NOW)
    if isinstance(judged, Customer):
        assert judged.checked == NOW
        assert judged.expires == after
    else:
        assert judged is after
        assert "Anna" in rules.ending_sentence("Anna", judged)


@given(st.text())
def test_any_text_can_be_cleaned_compared_and_searched(text: str) -> None:
    clean = rules.clean_nickname(text)
    assert rules.clean_nickname(clean) == clean
    rules.nickname_error(clean)
    assert rules.matches(clean, clean)
    assert rules.nickname_key(clean) == rules.nickname_key(clean.casefold())
