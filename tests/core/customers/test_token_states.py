"""What the platform says of push tokens, in whatever shape it comes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xumm_desk.core.customers.token_states import (
    PushToken,
    TokenState,
    issued_token,
    parse_token_states,
    unix_time,
)
from xumm_desk.core.wire.json_fields import Json

TOKEN = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON: st.SearchStrategy[Json] = st.recursive(
    SCALARS | st.just(TOKEN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_bulk_answer_is_read_and_what_cannot_be_read_says_nothing() -> None:
    answer: dict[str, Json] = {
        "tokens": [
            {"user_token": TOKEN, "active": True, "issued": 1, "expires": 1_787_692_000},
            {"user_token": "gone", "active": False},
            {"user_token": "odd", "active": "perhaps"},
            {"active": True},
            "text",
            None,
        ]
    }
    assert parse_token_states(answer) == (
        TokenState(TOKEN, True, datetime.fromtimestamp(1_787_692_000, UTC)),
        TokenState("gone", False),
    )
    assert isinstance(parse_token_states({}), str)


@pytest.mark.parametrize(
    ("signed", "token", "found"),
    [
        (True, TOKEN, PushToken(TOKEN)),
        (False, TOKEN, None),
        (True, None, None),
        (True, "", None),
        (True, "not a token", None),
    ],
)
def test_only_a_signed_request_issues_a_token(
    signed: bool, token: Json, found: PushToken | None
) -> None:
    answer: dict[str, Json] = {
        "meta": {"signed": signed},
        "application": {"issued_user_token": token},
    }
    assert issued_token(answer) == found
    assert TOKEN not in repr(issued_token(answer))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["tokens", "meta", "application"]), JSON),
    st.lists(st.fixed_dictionaries({"user_token": JSON, "active": JSON, "expires": JSON})),
)
def test_any_answer_can_be_read(answer: dict[str, Json], entries: list[dict[str, Json]]) -> None:
    issued_token(answer)
    parse_token_states(answer)
    states = parse_token_states({"tokens": list(entries)})
    assert not isinstance(states, str)
    assert len(states) <= len(entries)


@pytest.mark.parametrize("seconds", [None, 0, -1, 10**15, 253_402_300_800])
def test_seconds_that_are_no_time_are_none(seconds: int | None) -> None:
    assert unix_time(seconds) is None
