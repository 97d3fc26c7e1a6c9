"""No token, key or user id passes, wherever it stands; money passes as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import MODERATE, OTHER_UUID, PAYMENT, TOKEN, UUID, get, signed
from xumm_desk.core.wire import json_fields, redaction
from xumm_desk.core.wire.api_answers import REDACTED

KNOWN = frozenset({UUID})


def test_the_requests_own_uuid_stays_and_every_other_goes() -> None:
    text = redaction.readable_json(json.dumps({"uuid": UUID, "next": {"other": OTHER_UUID}}), KNOWN)
    assert UUID in text
    assert OTHER_UUID not in text


@pytest.mark.parametrize(
    "name",
    ["issued_user_token", "user_token", "userToken", "user", "uuidv4", "x-api-secret", "X-API-Key"],
)
def test_what_stands_under_the_name_of_a_secret_goes_whatever_it_is(name: str) -> None:
    text = redaction.readable_json(json.dumps({"a": [{name: "short secret"}]}))
    assert "short secret" not in text
    assert REDACTED in text


def test_a_flag_or_nothing_under_such_a_name_stays() -> None:
    text = redaction.readable_json('{"user_token":true,"issued_user_token":null,"user":""}')
    assert REDACTED not in text


def test_pieces_of_json_that_cannot_be_parsed_are_cut_too() -> None:
    text = redaction.redacted_text(f'{{"issued_user_token":"abc\\"d", "x": "{TOKEN}" , "user":"me')
    assert "abc" not in text
    assert TOKEN not in text
    assert '"me' not in text
    assert "x" in text


def test_a_signed_web_token_goes() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyIn0.c2lnbmF0dXJl"
    assert token not in redaction.redacted_text(f"Bearer {token}")


def test_numbers_stay_as_they_were_written() -> None:
    text = redaction.readable_json('{"value":0.10,"big":12345678901234567890.5,"e":1e-7}')
    for number in ("0.10", "12345678901234567890.5", "1e-7"):
        assert f": {number}" in text


def test_a_real_answer_stays_readable() -> None:
    value = get(signed(PAYMENT))
    text = redaction.readable_json(json_fields.compact_json(value), KNOWN)
    assert json.loads(text) == json.loads(json_fields.compact_json(value))


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just(TOKEN), st.just(UUID)
)
DOCUMENTS = st.dictionaries(
    st.text(max_size=6) | st.sampled_from(["user", TOKEN, "user_token"]),
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@MODERATE
@given(DOCUMENTS, st.booleans())
def test_no_foreign_uuid_survives_in_any_document(document: dict[str, Any], cut: bool) -> None:
    written = json.dumps(document)
    if cut:
        written = written[:-1]  # no JSON any more
    assert TOKEN not in redaction.readable_json(written, KNOWN)
