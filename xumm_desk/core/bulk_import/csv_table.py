"""Read CSV as spreadsheets and programs write it: a header and rows with their line numbers.

Total: whatever the bytes are, the result is a table with its problems, or a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 100_000

_DELIMITERS: Final = ",;\t|"
_NAMED: Final = re.compile(r"sep=([,;|\t])[ \t]*(?:\r\n|\n|\r)", re.IGNORECASE)
"""The first line by which Excel is told the delimiter."""

_NOT_UTF8: Final = Message(
    "This file is not written in UTF-8. In the spreadsheet choose “CSV UTF-8” when you save it."
)
_BINARY: Final = Message(
    "This is no CSV file. In the spreadsheet choose “Save as” and “CSV UTF-8”."
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line on which it begins, its cells, and what is wrong with its quotes, ""
    for nothing."""

    line: int
    cells: tuple[str, ...]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells) and not self.problem


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows below it that hold anything; `delimiter` is the one that was
    found."""

    header: TableRow
    rows: tuple[TableRow, ...]
    delimiter: str


def parse_table(data: bytes) -> Table | str:
    """Read a file, or say why it cannot be read."""
    if len(data) > MAX_BYTES:
        return Message("This file is larger than {count} MB.", count=MAX_BYTES // 1024**2)
    text = _decode(data)
    if text is None:
        return _BINARY if b"\0" in data else _NOT_UTF8
    if "\0" in text or text.startswith("PK\x03\x04"):
        return _BINARY
    skipped, delimiter = 0, ""
    if named := _NAMED.match(text):
        skipped, delimiter, text = 1, named[1], text[named.end() :]
    rows = _rows(text, delimiter or _delimiter_of(text), skipped + 1)
    if rows is None:
        return Message("This file has more than {count} rows.", count=MAX_ROWS)
    filled = [row for row in rows if not row.is_blank]
    if not filled:
        return Message("This file is empty.")
    return Table(filled[0], tuple(filled[1:]), delimiter or _delimiter_of(text))


def _decode(data: bytes) -> str | None:
    """UTF-8 with or without a mark, or UTF-16 with one; None for anything else."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _delimiter_of(text: str) -> str:
    """The sign that divides the first line that holds anything; a comma where none does."""
    line = next((line for line in re.split(r"\r\n|\n|\r", text) if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=outside.count)


def _rows(text: str, delimiter: str, line: int) -> list[TableRow] | None:
    """All rows of `text`, whose first line has this number; None for too many."""
    mark = re.escape(delimiter)
    plain = re.compile(rf'[^"\r\n{mark}][^\r\n{mark}]*')
    quoted = re.compile(r'"([^"]*(?:""[^"]*)*)"')
    after = re.compile(rf"[^\r\n{mark}]*")
    end = re.compile(r"\r\n|\n|\r")
    rows: list[TableRow] = []
    cells: list[str] = []
    at, began, problem = 0, line, ""
    while at < len(text):
        cell = ""
        # A blank before a quote does not make it a part of the text.
        start = at
        while text[start : start + 1] == " ":
            start += 1
        if text[start : start + 1] == '"':
            found = quoted.match(text, start)
            if found is None:
                # Nothing after it can be trusted: the rest of the file is inside the quote.
                problem = Message("A quote is opened here and never closed")
                cells.append(text[start + 1 :][:200])
                at = len(text)
                break
            cell, at = found[1].replace('""', '"'), found.end()
            line += len(end.findall(found[1]))
            rest = after.match(text, at)
            if rest is not None and rest[0].strip():
                problem = Message(
                    "There is text after a closing quote. Write a quote inside a text twice"
                )
                cell += rest[0]
            at = rest.end() if rest is not None else at
        elif (found := plain.match(text, at)) is not None:
            cell, at = found[0], found.end()
        cells.append(cell)
        if text[at : at + 1] == delimiter:
            at += 1
            if at < len(text):
                continue
            cells.append("")
        rows.append(TableRow(began, tuple(cells), problem))
        if len(rows) > MAX_ROWS + 1:
            return None
        broken = end.match(text, at)
        at = broken.end() if broken is not None else at
        line += 1
        cells, began, problem = [], line, ""
    if cells:
        rows.append(TableRow(began, tuple(cells), problem))
    return rows
