"""What the dialog of shifts asks of the program around it: a printer, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from xumm_desk.core.shift.document import ShiftDocument


class ShiftPrinter(Protocol):
    """What prints (`printing/shift_printer.py`); `finished` carries a sentence and whether it
    worked."""

    finished: Any

    @property
    def has_printer(self) -> bool:
        """Whether the shop has chosen a printer."""
        ...

    def print_shift(self, shift: ShiftDocument) -> None:
        """Print a closed shift in the background."""
        ...

    def save_pdf(self, shift: ShiftDocument, path: Path) -> None:
        """Write a closed shift into a PDF file in the background."""
        ...

    def close(self) -> None:
        """Print nothing more."""
        ...


@dataclass(frozen=True, slots=True)
class ShiftTools:
    """`save_csv` writes a file and returns a sentence that says why it could not, else ""; it is
    for a worker thread."""

    make_printer: Callable[[], ShiftPrinter]
    save_csv: Callable[[ShiftDocument, Path], str]
