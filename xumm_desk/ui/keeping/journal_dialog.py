"""The dialog about the journal: its copies, restoring one, and the way to archive and erase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.keeping.reports import JournalCopy
from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.choice_table import fill_table, make_table, selected_row
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import text_label
from xumm_desk.ui.widgets.number_box import NumberBox

_ABOUT: Final = Message(
    "A copy of the journal is made once a day and checked. It lies beside the journal, so it helps"
    " against a damaged file, not against a lost disk: copy the folder “copies” elsewhere too."
)
_NONE: Final = Message("There is no copy yet.")
_REQUESTS: Final = Message("Requests")
_SIZE: Final = Message("Size")
_STATE: Final = Message("State")
_COLUMNS: Final = (Message("Day"), _REQUESTS, Message("Newest entry"), _SIZE, _STATE)
_MOST_DAYS: Final = 3650


class JournalDialog(FittedDialog):
    """Lists the copies. `restore_asked` carries one of them."""

    restore_asked = Signal(object)
    copy_asked = Signal()
    archive_asked = Signal()
    erase_asked = Signal()

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Journal"))
        self.resize(720, 460)
        self._settings = settings
        self._copies: tuple[JournalCopy, ...] = ()
        self.table = make_table(
            _("Copies of the journal"), _COLUMNS, numbers=(_REQUESTS, _SIZE), wide=(_STATE,)
        )
        self.none = text_label(_NONE, muted=True)
        self.days = NumberBox(0, _MOST_DAYS, settings.value.copy_days)
        self.copy_button = QPushButton(_("Copy now"))
        self.restore_button = QPushButton(_("Restore…"))
        self.archive_button = QPushButton(_("Archive old requests…"))
        self.erase_button = QPushButton(_("Erase a customer's data…"))
        self.close_button = QPushButton(_("Close"))
        self.problem = MessageLine(Tone.ATTENTION)
        self._build()
        self.table.itemSelectionChanged.connect(self._refresh)
        self.table.itemDoubleClicked.connect(lambda _item: self._restore())
        self.restore_button.clicked.connect(self._restore)
        self.copy_button.clicked.connect(self._copy)
        self.archive_button.clicked.connect(self.archive_asked)
        self.erase_button.clicked.connect(self.erase_asked)
        self.close_button.clicked.connect(self.reject)
        self.days.value_changed.connect(lambda days: self._settings.change(copy_days=days))
        self._refresh()

    def show_copies(self, copies: Sequence[JournalCopy]) -> None:
        """List these copies; the selected day stays selected."""
        chosen = self.selected()
        self._copies = tuple(copies)
        fill_table(self.table, [[(text, "") for text in _cells(one)] for one in copies])
        self.table.setVisible(bool(copies))
        self.none.setVisible(not copies)
        days = [one.day for one in copies]
        if chosen is not None and chosen.day in days:
            self.table.selectRow(days.index(chosen.day))
        self.copy_button.setEnabled(True)
        self._refresh()

    def show_problem(self, sentence: str) -> None:
        """Say why a copy was not made; "" for no problem."""
        self.problem.set_text(sentence)

    def selected(self) -> JournalCopy | None:
        """The copy that is selected."""
        place = selected_row(self.table)
        return self._copies[place] if place is not None and place < len(self._copies) else None

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(text_label(_("Copies of the journal"), size=Size.LARGE, strong=True))
        column.addWidget(text_label(_ABOUT, muted=True))
        column.addLayout(self._days_row())
        column.addWidget(self.table, 1)
        column.addWidget(self.none)
        column.addWidget(self.problem)
        column.addStretch()
        under = QHBoxLayout()
        under.addWidget(self.copy_button)
        under.addWidget(self.restore_button)
        under.addStretch()
        column.addLayout(under)
        column.addSpacing(Space.M)
        foot = QHBoxLayout()
        foot.addWidget(self.archive_button)
        foot.addWidget(self.erase_button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        for button in (
            self.copy_button,
            self.restore_button,
            self.archive_button,
            self.erase_button,
            self.close_button,
        ):
            button.setAutoDefault(False)
        column.addLayout(foot)

    def _days_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        label = QLabel(_("&Days to keep each copy (0 for no copies)"))
        label.setBuddy(self.days)
        self.days.setAccessibleName(label.text().replace("&", ""))
        row.addWidget(label)
        row.addWidget(self.days)
        row.addStretch()
        return row

    def _refresh(self) -> None:
        chosen = self.selected()
        self.restore_button.setEnabled(chosen is not None and not chosen.problem)

    def _restore(self) -> None:
        chosen = self.selected()
        if chosen is not None and not chosen.problem:
            self.restore_asked.emit(chosen)

    def _copy(self) -> None:
        self.copy_button.setEnabled(False)
        self.show_problem("")
        self.copy_asked.emit()


def _cells(one: JournalCopy) -> tuple[str, ...]:
    newest = formats.date_and_time(one.newest.astimezone()) if one.newest is not None else ""
    return (
        formats.numeric_date(one.day),
        formats.whole_number(one.requests),
        newest,
        _("{size} MB", size=formats.whole_number(-(-one.size // 1_000_000))),
        tr(one.problem) or _("checked when it was made"),
    )
