"""Version numbers are compared by their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.updates.version_number import VersionNumber, parse_version
from xumm_desk.version import __version__


def number(text: str) -> VersionNumber:
    found = parse_version(text)
    assert found is not None
    return found


def test_they_are_in_the_order_in_which_versions_come() -> None:
    order = ["0.1", "0.9.9", "0.10.0rc1", "0.10.0", "1.0.0.dev3", "1.0", "1.0.0.1", "1.0.1", "10"]
    assert sorted(order, key=number) == order


def test_zeros_at_the_end_and_a_build_make_no_difference() -> None:
    assert number("1.2") == number("1.2.0.0") == number("1.2+ubuntu.1")
    assert number("1.2rc1") == number("1.2.0-rc2") < number("1.2")


@pytest.mark.parametrize(
    "text", ["", "v1.2", "1.2.3.4.5", "1..2", "1.2 ", "1.2\n", "²", "1234567", "1.2-beta!", "-1"]
)
def test_what_is_none(text: str) -> None:
    assert parse_version(text) is None


@given(st.text())
def test_nothing_raises(text: str) -> None:
    parse_version(text)


def test_the_version_of_this_program_is_one() -> None:
    assert number(__version__)
