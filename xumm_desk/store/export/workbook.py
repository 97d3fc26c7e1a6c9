"""Write records as an XLSX workbook, row by row, with openpyxl.

A workbook holds numbers as binary fractions with 15 safe digits, so a longer number is written as
text: exact, and counted on the sheet "About". Texts are never formulas. Times are real dates in
UTC.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, TYPE_CHECKING, Any, Final

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.export.columns import BY_NAME, ColumnKind
from xumm_desk.core.export.job import NO_WORKBOOKS, ExportError
from xumm_desk.core.export.record import Record
from xumm_desk.core.export.text_formats import cell_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

SAFE_DIGITS: Final = 15
"""Decimal digits that every spreadsheet keeps."""

MAX_ROWS: Final = 1_048_576
"""Rows of one sheet, with its header."""

_MAX_TEXT: Final = 32_767
_NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS: Final = {ColumnKind.TIME: 19, ColumnKind.NUMBER: 16, ColumnKind.FLAG: 8}
_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
_ERRORS: Final = "#"


def is_available() -> bool:
    """Whether openpyxl is installed; it is not loaded for that."""
    return importlib.util.find_spec("openpyxl") is not None


class WorkbookWriter:
    """Writes records to sheets of a workbook; `end` writes the whole to `target`. Rows wait in a
    temporary file of this account, not in memory.

    Raises:
        ExportError: openpyxl is not installed.
    """

    def __init__(
        self, target: IO[bytes], columns: Sequence[str], *, max_rows: int = MAX_ROWS
    ) -> None:
        if not is_available():
            raise ExportError(NO_WORKBOOKS)
        import openpyxl  # noqa: PLC0415 - optional, and slow to load
        from openpyxl.cell import WriteOnlyCell as OneCell  # noqa: PLC0415 - see above
        from openpyxl.styles import Font  # noqa: PLC0415 - see above

        self._target, self._columns, self._max_rows = target, tuple(columns), max_rows
        self._kinds = [BY_NAME[name].kind for name in self._columns]
        self._make_cell = OneCell
        self._bold = Font(bold=True)
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet: WriteOnlyWorksheet | None = None
        self._sheets = self._rows = 0
        self.long_numbers = 0

    def begin(self) -> None:
        """Begin the first sheet."""
        self._begin_sheet()

    def add(self, record: Record) -> None:
        """Write one row, on a new sheet where this one is full."""
        if self._rows >= self._max_rows:
            self._begin_sheet()
        assert self._sheet is not None
        self._rows += 1
        self._sheet.append(
            [
                self._value(kind, record[name])
                for kind, name in zip(self._kinds, self._columns, strict=True)
            ]
        )

    def end(self) -> None:
        """Write the sheet "About" and the file."""
        about = self._book.create_sheet("About")
        about.column_dimensions["A"].width = 100
        for line in self._about():
            about.append([line])
        self._book.save(self._target)

    def discard(self) -> None:
        """Remove the temporary files of a workbook that is not finished."""
        for sheet in self._book.worksheets:
            with contextlib.suppress(Exception):
                sheet.close()
            with contextlib.suppress(Exception):
                getattr(sheet, "_writer").cleanup()  # noqa: B009 - `save` is the only public way to it

    def _about(self) -> list[str]:
        lines = ["Requests of Xumm Desk. All times are in UTC."]
        if self._sheets > 1:
            lines.append(f"They stand on {self._sheets} sheets, since one holds 1,048,576 rows.")
        if self.long_numbers:
            lines.append(
                f"{self.long_numbers} numbers have more than {SAFE_DIGITS} digits, which a workbook"
                " would round. They are written as text, exactly; a sum leaves them out."
            )
        return lines

    def _begin_sheet(self) -> None:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - optional

        self._sheets += 1
        title = "Requests" if self._sheets == 1 else f"Requests {self._sheets}"
        sheet = self._book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, kind in enumerate(self._kinds, 1):
            sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(kind, 22)
        head = []
        for name in self._columns:
            cell = self._make_cell(sheet, name)
            cell.font = self._bold
            head.append(cell)
        sheet.append(head)
        self._sheet, self._rows = sheet, 1

    def _value(self, kind: ColumnKind, value: Any) -> Any:
        """What openpyxl writes as it is, or a cell whose type is fixed."""
        if value is None or isinstance(value, bool):
            return value
        if kind is ColumnKind.NUMBER:
            return self._number(str(value))
        if kind is ColumnKind.TIME and (at := _utc(value)) is not None:
            cell = self._new_cell(at)
            cell.number_format = _TIME_FORMAT
            return cell
        return self._text(str(cell_text(value)))

    def _new_cell(self, value: str | datetime) -> Cell:
        assert self._sheet is not None
        return self._make_cell(self._sheet, value)

    def _number(self, text: str) -> Cell | str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return self._text(text)
        if not number.is_finite() or len(_digits(number)) > SAFE_DIGITS:
            self.long_numbers += 1
            return self._text(text)
        # As text of type number, since openpyxl would write it as a binary fraction.
        cell = self._new_cell(text)
        cell.data_type = "n"
        return cell

    def _text(self, text: str) -> Cell | str:
        text = _NOT_XML.sub("", strip_controls(text))[:_MAX_TEXT]
        if not text.startswith(("=", _ERRORS)):
            return text
        cell = self._new_cell(text)
        cell.data_type = "s"  # openpyxl takes it for a formula or an error
        return cell


def _digits(number: Decimal) -> str:
    """The significant digits, without zeros at either end."""
    return "".join(map(str, number.as_tuple().digits)).strip("0")


def _utc(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        return None
