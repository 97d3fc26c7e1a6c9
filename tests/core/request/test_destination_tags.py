"""Destination tags: ranges as typed, and that none comes back while it could still be paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.builders import PAYMENT, SIGN_IN, make_order
from xumm_desk.core.request.destination_tags import (
    TagRange,
    all_quarantined,
    needs_tag,
    parse_tag_range,
    quarantined_until,
    with_tag,
)
from xumm_desk.core.request.field_rules import MAX_TAG
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("", "", None), (" 1 ", "9", TagRange(1, 9)), ("0", str(MAX_TAG), TagRange(0, MAX_TAG))],
)
def test_ranges_as_typed(first: str, last: str, expected: TagRange | None) -> None:
    assert parse_tag_range(first, last) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [("1", ""), ("", "1"), ("a", "b"), ("9", "1"), ("1", "4294967296"), ("-1", "3")],
)
def test_ranges_that_cannot_be_used(first: str, last: str) -> None:
    sentence = parse_tag_range(first, last)
    assert isinstance(sentence, str)
    assert sentence.startswith("Destination tags:")


@pytest.mark.parametrize(
    ("status", "finished", "days"),
    [
        ("waiting", False, None),
        ("expired_opened", False, None),
        ("creating", False, None),
        ("cancelled", True, 30),
        ("expired", True, 30),
        ("declined", True, 30),
        ("failed", True, 30),
        ("check", False, 30),
        ("paid", True, 1),
        ("paid_late", True, 1),
        ("signed", True, 1),
    ],
)
def test_how_long_a_tag_rests(status: str, finished: bool, days: int | None) -> None:
    expected = None if days is None else NOW + timedelta(days=days)
    assert quarantined_until(status, finished, NOW) == expected


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_rest_once_it_is_finished(status: Status) -> None:
    until = quarantined_until(status.value, True, NOW)
    assert until is not None
    assert until > NOW


def test_a_range_in_which_all_rest_says_what_to_do() -> None:
    assert all_quarantined(TagRange(5, 7)) == (
        "All 3 destination tags from 5 to 7 belong to requests that may still be paid. Widen the"
        " range in the shop settings, or type a tag."
    )


def test_a_tag_reaches_all_that_is_stored_and_sent() -> None:
    body: JsonObject = {k: v for k, v in PAYMENT.items() if k != "DestinationTag"}
    order = make_order(body)
    assert needs_tag(order)
    made = with_tag(order, 0)
    assert made.tag == 0
    assert made.body["txjson"] == made.txjson == {**body, "DestinationTag": 0}
    assert order.tag is None
    assert not needs_tag(made)
    assert not needs_tag(make_order(PAYMENT))
    assert not needs_tag(make_order(SIGN_IN))
