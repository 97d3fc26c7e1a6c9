"""What a key may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core import api_keys

from .builders import MODERATE

KEY = "1a2b3c4d-0000-4000-8000-123456789012"


@pytest.mark.parametrize(
    "unseen",
    list("\u200b\ufeff\u202e\u2066\xad \xa0\t\r\n\u2028\x00"),
)
def test_what_nobody_sees_is_taken_out(unseen: str) -> None:
    assert api_keys.clean_key(f"{unseen}{KEY[:8]}{unseen}{KEY[8:]}{unseen}") == KEY
    assert api_keys.key_error(api_keys.KEY, KEY) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1a2é", "4 (U+00E9)"),
        ("\u0430bc", "1 (U+0430)"),
        ("ab\ufe0f", "3 (U+FE0F)"),
        ("１", "1 (U+FF11)"),
    ],
)
def test_what_cannot_be_sent_is_reported_by_field_and_place(text: str, told: str) -> None:
    assert api_keys.key_error(api_keys.SECRET, text).startswith(
        f"API secret: character {told} cannot be sent."
    )


@MODERATE
@given(st.text(max_size=50))
def test_what_has_no_fault_can_be_carried_by_a_header(text: str) -> None:
    clean = api_keys.clean_key(text)
    assert api_keys.clean_key(clean) == clean
    if not api_keys.key_error(api_keys.KEY, clean):
        assert clean.encode("ascii").decode() == clean == clean.strip()
        assert clean.isprintable()
