"""Workbooks: exact numbers, real times, no formulas, several sheets."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from core.builders import START, make_order
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.export.record import make_record
from xumm_desk.core.state.lifecycle import new_request
from xumm_desk.store.export.workbook import WorkbookWriter


def a_record(**changes: Any) -> dict[str, Any]:
    return {**make_record(new_request(make_order(), START), ledger=True), **changes}


def written(*records: dict[str, Any], columns: tuple[str, ...], **more: Any) -> io.BytesIO:
    out = io.BytesIO()
    writer = WorkbookWriter(out, columns, **more)
    writer.begin()
    for one in records:
        writer.add(one)
    writer.end()
    return out


def sheet_of(out: io.BytesIO, name: str = "Requests") -> Worksheet:
    found = openpyxl.load_workbook(out)[name]
    assert isinstance(found, Worksheet)
    return found


def test_numbers_times_and_flags_have_their_types() -> None:
    out = written(
        a_record(amount="12.5", tag=0, paid_at="2026-11-30T13:00:00.5+01:00", reasons=["a", "b"]),
        columns=("amount", "tag", "paid_at", "final", "reasons", "payer"),
    )
    sheet = sheet_of(out)
    row = [cell.value for cell in sheet[2]]
    assert row == [12.5, 0, datetime(2026, 11, 30, 12, 0, 0, 500000), False, "a | b", None]  # noqa: DTZ001
    assert sheet["C2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold


def test_a_number_is_written_digit_by_digit_and_a_long_one_as_text() -> None:
    exact, long = "9.00000000000001", "99999999999.123456"
    out = written(
        a_record(amount=exact, delivered=long, price="1E-80"),
        columns=("amount", "delivered", "price"),
    )
    with zipfile.ZipFile(out) as parts:
        text = parts.read("xl/worksheets/sheet1.xml").decode()
    assert f'<c r="A2" t="n"><v>{exact}</v></c>' in text
    sheet = sheet_of(out)
    assert (sheet["B2"].value, sheet["B2"].data_type) == (long, "s")
    assert sheet["C2"].value == 1e-80
    about = sheet_of(out, "About")
    assert "1 numbers have more than 15 digits" in str(about["A2"].value)


@settings(max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["=1+1", "#N/A", "=", "#REF!"])
)
def test_no_text_is_a_formula_or_an_error(text: str) -> None:
    sheet = sheet_of(written(a_record(instruction=text), columns=("instruction", "status")))
    cell = sheet["A2"]
    assert cell.data_type in ("s", "n", "inlineStr")  # the last one for an empty text
    assert cell.value is None or isinstance(cell.value, str)


def test_formulas_stand_there_as_they_were_typed() -> None:
    sheet = sheet_of(
        written(
            a_record(instruction="=1+1", reference="#N/A"), columns=("instruction", "reference")
        )
    )
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("=1+1", "s"), ("#N/A", "s")]


def test_what_does_not_fit_one_sheet_stands_on_the_next() -> None:
    out = written(*(a_record(tag=n) for n in range(5)), columns=("tag",), max_rows=3)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Requests", "Requests 2", "Requests 3", "About"]
    found = [[cell.value for cell in sheet["A"]] for sheet in book.worksheets[:3]]
    assert found == [["tag", 0, 1], ["tag", 2, 3], ["tag", 4]]


def test_all_columns_of_a_request_are_written() -> None:
    sheet = sheet_of(written(a_record(), columns=NAMES))
    assert [cell.value for cell in sheet[1]] == list(NAMES)
    assert sheet["A2"].value == make_order().identifier


def test_a_workbook_that_is_dropped_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    writer = WorkbookWriter(io.BytesIO(), ("tag",))
    writer.begin()
    writer.add(a_record())
    assert list(tmp_path.iterdir())
    writer.discard()
    assert not list(tmp_path.iterdir())
