"""The dialogs that ask what to archive and what to erase."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.keeping.letting_go import ArchiveReport, ErasureChoices
from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, line_field
from xumm_desk.ui.widgets.labels import text_label
from xumm_desk.ui.widgets.number_box import NumberBox

_ABOUT_ARCHIVE: Final = Message(
    "Finished requests that are older go into a file in the data folder, with everything that is"
    " known of them, and are deleted here. They can no longer be found, refunded or exported in"
    " this program. Daily copies hold them until they expire."
)
_ABOUT_ERASURE: Final = Message(
    "Replaces the customer's account and what was written about him, in one request or in all"
    " requests of an account. Amounts, times and outcomes stay."
)
_ABOUT_TXID: Final = Message(
    "The transaction leads to the payer on the public ledger, where nobody can erase it. Without it"
    " this program can no longer tell if the same payment is reported for another sale."
)
_COUNTING: Final = Message("Counting…")
_FIRST_MONTHS: Final = 24
_MOST_MONTHS: Final = 240


class ArchiveDialog(FittedDialog):
    """`asked` carries months whose number of requests is wanted, `chosen` those to archive."""

    asked = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Archive old requests"))
        self.setMinimumWidth(560)
        self.months = NumberBox(1, _MOST_MONTHS, _FIRST_MONTHS)
        self.planned = text_label(_COUNTING, strong=True)
        self.action_button = QPushButton(_("Archive…"))
        self.cancel_button = QPushButton(_("Cancel"))
        label = QLabel(_("Least age in &months"))
        label.setBuddy(self.months)
        self.months.setAccessibleName(label.text().replace("&", ""))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(label)
        row.addWidget(self.months)
        row.addStretch()
        column = _column(self, _("Archive old requests"), _ABOUT_ARCHIVE)
        column.addLayout(row)
        column.addWidget(self.planned)
        _foot(column, self.cancel_button, self.action_button)
        self.action_button.setEnabled(False)
        self.months.value_changed.connect(self._ask)
        self.action_button.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.reject)

    def show_plan(self, months: int, plan: ArchiveReport | str) -> None:
        """What would be archived; ignored where other months are typed by now."""
        if months != self.months.value():
            return
        if isinstance(plan, str):
            self.planned.setText(tr(plan))
            return
        said: list[str] = []
        if plan.requests:
            said.append(
                Message(
                    "To archive: {requests}, {facts}.",
                    requests=Message(
                        "{number} request",
                        plural="{number} requests",
                        n=plan.requests,
                        number=formats.whole_number(plan.requests),
                    ),
                    facts=Message(
                        "{count} fact",
                        plural="{count} facts",
                        n=plan.facts,
                        count=formats.whole_number(plan.facts),
                    ),
                )
            )
        else:
            said.append(Message("There is nothing to archive."))
        if plan.kept_back:
            said.append(
                Message(
                    "{n} older request stays, since something about it is still open.",
                    plural="{n} older requests stay, since something about them is still open.",
                    n=plan.kept_back,
                )
            )
        self.planned.setText(tr(Sentences(said)))
        self.action_button.setEnabled(plan.requests > 0)

    def _ask(self, months: int) -> None:
        self.planned.setText(tr(_COUNTING))
        self.action_button.setEnabled(False)
        self.asked.emit(months)

    def _choose(self) -> None:
        months = self.months.value()
        self.accept()
        self.chosen.emit(months)


class EraseDialog(FittedDialog):
    """`chosen` carries an identifier or an account, and `ErasureChoices`."""

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Erase a customer's data"))
        self.setMinimumWidth(560)
        self.what: LabelledField = line_field(
            "what", _("Identifier of a request, or the customer's account"), hint="r…"
        )
        self.payer = _box(_("His account, and what his wallet said of itself"), True)
        self.note = _box(_("Notes and references"), True)
        self.txid = _box(_("The transaction"), False)
        self.copies = _box(_("Remove the daily copies, which hold it too"), False)
        self.action_button = QPushButton(_("Erase…"))
        self.cancel_button = QPushButton(_("Cancel"))
        column = _column(self, _("Erase a customer's data"), _ABOUT_ERASURE)
        column.addWidget(self.what)
        for box in (self.payer, self.note, self.txid):
            column.addWidget(box)
            box.toggled.connect(self._refresh)
        column.addWidget(text_label(_ABOUT_TXID, muted=True))
        column.addWidget(self.copies)
        _foot(column, self.cancel_button, self.action_button)
        self.what.edited.connect(self._refresh)
        self.action_button.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.reject)
        self._refresh()

    def choices(self) -> ErasureChoices:
        """What is ticked."""
        return ErasureChoices(
            payer=self.payer.isChecked(),
            note=self.note.isChecked(),
            txid=self.txid.isChecked(),
            copies=self.copies.isChecked(),
        )

    def _refresh(self) -> None:
        some = any(box.isChecked() for box in (self.payer, self.note, self.txid))
        self.action_button.setEnabled(bool(self.what.text().strip()) and some)

    def _choose(self) -> None:
        what, choices = self.what.text().strip(), self.choices()
        self.accept()
        self.chosen.emit(what, choices)


def _column(dialog: QDialog, title: str, about: str) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
    column.setSpacing(Space.M)
    column.addWidget(text_label(title, size=Size.LARGE, strong=True))
    column.addWidget(text_label(about, muted=True))
    return column


def _foot(column: QVBoxLayout, *buttons: QPushButton) -> None:
    column.addStretch()
    row = QHBoxLayout()
    row.addStretch()
    for button in buttons:
        button.setAutoDefault(False)
        row.addWidget(button)
    column.addLayout(row)


def _box(words: str, on: bool) -> CheckBox:
    box = CheckBox(words, wraps=True)
    box.setChecked(on)
    return box
