"""Destination tags: ranges as typed, and that none comes back while it could still be paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.lifecycle import Status
from xumm_desk.core.order import MAX_TAG
from xumm_desk.core.tags import Range, Use, choose, read_range, tagged, wants
from xumm_desk.core.wire import JsonObject

from .making import MODERATE, PAYMENT, SIGN_IN, make_order

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def use(tag: int, status: str = "", *, days: float = 0, finished: bool = True) -> Use:
    return Use(tag, status, finished, NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("", "", None), (" 1 ", "9", Range(1, 9)), ("0", str(MAX_TAG), Range(0, MAX_TAG))],
)
def test_ranges_as_typed(first: str, last: str, expected: Range | None) -> None:
    assert read_range(first, last) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [("1", ""), ("", "1"), ("a", "b"), ("9", "1"), ("1", "4294967296"), ("-1", "3")],
)
def test_ranges_that_cannot_be_used(first: str, last: str) -> None:
    sentence = read_range(first, last)
    assert isinstance(sentence, str)
    assert sentence.startswith("Destination tags:")


def test_the_first_tag_then_the_next_and_round_again() -> None:
    within = Range(5, 7)
    assert choose(within, [], NOW) == 5
    assert choose(within, [use(5)], NOW) == 6
    assert choose(within, [use(7, days=2), use(6, days=3)], NOW) == 5
    assert choose(within, [use(7, days=2), use(5)], NOW) == 6


@pytest.mark.parametrize(
    ("old", "free"),
    [
        (use(5, "waiting", days=400, finished=False), False),
        (use(5, "expired_opened", days=400, finished=False), False),
        (use(5, "cancelled", days=29), False),
        (use(5, "cancelled", days=31), True),
        (use(5, "expired", days=29), False),
        (use(5, "declined", days=31), True),
        (use(5, "failed", days=29), False),
        (use(5, "check", days=29, finished=False), False),
        (use(5, "check", days=31, finished=False), True),
        (use(5, "paid", days=0.5), False),
        (use(5, "paid", days=1.5), True),
        (use(5, "", days=0.5), False),
        (use(5, "", days=1.5), True),
        (use(9, "waiting", finished=False), True),
    ],
)
def test_how_long_a_tag_rests(old: Use, free: bool) -> None:
    chosen = choose(Range(5, 5), [old], NOW)
    assert (chosen == 5) is free
    if not free:
        assert "All 1 destination tags from 5 to 5" in str(chosen)


@MODERATE
@given(
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(
        st.builds(
            use,
            st.integers(0, 11),
            st.sampled_from(["", *(s.value for s in Status)]),
            days=st.sampled_from([0, 2, 40]),
            finished=st.booleans(),
        ),
        max_size=20,
    ),
)
def test_never_a_tag_that_rests(first: int, more: int, uses: list[Use]) -> None:
    within = Range(first, first + more)
    chosen = choose(within, uses, NOW)
    resting = {u.tag for u in uses if isinstance(choose(Range(u.tag, u.tag), [u], NOW), str)}
    if isinstance(chosen, int):
        assert within.first <= chosen <= within.last
        assert chosen not in resting
    else:
        assert set(range(within.first, within.last + 1)) <= resting


def test_a_tag_reaches_all_that_is_stored_and_sent() -> None:
    body: JsonObject = {k: v for k, v in PAYMENT.items() if k != "DestinationTag"}
    order = make_order(body)
    assert wants(order)
    made = tagged(order, 0)
    assert made.tag == 0
    assert made.body["txjson"] == made.txjson == {**body, "DestinationTag": 0}
    assert order.tag is None
    assert not wants(made)
    assert not wants(make_order(PAYMENT))
    assert not wants(make_order(SIGN_IN))
