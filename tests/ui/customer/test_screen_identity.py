"""Screens are told apart and found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.ui.customer.screen_identity import (
    ScreenIdentity,
    find_screen,
    parse_identity,
)

A = ScreenIdentity("DP-1", "Dell", "U2419H", "AAA")
B = ScreenIdentity("DP-1", "Dell", "U2419H", "BBB")
PLAIN = ScreenIdentity("HDMI-1", "", "", "")

few = st.sampled_from(["", "DP-1", "DP-2", "é|\t"])
identities = st.builds(ScreenIdentity, few, few, few, few, st.sampled_from(["", "2"]))


def test_two_screens_of_one_name_are_told_apart_by_their_serial_numbers() -> None:
    assert find_screen(A, [B, A]) == A
    assert find_screen(B, [B, A]) == B
    assert find_screen(A, [B]) is None


def test_a_screen_is_found_at_another_connector() -> None:
    moved = ScreenIdentity("DP-2", "Dell", "U2419H", "AAA")
    assert find_screen(A, [B, moved]) == moved


def test_of_two_screens_with_one_serial_number_the_name_decides() -> None:
    other = ScreenIdentity("DP-2", "Dell", "U2419H", "AAA")
    assert find_screen(A, [other, A]) == A
    assert find_screen(other, [other, A]) == other


def test_a_system_that_tells_no_serial_number_is_believed_by_name() -> None:
    assert find_screen(PLAIN, [A, PLAIN]) == PLAIN
    assert find_screen(ScreenIdentity("DP-1"), [A]) == A, "a name from an older program"
    mute = ScreenIdentity("DP-1", "Dell", "U2419H", "")
    assert find_screen(A, [mute]) == mute
    assert find_screen(A, [ScreenIdentity("DP-1", "Other", "U2419H", "")]) is None


def test_twins_without_serial_numbers_are_told_apart_by_their_order() -> None:
    first, second = ScreenIdentity("screen"), ScreenIdentity("screen", number="2")
    assert find_screen(second, [first, second]) == second
    assert find_screen(first, [first, second]) == first
    assert find_screen(second, [first]) is None, "the one that is left is the cashier's"


@given(identities, st.lists(identities, max_size=4))
def test_what_is_found_is_connected_and_a_connected_screen_is_found(
    wanted: ScreenIdentity, connected: list[ScreenIdentity]
) -> None:
    found = find_screen(wanted, connected)
    assert found is None or found in connected
    if wanted in connected and wanted != ScreenIdentity():
        assert found == wanted


@given(identities)
def test_the_settings_form_is_read_back(one: ScreenIdentity) -> None:
    assert parse_identity(one.to_text()) == one


@pytest.mark.parametrize("text", ["", "DP-1", "[1, 2, 3, 4]", '["a"]', "{}", "[" * 100_000, "7"])
def test_any_other_text_is_a_name(text: str) -> None:
    assert parse_identity(text) == ScreenIdentity(text)


def test_the_label_says_model_and_connector_once() -> None:
    assert A.label == "Dell U2419H DP-1"
    assert ScreenIdentity("Dell", "Dell", "", "").label == "Dell"
    assert "\u202e" not in ScreenIdentity("\u202eevil").label
