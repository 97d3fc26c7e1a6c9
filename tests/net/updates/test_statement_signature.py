"""Only a release key under its own id signs a statement."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_statements import (
    KEYS,
    NEW_KEY,
    OLD_KEY,
    STATEMENT,
    WRONG_KEY,
    signed,
    signed_payload,
)

from xumm_desk.core.updates.envelope import Signature, envelope_bytes, signed_bytes
from xumm_desk.core.updates.release_keys import ReleaseKey
from xumm_desk.core.updates.statement import statement_bytes
from xumm_desk.net.updates.statement_signature import verify

PAYLOAD = statement_bytes(STATEMENT)
BODY = signed()


def test_each_of_several_keys_is_enough() -> None:
    assert verify(BODY, KEYS) == STATEMENT
    assert verify(signed(NEW_KEY, "2027a"), KEYS) == STATEMENT


def test_a_statement_of_two_keys_is_read_by_programs_that_know_one() -> None:
    message = signed_bytes(PAYLOAD)
    both = envelope_bytes(
        PAYLOAD,
        [Signature("2026a", OLD_KEY.sign(message)), Signature("2027a", NEW_KEY.sign(message))],
    )
    for known in (KEYS, KEYS[:1], KEYS[1:]):
        assert verify(both, known) == STATEMENT


@pytest.mark.parametrize(
    "body",
    [
        signed(WRONG_KEY),
        signed(WRONG_KEY, "unknown"),
        signed(OLD_KEY, "2027a"),
        signed(NEW_KEY, "2026a"),
        envelope_bytes(PAYLOAD, [Signature("2026a", bytes(64))]),
        envelope_bytes(PAYLOAD, [Signature("2026a", OLD_KEY.sign(PAYLOAD))]),  # without its type
    ],
)
def test_any_other_signature_is_ignored(body: bytes) -> None:
    found = verify(body, KEYS)
    assert isinstance(found, str)
    assert "no release key has signed it" in found


def test_without_keys_nothing_is_believed() -> None:
    assert isinstance(verify(BODY, ()), str)


def test_a_retired_key_is_no_longer_believed() -> None:
    assert isinstance(verify(BODY, KEYS[1:]), str)


def test_what_is_signed_and_is_no_statement_is_ignored() -> None:
    assert isinstance(verify(signed_payload(b"{}"), KEYS), str)
    assert isinstance(verify(signed_payload(b"\xff"), KEYS), str)


@given(st.integers(0, len(PAYLOAD) * 8 - 1))
def test_no_bit_of_a_statement_can_be_changed(place: int) -> None:
    changed = bytearray(PAYLOAD)
    changed[place // 8] ^= 1 << place % 8
    whole = json.loads(BODY) | {"payload": base64.b64encode(changed).decode()}
    assert isinstance(verify(json.dumps(whole).encode(), KEYS), str)


@given(st.binary(max_size=300))
def test_nothing_raises(body: bytes) -> None:
    assert isinstance(verify(body, KEYS), str)


@given(st.binary(min_size=64, max_size=64))
def test_no_signature_that_was_made_up_is_believed(value: bytes) -> None:
    assert isinstance(verify(envelope_bytes(PAYLOAD, [Signature("2026a", value)]), KEYS), str)


@given(st.binary(max_size=33))
def test_a_key_that_is_none_raises_nothing(public: bytes) -> None:
    assert isinstance(verify(BODY, [ReleaseKey("2026a", public)]), str)
