"""CSV that every reader reads back and no spreadsheet runs; JSON lines."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.builders import START, make_order
from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.export import columns, text_formats
from xumm_desk.core.export.record import make_record
from xumm_desk.core.state.lifecycle import new_request

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def a_record(**changes: Any) -> dict[str, Any]:
    return {**make_record(new_request(make_order(), START), ledger=True), **changes}


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.fixed_dictionaries({name: TEXTS for name in ("instruction", "sale_note")})))
@example([{"instruction": 'a "b"\r\n, c\n', "sale_note": "=1+1"}])
def test_what_is_written_is_read_back_with_formulas_disarmed(texts: list[dict[str, str]]) -> None:
    chosen = ("instruction", "status", "sale_note")
    out = text_formats.csv_header(chosen)
    for one in texts:
        out += text_formats.csv_record(a_record(**one), chosen)
    head, *lines = read(out)
    assert head == list(chosen)
    assert len(lines) == len(texts)
    for line, one in zip(lines, texts, strict=True):
        for cell, given_text in ((line[0], one["instruction"]), (line[2], one["sale_note"])):
            plain = strip_controls(given_text)
            assert cell in (plain, f"'{plain}")
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"]
)
def test_what_a_spreadsheet_would_run_is_a_text(text: str) -> None:
    assert text_formats.safe_cell(text) == f"'{text}"


def test_an_innocent_text_stays_as_it_is() -> None:
    for text in ("", " ", "12.50", "Café = 会", "a-b", "'quoted'"):
        assert text_formats.safe_cell(text) == text


def test_every_line_ends_as_the_standard_says_and_empty_values_are_empty() -> None:
    line = text_formats.csv_record(a_record(payer=None, reasons=["a", "b"]), ("payer", "reasons"))
    assert line == ",a | b\r\n"


def test_a_mark_comes_first() -> None:
    assert text_formats.csv_header(("tag", "uuid"), mark=True) == "\ufefftag,uuid\r\n"


@given(TEXTS)
def test_a_json_line_is_one_line_and_means_the_same(text: str) -> None:
    line = text_formats.json_record(a_record(instruction=text, tag=None), ("instruction", "tag"))
    assert line.count("\n") == 1
    assert json.loads(line) == {"instruction": text, "tag": None}


def test_all_columns_are_written() -> None:
    out = text_formats.csv_header(columns.NAMES)
    out += text_formats.csv_record(a_record(), columns.NAMES)
    head, line = read(out)
    assert len(head) == len(line) == len(columns.NAMES)
