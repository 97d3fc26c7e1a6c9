"""Text from outside keeps its direction to itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.bidi import (
    as_line,
    as_right_to_left_line,
    closed,
    escape_controls,
    isolate,
    isolate_any,
    strip_controls,
    without_line,
)

CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Two coffees", "Two coffees"),
        ("Café 会", "Café 会"),
        ("\u202eDIAP", "DIAP"),
        ("a\u2067b\u2069\u2069c", "abc"),
        ("קפה", "\u2068קפה\u2069"),
        ("\u2069קפה\u202e 1", "\u2068קפה 1\u2069"),
    ],
)
def test_isolated(text: str, kept: str) -> None:
    assert isolate(text) == kept


@given(st.text(st.sampled_from("ab ק" + CONTROLS)))
def test_whatever_stands_inside_is_closed_at_the_end(text: str) -> None:
    shown = isolate(text)
    inner = shown[1:-1] if shown.startswith("\u2068") else shown
    assert not set(inner) & set(CONTROLS)
    assert strip_controls(shown) == inner


@given(st.text())
def test_escaped_json_means_the_same(text: str) -> None:
    out = escape_controls(json.dumps({"a": text}, ensure_ascii=False))
    assert json.loads(out) == {"a": text}
    assert not set(out) & set(CONTROLS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("12.50 XRP", "\u206612.50 XRP\u2069"),
        ("-100 %", "\u2066-100 %\u2069"),
        ("Ana", "\u2066Ana\u2069"),
        ("مقهى 1", "\u2068مقهى 1\u2069"),
    ],
)
def test_isolated_in_a_sentence_from_right_to_left(text: str, kept: str) -> None:
    assert isolate_any(text) == kept


def test_a_line_from_right_to_left_begins_with_a_mark_that_a_sentence_takes_away() -> None:
    assert as_line("12.50 XRP") == "\u200f\u206612.50 XRP\u2069"
    assert isolate_any(as_line("12.50 XRP")) == "\u2066\u206612.50 XRP\u2069\u2069"
    assert as_line("") == ""


@pytest.mark.parametrize("text", ["12.50 XRP", "مقهى 1", "\u206612\u2069 و\u206613\u2069", "a"])
def test_a_line_is_taken_away_again(text: str) -> None:
    assert without_line(as_line(text)) == text
    assert without_line(as_right_to_left_line(text)) == text


@given(st.text(st.sampled_from("a1ق" + CONTROLS)))
def test_what_is_no_single_line_stays(text: str) -> None:
    kept = without_line(text)
    assert kept == text or as_line(kept) == text or text[2:-1] == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("14\u200f/03\u200f/2026", "14\u200f/03\u200f/2026"),
        ("من \u2066Ana\u2069", "من \u2066Ana\u2069"),
        ("a\u2066b", "ab"),
        ("a\u2069b\u2066", "ab"),
        ("\u202eDIAP", "DIAP"),
    ],
)
def test_isolates_without_an_end_are_taken_out(text: str, kept: str) -> None:
    assert closed(text) == kept
