"""Open the dialog of shifts, keep it up to date, print and save what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from xumm_desk.core.attention.entry import Action
from xumm_desk.core.attention.wording import ACTION_LABELS
from xumm_desk.core.attention.work_list import payment_key
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.report import OpenItem
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.engine.shifts import ShiftPlace
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.attention.attention_list import AttentionList
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.lock.desk_lock import DeskLock

from .shift_tools import ShiftPrinter, ShiftTools

if TYPE_CHECKING:
    from .shift_dialog import ShiftDialog

SHIFT_LOCKED = Message("The desk is locked. Shifts need the PIN.")


class ShiftCommand(QObject):
    """Opens one dialog for the desk that is shown; it stays open beside the window, so that what is
    unresolved can be decided there. `details_asked` carries the identifier of a request to look at,
    `payments_asked` that of a payment without one."""

    details_asked = Signal(str)
    payments_asked = Signal(str)

    def __init__(
        self,
        window: QWidget,
        lock: DeskLock,
        *,
        start: StartTask,
        preferences: Callable[[], SettingsStore],
        tools: ShiftTools | None,
    ) -> None:
        super().__init__(window)
        self._window, self._lock, self._start = window, lock, start
        self._preferences, self._tools = preferences, tools
        self._desk: Desk | None = None
        self._attention: AttentionList | None = None
        self._practice = False
        self._dialog: ShiftDialog | None = None
        self._printer: ShiftPrinter | None = None

    def use_desk(
        self, desk: Desk | None, attention: AttentionList | None = None, *, practice: bool = False
    ) -> None:
        """The desk whose shifts are shown, and the list in which its decisions are made; None when
        it ends."""
        if self._dialog is not None and shiboken6.isValid(self._dialog):
            self._dialog.close()
        if self._printer is not None:
            self._printer.close()
        self._dialog = self._printer = None
        self._desk, self._attention, self._practice = desk, attention, practice

    def ask(self) -> None:
        """Open the dialog; at a locked desk after the PIN, as for a refund."""
        if self._desk is not None:
            self._lock.require(SHIFT_LOCKED, self._open)

    def _open(self) -> None:
        desk = self._desk
        if desk is None:
            return
        if self._dialog is not None and shiboken6.isValid(self._dialog):
            self._dialog.show()
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        saved = self._preferences().value
        printer = self._ready_printer()
        from .shift_dialog import ShiftDialog  # noqa: PLC0415 - opened once a shift

        dialog = ShiftDialog(
            desk.shifts,
            start=self._start,
            place=ShiftPlace(saved.shop_name, saved.till, self._practice),
            operator=self._lock.who,
            now=desk.clock.now,
            label_of=self._label_of,
            has_printer=printer is not None and printer.has_printer,
            parent=self._window,
        )
        self._dialog = dialog
        leaves = (
            desk.on_rows(lambda _rows: dialog.changed()),
            desk.on_unmatched(lambda _payments: dialog.changed()),
        )

        def finished() -> None:
            for leave in leaves:
                leave()
            self._dialog = None

        dialog.finished.connect(finished)
        dialog.closed.connect(self._on_closed)
        dialog.print_asked.connect(self._print)
        dialog.pdf_asked.connect(self._ask_pdf)
        dialog.csv_asked.connect(self._ask_csv)
        dialog.decide_asked.connect(self._decide)
        dialog.details_asked.connect(self._look_at)
        dialog.show()

    def _label_of(self, item: OpenItem) -> str:
        """What the work list calls the decision; what only needs time can be looked at."""
        label = self._attention.label_of(_key_of(item)) if self._attention is not None else ""
        return label or tr(ACTION_LABELS[Action.DETAILS])

    def _decide(self, item: OpenItem) -> None:
        """As the work list does it."""
        if self._attention is None or not self._attention.act_on(_key_of(item)):
            self._look_at(item)

    def _look_at(self, item: OpenItem) -> None:
        key = item.item.key
        (self.payments_asked if item.item.is_payment else self.details_asked).emit(key)

    def _on_closed(self, shift: ShiftDocument, print_it: bool) -> None:
        detail = f"#{shift.number}, {shift.hash}"
        self._lock.record(AuditKind.SHIFT_CLOSED, shift.operator, detail)
        if print_it:
            self._print(shift)

    def _print(self, shift: ShiftDocument) -> None:
        printer = self._ready_printer()
        if printer is None:
            return
        if printer.has_printer:
            printer.print_shift(shift)
        else:
            self._ask_pdf(shift)

    def _ask_pdf(self, shift: ShiftDocument) -> None:
        printer = self._ready_printer()
        if printer is not None:
            name, kind = f"shift-{shift.number}.pdf", _("PDF document (*.pdf)")
            self._ask_file(name, kind, lambda path: printer.save_pdf(shift, path))

    def _ask_csv(self, shift: ShiftDocument) -> None:
        tools = self._tools
        if tools is None:
            return

        def save(path: Path) -> None:
            def done(problem: str) -> None:
                saved = _("Shift #{number} was saved as {path}.", number=shift.number, path=path)
                self._show(problem or saved, not problem)

            run_in_thread(lambda: tools.save_csv(shift, path), done)

        self._ask_file(f"shift-{shift.number}.csv", _("CSV table (*.csv)"), save)

    def _ask_file(self, name: str, kind: str, save: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self._dialog or self._window, _("Save shift"), "", kind)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(name.rpartition(".")[2])
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ready_printer(self) -> ShiftPrinter | None:
        if self._printer is None and self._tools is not None:
            self._printer = self._tools.make_printer()
            self._printer.finished.connect(self._show)
        return self._printer

    def _show(self, sentence: str, worked: bool) -> None:
        if self._dialog is not None and shiboken6.isValid(self._dialog):
            self._dialog.show_result(sentence, worked)


def _key_of(item: OpenItem) -> str:
    """Its key in the work list."""
    return payment_key(item.item.key) if item.item.is_payment else item.item.key
