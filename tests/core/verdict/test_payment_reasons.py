"""Why a payment names no request: a message again after a journal has kept it as English text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.payment_matching import reason_message

TAGS = st.integers(0, 2**32 - 1)


@given(st.integers(1, 10_000), TAGS)
def test_each_reason_is_known_again(count: int, tag: int) -> None:
    for reason in (
        payment_matching._NO_TAG,
        payment_matching._unknown_tag(tag),
        payment_matching._late_invoice(count),
        payment_matching._several_invoices(count),
        payment_matching._late_tag(count, tag),
        payment_matching._several_tags(count, tag),
    ):
        found = reason_message(str(reason))
        assert isinstance(found, Message)
        assert (found, found.id, found.values) == (str(reason), reason.id, reason.values)


@given(st.text() | st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_another_text_stays_as_it_is(text: str) -> None:
    assert reason_message(text) == text


@pytest.mark.parametrize("text", ["No request has destination tag 007.", "99 requests", ""])
def test_a_text_that_is_nearly_one_stays_a_text(text: str) -> None:
    assert not isinstance(reason_message(text), Message)
