"""Bring printing to the window, which may not import it: receipts, printers, test print, logo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from xumm_desk.core.message import error_text
from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.ui.settings.context import ShopTools
from xumm_desk.ui.shift.shift_tools import ShiftTools

if TYPE_CHECKING:
    from xumm_desk.printing.print_result import PrinterChoice
    from xumm_desk.printing.receipt_printer import ReceiptPrinter
    from xumm_desk.printing.shift_printer import ShiftPrinter


@dataclass(frozen=True, slots=True)
class PrintingPlace:
    """What the desk that is open prints with: its settings, its data folder, and what stands on a
    receipt where the money is not real. A test print ends with `window`."""

    settings: SettingsStore
    folder: Path
    network: str
    practice: bool
    window: QObject


class WindowPrinting:
    """Prints at `place()`, which may change with each call. It loads `printing` when it is first
    asked to: the window is painted without it."""

    def __init__(self, place: Callable[[], PrintingPlace]) -> None:
        self._place = place

    def tools(self) -> ShopTools:
        """What the settings use of it."""
        return ShopTools(
            printer_choices=_printer_choices,
            store_logo=self._store_logo,
            logo_path=self._logo_path,
            print_test=self._print_test,
            shifts=ShiftTools(self._make_shift_printer, _save_csv),
        )

    def make_printer(self) -> ReceiptPrinter:
        """A printer for the receipts of this desk."""
        from xumm_desk.printing import receipt_printer  # noqa: PLC0415 - with the first receipt

        place = self._place()
        return receipt_printer.ReceiptPrinter(
            place.settings, place.folder, network=place.network, practice=place.practice
        )

    def _make_shift_printer(self) -> ShiftPrinter:
        from xumm_desk.printing import shift_printer  # noqa: PLC0415 - with the first shift

        place = self._place()
        return shift_printer.ShiftPrinter(place.settings, place.folder)

    def _store_logo(self, source: Path) -> tuple[str, str]:
        """On a worker thread."""
        from xumm_desk.printing import logo  # noqa: PLC0415 - with the first logo

        try:
            return logo.store_logo(source, self._place().folder), ""
        except logo.LogoError as error:
            return "", error_text(error)

    def _logo_path(self, name: str) -> str:
        """The file of the setting `shop_logo`, which names none outside the data folder."""
        plain = name and Path(name).name == name
        return str(self._place().folder / name) if plain else ""

    def _print_test(self, settings: Settings, done: Callable[[str, bool], None]) -> None:
        from xumm_desk.printing import receipt_printer  # noqa: PLC0415 - seldom asked for

        place = self._place()
        printer = receipt_printer.ReceiptPrinter(
            receipt_printer.FixedSettings(settings),
            place.folder,
            network=place.network,
            practice=place.practice,
            parent=place.window,
        )

        def finish(sentence: str, worked: bool) -> None:
            done(sentence, worked)
            printer.close()
            printer.deleteLater()

        printer.finished.connect(finish)
        printer.print_test()


def _save_csv(shift: ShiftDocument, path: Path) -> str:
    """On a worker thread: a disk may be slow."""
    from xumm_desk.cli.streams import OutputError, named_file  # noqa: PLC0415 - seldom asked for
    from xumm_desk.core.shift import table  # noqa: PLC0415

    try:
        with named_file(str(path)) as out:
            for line in table.as_csv([shift], mark=True):
                out.write(line)
    except OutputError as error:
        return error_text(error)
    return ""


def _printer_choices() -> Sequence[PrinterChoice]:
    """On a worker thread: a printing service may take its time."""
    from xumm_desk.printing import receipt_printer  # noqa: PLC0415 - seldom asked for

    return receipt_printer.printer_choices()
