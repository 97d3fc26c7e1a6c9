"""CSV as spreadsheets write it, and as nobody should."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.bulk_import.csv_table import Table, parse_table

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def table(text: str | bytes) -> Table:
    found = parse_table(text.encode() if isinstance(text, str) else text)
    assert isinstance(found, Table), found
    return found


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\r\n", "\n"]),
)
def test_what_the_standard_library_writes_is_read_back(
    rows: list[list[str]], delimiter: str, end: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL, doublequote=True
    )
    writer.writerow(["amount", "tag"])
    writer.writerows(rows)
    found = table(out.getvalue())
    assert found.delimiter == delimiter
    wanted = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert [row.cells for row in found.rows] == wanted
    assert not any(row.problem for row in found.rows)


@given(st.binary() | CELLS.map(str.encode))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    found = parse_table(data)
    assert isinstance(found, (Table, str))


@pytest.mark.parametrize(
    "data",
    [
        "a;b\r\n1;2\r\n".encode("utf-8-sig"),
        b"a,b\n1,2",
        b"a\tb\r1\t2\r",
        "a\tb\r\n1\t2\r\n".encode("utf-16"),
        b"sep=;\r\na;b\r\n1;2\r\n",
        b'\n\n"a" , "b"\n,\n1,2\n\n',
    ],
)
def test_marks_delimiters_and_line_ends_of_all_programs_are_read(data: bytes) -> None:
    found = table(data)
    assert [cell.strip() for cell in found.header.cells] == ["a", "b"]
    assert [row.cells for row in found.rows] == [("1", "2")]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    found = table('a,b\n"one\ntwo\r\nthree",2\n\n\n"x",y\n')
    assert [(row.line, row.cells) for row in found.rows] == [
        (2, ("one\ntwo\r\nthree", "2")),
        (7, ("x", "y")),
    ]
    assert table("sep=,\na,b\n1,2").rows[0].line == 3


def test_a_doubled_quote_is_one_and_a_quote_inside_stays() -> None:
    assert table('a,b\n"say ""hi""",5" pipe\n').rows[0].cells == ('say "hi"', '5" pipe')


def test_broken_quotes_are_named_where_they_begin() -> None:
    found = table('a,b\n1,"never closed\n2,3\n')
    assert [(row.line, bool(row.problem)) for row in found.rows] == [(2, True)]
    assert "never closed" in found.rows[0].problem
    found = table('a,b\n"x"y,2\n3,4\n')
    assert [(row.line, bool(row.problem)) for row in found.rows] == [(2, True), (3, False)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\r\n , ,\r\n", "empty"),
        ("Größe,b\n".encode("cp1252"), "CSV UTF-8"),
        (b"PK\x03\x04\x00\x00", "no CSV file"),
        (b"a\x00b", "no CSV file"),
    ],
)
def test_what_is_no_csv_is_said(data: bytes, said: str) -> None:
    found = parse_table(data)
    assert isinstance(found, str)
    assert said in found


def test_a_file_with_too_many_rows_is_refused() -> None:
    found = parse_table(b"a\n" + b"1\n" * 100_001)
    assert isinstance(found, str)
    assert "more than 100000 rows" in found
