"""The page about receipts: on what they are printed, when, and what stands on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import shiboken6
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine, line_field, text_field
from xumm_desk.ui.widgets.labels import text_label
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .context import PageContext, PrinterChoice
from .page import Choice, SettingsPage, button_row, first_problem, switch

NETWORK: Final = "tcp:"
_DEFAULT_PORT: Final = "9100"
_MAX_PORT: Final = 65535
_WHY_PRINTER: Final = Message(
    "A printer that is gone never holds up a sale. Every receipt can be printed again from its row,"
    " or saved as a PDF."
)
_LOOKING: Final = Message("Looking for printers…")
_FIXED: Final = (
    ("", Message("None: receipts are saved as files when asked for")),
    ("pdf", Message("PDF files in the data folder")),
    (NETWORK, Message("Receipt printer in the network (ESC/POS)")),
)


class ReceiptsPage(SettingsPage):
    """Printer, paper, lines. `shop` are the other settings as typed, for a test of the printer.
    With `printer_only` it has the first two, for the set-up."""

    title = Message("Receipts")

    def __init__(
        self,
        now: Settings,
        context: PageContext,
        shop: Callable[[], Settings],
        *,
        printer_only: bool = False,
    ) -> None:
        super().__init__()
        self._tools, self._shop, self._saved = context.tools, shop, now.receipt_printer
        self._doubled: set[str] = set()
        kind = NETWORK if now.receipt_printer.startswith(NETWORK) else now.receipt_printer
        choices: list[tuple[str, str]] = list(_FIXED)
        if kind not in dict(choices):
            choices.append((kind, kind.partition(":")[2] or kind))
        self.printer = LabelledField("receipt_printer", _("Printer"), Choice(choices))
        self.host = line_field(
            "host",
            _("Its address, and its port if it is not {port}", port=_DEFAULT_PORT),
            hint="192.168.1.50",
            fixed=True,
        )
        self.paper = SegmentedControl(
            _("Width of the paper"), [("58", _("58 mm")), ("80", _("80 mm")), ("A4", _("A4"))]
        )
        self.on_paid = switch(Message("Print a receipt of each paid sale"), now.receipt_on_paid)
        self.address = text_field(
            "receipt_address", _("Lines below the shop's name"), lines=3, optional=True
        )
        self.footer = line_field("receipt_footer", _("Last line"), optional=True)
        self.test_button = QPushButton(_("Print a test"))
        self.good = MessageLine(Tone.GOOD)
        self.bad = MessageLine(Tone.ATTENTION)
        self.printer.set_text(kind)
        if kind == NETWORK:
            self.host.set_text(now.receipt_printer.removeprefix(NETWORK))
        self.paper.set_value(now.receipt_width if now.receipt_width in ("58", "A4") else "80")
        self.address.set_text(now.receipt_address)
        self.footer.set_text(now.receipt_footer)
        self._build(printer_only)
        self._refresh()
        self.printer.hint.set_text(_LOOKING)
        run_in_thread(self._tools.printer_choices, self._show_printers)

    def values(self) -> dict[str, Any]:
        return {
            "receipt_printer": self._printer(),
            "receipt_width": self.paper.value(),
            "receipt_on_paid": self.on_paid.isChecked(),
            "receipt_address": self.address.text().strip(),
            "receipt_footer": self.footer.text().strip(),
        }

    def problem(self) -> tuple[str, QWidget | None]:
        chosen = self.printer.text()
        self.printer.set_problem(
            Message(
                "This computer has several printers of this name, and nobody could say which one"
                " prints. Give them different names in the system's settings."
            )
            if chosen in self._doubled
            else ""
        )
        self.host.set_problem(self._host_problem() if chosen == NETWORK else "")
        return first_problem((self.printer, self.host))

    # Building.

    def _build(self, printer_only: bool) -> None:
        self.heading(Message("Printer"), _WHY_PRINTER)
        self.column.addWidget(self.printer)
        self.column.addWidget(self.host)
        self.column.addWidget(text_label(_("Width of the paper")))
        self.column.addWidget(self.paper)
        self.column.addWidget(self.on_paid)
        self.column.addLayout(button_row(self.test_button))
        self.column.addWidget(self.good)
        self.column.addWidget(self.bad)
        if not printer_only:
            self.heading(Message("What stands on it"))
            self.column.addWidget(self.address)
            self.column.addWidget(self.footer)
        self.finish()
        self.test_button.clicked.connect(self._print_test)
        for field in (self.printer, self.host, self.address, self.footer):
            field.edited.connect(self._refresh)
        self.paper.chosen.connect(lambda _key: self._refresh())
        self.on_paid.toggled.connect(lambda _on: self.edited.emit())

    def _show_printers(self, found: Sequence[PrinterChoice]) -> None:
        if not shiboken6.isValid(self):
            return
        self.printer.hint.set_text("")
        box, chosen = self.printer.editor, self.printer.text()
        assert isinstance(box, QComboBox)
        counted = Counter(one.value for one in found)
        self._doubled = {value for value, count in counted.items() if count > 1}
        known = {value for value, __ in _FIXED}
        for one in found:
            place = box.findData(one.value)
            if place < 0:
                box.addItem(tr(one.label), one.value)
            else:
                box.setItemText(place, tr(one.label))
        if chosen and chosen not in known and chosen not in counted:
            place = box.findData(chosen)
            name = chosen.partition(":")[2] or chosen
            box.setItemText(place, _("{printer} (not found)", printer=name))

    # What is typed.

    def _printer(self) -> str:
        chosen = self.printer.text()
        if chosen != NETWORK:
            return chosen
        host = self.host.text().strip()
        return f"{NETWORK}{host}" if _has_port(host) else f"{NETWORK}{host}:{_DEFAULT_PORT}"

    def _host_problem(self) -> str:
        host = self.host.text().strip()
        name, __, port = host.rpartition(":") if _has_port(host) else (host, "", _DEFAULT_PORT)
        if not name or any(letter.isspace() for letter in host) or "/" in host:
            return Message(
                "Type the printer's name or address in the network, such as 192.168.1.50."
            )
        if not port.isascii() or not port.isdigit() or not 0 < int(port) <= _MAX_PORT:
            return Message("A port is a whole number from 1 to {most}.", most=_MAX_PORT)
        return ""

    def _refresh(self) -> None:
        chosen = self.printer.text()
        self.host.setVisible(chosen == NETWORK)
        self.on_paid.setEnabled(bool(chosen))
        self.test_button.setEnabled(bool(chosen))
        self._show_outcome("", worked=True)
        self.edited.emit()

    # The test.

    def _print_test(self) -> None:
        if self.problem()[0]:
            return
        self._show_outcome("", worked=True)
        self.test_button.setEnabled(False)
        self.test_button.setText(_("Printing…"))
        self._tools.print_test(replace(self._shop(), **self.values()), self._printed)

    def _printed(self, sentence: str, worked: bool) -> None:
        if shiboken6.isValid(self):
            self.test_button.setEnabled(True)
            self.test_button.setText(_("Print a test"))
            self._show_outcome(sentence, worked=worked)

    def _show_outcome(self, sentence: str, *, worked: bool) -> None:
        self.good.set_text(sentence if worked else "")
        self.bad.set_text("" if worked else sentence)


def _has_port(host: str) -> bool:
    """Whether a port follows; an IPv6 address has colons of its own, and is in brackets then."""
    return ":" in host.rpartition("]")[2] and not host.endswith("]")
