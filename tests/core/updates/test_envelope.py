"""The file around a statement: what it holds, and that nothing in it raises."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_statements import signed

from xumm_desk.core.updates.envelope import (
    MAX_BYTES,
    PAYLOAD_TYPE,
    Envelope,
    Signature,
    envelope_bytes,
    read_envelope,
    signed_bytes,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SIGNATURES = st.lists(
    st.builds(Signature, st.text(min_size=1, max_size=40), st.binary(min_size=64, max_size=64)),
    min_size=1,
    max_size=8,
)


@given(st.binary(min_size=1, max_size=2000), SIGNATURES)
def test_what_is_written_is_read_again(payload: bytes, signatures: list[Signature]) -> None:
    body = envelope_bytes(payload, signatures)
    assert read_envelope(body) == Envelope(payload, tuple(signatures))


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(read_envelope(body), str)


@given(st.sampled_from(["payloadType", "payload", "signatures"]), JSON)
def test_no_value_makes_it_raise(name: str, value: Any) -> None:
    whole = json.loads(signed())
    whole[name] = value
    read_envelope(json.dumps(whole).encode())


@given(JSON)
def test_no_signature_makes_it_raise(value: Any) -> None:
    whole = json.loads(signed())
    whole["signatures"] = [value, {"keyid": value, "sig": value}]
    assert isinstance(read_envelope(json.dumps(whole).encode()), str)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payloadType": "text/plain"}, "no statement of a version"),
        ({"payload": ""}, "holds no statement"),
        ({"payload": "%%%"}, "holds no statement"),
        ({"signatures": []}, "not signed"),
        ({"signatures": None}, "not signed"),
        ({"signatures": [{"keyid": "a", "sig": base64.b64encode(b"x" * 63).decode()}]}, "not sign"),
        ({"signatures": [{"keyid": "", "sig": base64.b64encode(b"x" * 64).decode()}]}, "not sign"),
        (
            {"signatures": [{"keyid": "a", "sig": base64.b64encode(b"x" * 64).decode()}] * 9},
            "too many",
        ),
    ],
)
def test_what_is_missing_is_said(changes: dict[str, object], words: str) -> None:
    whole = json.loads(signed()) | changes
    found = read_envelope(json.dumps(whole).encode())
    assert isinstance(found, str)
    assert words in found


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    found = read_envelope(signed() + b" " * MAX_BYTES)
    assert isinstance(found, str)
    assert "larger than 16384 bytes" in found


def test_the_signed_bytes_are_those_of_the_standard() -> None:
    kind = PAYLOAD_TYPE
    assert signed_bytes(b"{}") == f"DSSEv1 {len(kind)} {kind} 2 {{}}".encode()


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_two_payloads_have_the_same_signed_bytes(one: bytes, other: bytes) -> None:
    assert (signed_bytes(one) == signed_bytes(other)) is (one == other)
