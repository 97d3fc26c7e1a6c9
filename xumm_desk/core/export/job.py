"""An export as a window or a command asks for it, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Final, Protocol

from xumm_desk.core.message import Message

from .columns import NAMES
from .selection import Selection


class ExportFormat(StrEnum):
    """The kinds of file. Values are those of the command line."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to write where. `mark` puts a byte-order mark before CSV."""

    path: PurePath
    format: ExportFormat = ExportFormat.CSV
    columns: tuple[str, ...] = NAMES
    mark: bool = False
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far it has come: requests looked at, of how many, and how many of them are written."""

    done: int
    total: int
    written: int


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The file is whole. `long_numbers` counts the numbers that a workbook cannot hold exactly and
    that are text in it."""

    path: PurePath
    written: int
    long_numbers: int = 0


class ExportError(Exception):
    """Nothing was written, and a file that was there is unchanged; the text is a sentence."""


class ExportCancelledError(Exception):
    """A person stopped it: nothing was written, and a file that was there is unchanged."""


class ExportRunner(Protocol):
    """Whoever can write an export; it runs in the calling thread until it is done."""

    def run(
        self,
        job: ExportJob,
        on_progress: Callable[[ExportProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> ExportResult:
        """Write the file of `job`. Raises `ExportError` and `ExportCancelledError`."""
        ...

    def save_text(self, path: PurePath, text: str) -> None:
        """Write a text file of this account alone, whole or not at all. Raises `ExportError`."""
        ...


NO_WORKBOOKS: Final = Message(
    "Workbooks (XLSX) need the package openpyxl, which is not installed. Install Xumm Desk with its"
    " part “xlsx”, or choose CSV."
)


def file_name(shop: str, first: date | None, last: date | None, kind: ExportFormat) -> str:
    """A name for the file: the shop, and the first and the last day in it (None where it is
    open)."""
    shop = re.sub(r"[^\w-]+", "-", shop.strip().lower()).strip("-_")[:40] or "requests"
    days = [f"{day:%Y-%m-%d}" for day in (first, last) if day is not None]
    if first is None and last is not None:
        days = ["until", *days]
    if first is not None and last is None:
        days = ["since", *days]
    if first == last and first is not None:
        days = days[:1]
    return "-".join([shop, *days]) + f".{kind.value}"
