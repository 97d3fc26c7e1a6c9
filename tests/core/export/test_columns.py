"""The columns of an export: each has a value, and own choices are checked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.builders import START, make_order
from xumm_desk.core.export import columns
from xumm_desk.core.export.record import make_record
from xumm_desk.core.state.lifecycle import new_request


def test_every_column_has_a_value_in_the_order_of_the_file() -> None:
    record = make_record(new_request(make_order(), START), ledger=True)
    assert tuple(record) == columns.NAMES


def test_columns_are_taken_in_the_order_in_which_they_are_named() -> None:
    assert columns.parse_columns(" Tag,status ,, amount") == ("tag", "status", "amount")


def test_what_another_version_remembered_is_kept_as_far_as_it_is_known() -> None:
    assert columns.known_columns(["tag", "colour", "tag", "status"]) == ("tag", "status")
    assert columns.known_columns(["colour"]) == columns.NAMES


@given(st.text())
def test_any_text_is_a_choice_of_columns_or_a_sentence(text: str) -> None:
    found = columns.parse_columns(text)
    assert isinstance(found, str) or set(found) <= set(columns.NAMES)
