"""Write records as CSV (RFC 4180) or JSON lines.

Cells that a spreadsheet would run as a formula begin with an apostrophe, as OWASP advises.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from xumm_desk.core.bidi import escape_controls, strip_controls

from .record import Record

BYTE_ORDER_MARK: Final = "\ufeff"
"""By this first character spreadsheets recognise UTF-8."""

LIST_MARK: Final = " | "
"""Divides the texts of a list in one cell."""

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula at the beginning of a cell, in full width too."""


def csv_header(columns: Sequence[str], *, mark: bool = False) -> str:
    """The line of column names, after a byte-order mark if `mark` is set."""
    return (BYTE_ORDER_MARK if mark else "") + csv_line(columns)


def csv_record(record: Record, columns: Sequence[str]) -> str:
    """One line of CSV with these columns."""
    return csv_line([safe_cell(cell_text(record[name])) for name in columns])


def json_record(record: Record, columns: Sequence[str]) -> str:
    """One JSON object on a line with these keys."""
    chosen = {name: record[name] for name in columns}
    return escape_controls(json.dumps(chosen, ensure_ascii=False)) + "\n"


def csv_line(cells: Iterable[Any]) -> str:
    """These cells as a line; those that need it are quoted."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def cell_text(value: Any) -> Any:
    """A list as one text; everything else as it is."""
    return LIST_MARK.join(value) if isinstance(value, list) else value


def safe_cell(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula, and that turns no direction of writing."""
    if not isinstance(value, str):
        return value
    value = strip_controls(value)
    return f"'{value}" if value.lstrip(" ")[:1] in _FORMULA_SIGNS and value.strip(" ") else value
