"""Write records one by one: CSV and JSON lines to a text stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xumm_desk.core.export import text_formats
from xumm_desk.core.export.record import Record


class TextTarget(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Write `text`."""
        ...


class RecordWriter(Protocol):
    """Takes the records of an export in order."""

    long_numbers: int
    """How many numbers could not be written as numbers."""

    def begin(self) -> None:
        """Write what stands before the first record."""
        ...

    def add(self, record: Record) -> None:
        """Write one record."""
        ...

    def end(self) -> None:
        """Write what stands after the last one."""
        ...


class CsvWriter:
    """CSV with a header; see `text_formats`."""

    long_numbers = 0

    def __init__(self, target: TextTarget, columns: Sequence[str], *, mark: bool = False) -> None:
        self._target, self._columns, self._mark = target, tuple(columns), mark

    def begin(self) -> None:
        """Write the header."""
        self._target.write(text_formats.csv_header(self._columns, mark=self._mark))

    def add(self, record: Record) -> None:
        """Write one line."""
        self._target.write(text_formats.csv_record(record, self._columns))

    def end(self) -> None:
        """Nothing stands after the last line."""


class JsonLinesWriter:
    """One JSON object a line."""

    long_numbers = 0

    def __init__(self, target: TextTarget, columns: Sequence[str]) -> None:
        self._target, self._columns = target, tuple(columns)

    def begin(self) -> None:
        """Nothing stands before the first line."""

    def add(self, record: Record) -> None:
        """Write one object."""
        self._target.write(text_formats.json_record(record, self._columns))

    def end(self) -> None:
        """Nothing stands after the last line."""
