"""What a signer states, read again; nothing in it raises."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_statements import STATEMENT, statement

from core.updates.test_envelope import JSON
from xumm_desk.core.updates.statement import (
    is_web_address,
    read_statement,
    statement_bytes,
)

NAMES = ("version", "released", "notes", "minimum_safe", "issued", "expires")
VERSIONS = st.lists(st.integers(0, 999_999), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
TIMES = st.integers(0, 200 * 365 * 86400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(VERSIONS, st.dates(date(1990, 1, 1)), TIMES, TIMES)
def test_what_is_stated_is_read_again(
    version: str, released: date, one: datetime, other: datetime
) -> None:
    stated = statement(
        version=version, minimum_safe="0", released=released, issued=one, expires=other
    )
    found = read_statement(statement_bytes(stated))
    assert found == stated if one < other else isinstance(found, str)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(payload: bytes) -> None:
    assert isinstance(read_statement(payload), str)


@given(st.sampled_from(NAMES), JSON)
def test_no_value_makes_it_raise(name: str, value: Any) -> None:
    read_statement(json.dumps(json.loads(statement_bytes(STATEMENT)) | {name: value}).encode())


@given(st.sampled_from(NAMES))
def test_nothing_may_be_missing(name: str) -> None:
    value = json.loads(statement_bytes(STATEMENT))
    del value[name]
    assert isinstance(read_statement(json.dumps(value).encode()), str)


def test_what_a_newer_program_adds_is_left_out() -> None:
    value = json.loads(statement_bytes(STATEMENT)) | {"sha256": {"deb": "…"}}
    assert read_statement(json.dumps(value).encode()) == STATEMENT


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "9.2.0rc1"}, "no version"),
        ({"version": "9.2.0+x"}, "no version"),
        ({"version": "newest"}, "no version"),
        ({"minimum_safe": "9.2.1"}, "not safe"),
        ({"notes": "http://releases.example/9"}, "https"),
        ({"notes": "file:///etc/passwd"}, "https"),
        ({"expires": STATEMENT.issued}, "expires before"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], words: str) -> None:
    found = read_statement(statement_bytes(statement(**changes)))
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    ("address", "sane"),
    [
        ("https://releases.example/notes?v=1#top", True),
        ("https://releases.example:8443/", True),
        ("https://releases.example:0/", False),
        ("https://releases.example:99999/", False),
        ("https://", False),
        ("https://user@releases.example/", False),
        ("https://releases.example/\u202egnp", False),
        ("https://releases.example/a b", False),
        ("https://releases.example/\n", False),
        ("https://[::1/", False),
        ("javascript:alert(1)", False),
        ("HTTPS://releases.example/", True),
        ("https://releases.example/" + "a" * 300, False),
    ],
)
def test_where_a_browser_may_be_sent(address: str, sane: bool) -> None:
    assert is_web_address(address) is sane


@given(st.text())
def test_no_address_raises(text: str) -> None:
    is_web_address(text)
    is_web_address(f"https://{text}")
