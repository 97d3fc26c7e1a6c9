"""The right half of the dialog of shifts: what is unresolved and closing, or a closed shift."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.report import OpenItem
from xumm_desk.core.shift.wording import time_text
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.flow_layout import FlowLayout
from xumm_desk.ui.widgets.labelled_field import LabelledField, small_label
from xumm_desk.ui.widgets.labels import ParagraphLabel

from .unresolved_table import UnresolvedTable

_MAX_NAME = 60


class OpenShiftPane(QWidget):
    """What is unresolved in the open shift, who closes it, and the button that does.
    `close_asked` is emitted when that is pressed; `decide_asked` carries the selected item, whose
    decision is what `label_of` calls it."""

    close_asked = Signal()
    decide_asked = Signal(object)

    def __init__(
        self, operator: str, *, has_printer: bool, label_of: Callable[[OpenItem], str]
    ) -> None:
        super().__init__()
        self._ready, self._label_of = False, label_of
        self.title, self.about = ParagraphLabel(), ParagraphLabel()
        self.items = UnresolvedTable()
        self.decide = QPushButton()
        self.operator = QLineEdit(operator)
        self.print_it = CheckBox(_("Print it"))
        self.close_shift = QPushButton(_("Close shift…"))
        self.print_it.setChecked(has_printer)
        self.print_it.setVisible(has_printer)
        self._build()
        self.items.itemSelectionChanged.connect(self._update_buttons)
        self.operator.textChanged.connect(self._update_buttons)
        self.decide.clicked.connect(lambda: self.decide_asked.emit(self.items.selected()))
        self.close_shift.clicked.connect(self.close_asked)
        self.title.setText(_("Reading the journal…"))
        self._show_parts(0)
        self._update_buttons()

    def name(self) -> str:
        """Who closes the shift."""
        return self.operator.text().strip()

    def set_ready(self, ready: bool) -> None:
        """Whether the shift can be closed now."""
        self._ready = ready
        self._update_buttons()

    def show_count(self, count: int) -> None:
        """Say how many things are unresolved."""
        if count:
            self.title.setText(
                _("{n} thing is unresolved", plural="{n} things are unresolved", n=count)
            )
            self.about.setText(
                _(
                    "What you do not decide is carried over to the next shift. A note tells those"
                    " who come next what to do."
                )
            )
        else:
            self.title.setText(_("Nothing is unresolved"))
            self.about.setText(_("Everything in this shift has come to its end."))
        self._show_parts(count)

    def _build(self) -> None:
        column = _column(self, self.title, self.about)
        column.addWidget(self.items, 1)
        about = QHBoxLayout()
        about.addStretch()
        about.addWidget(self.decide)
        column.addLayout(about)
        column.addStretch()
        self.operator.setMaxLength(_MAX_NAME)
        column.addWidget(LabelledField("operator", _("Who closes the shift"), self.operator))
        buttons = QHBoxLayout()
        buttons.addWidget(self.print_it)
        buttons.addStretch()
        buttons.addWidget(self.close_shift)
        self.close_shift.setProperty("primary", True)
        self.close_shift.setMinimumWidth(160)
        column.addLayout(buttons)
        for button in (self.decide, self.close_shift):
            button.setAutoDefault(False)

    def _show_parts(self, count: int) -> None:
        self.items.setVisible(count > 0)
        self.decide.setVisible(count > 0)

    def _update_buttons(self) -> None:
        self.close_shift.setEnabled(self._ready and bool(self.name()))
        self.close_shift.setToolTip("" if self.name() else _("Type who closes the shift."))
        item = self.items.selected()
        self.decide.setEnabled(item is not None)
        self.decide.setText(_("Decide…") if item is None else self._label_of(item))


class ClosedShiftPane(QWidget):
    """A closed shift: when and by whom, and the buttons that bring it out of the program."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.about = ParagraphLabel(), ParagraphLabel()
        self.hash = small_label(QLabel())
        self.hash.setToolTip(
            _("Whoever has this number can prove that the shift was not changed since.")
        )
        self.print_again = QPushButton(_("Print"))
        self.save_pdf = QPushButton(_("Save as PDF…"))
        self.save_csv = QPushButton(_("Save as CSV…"))
        column = _column(self, self.title, self.about)
        self.hash.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = FlowLayout()
        for button in (self.print_again, self.save_pdf, self.save_csv):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self.print_again.setProperty("primary", True)
        column.addSpacing(Space.S)
        column.addLayout(buttons)
        column.addSpacing(Space.S)
        column.addWidget(self.hash)
        column.addStretch()

    def show_shift(self, shift: ShiftDocument) -> None:
        """Say which shift this is."""
        self.title.setText(_("Shift #{number}", number=shift.number))
        self.about.setText(
            _(
                "Closed on {time} by {name}. A closed shift never changes: what comes later for its"
                " sales is counted in a later shift.",
                time=tr(time_text(shift.closed_at.astimezone())),
                name=shift.operator,
            )
        )
        half = len(shift.hash) // 2
        self.hash.setText(f"SHA-256 {shift.hash[:half]}\n{shift.hash[half:]}")


def _column(page: QWidget, title: QLabel, about: QLabel) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(Space.M, 0, 0, 0)
    column.setSpacing(Space.S)
    title.setFont(theme.font(Size.LARGE, strong=True))
    for label in (title, about):
        column.addWidget(label)
    about.setProperty("muted", True)
    return column
