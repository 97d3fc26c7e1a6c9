"""A dialog that picks a returning customer, and forgets one; searched and used by keyboard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.customers.customer import matches
from xumm_desk.core.message import Message, Sentences
from xumm_desk.engine.returning_customers import KnownCustomer, ReturningCustomers
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.containers import EmptyView
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine

_ROW_HEIGHT: Final = 48
_MOST_SENTENCES: Final = 3
_TO_THE_LIST: Final = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
)
_NOBODY: Final = Message(
    "After a paid sale, press “Remember…” on its card, if the customer agrees."
)


class CustomersDialog(FittedDialog):
    """Lists who may be sent a request. `chosen` carries a nickname."""

    chosen = Signal(str)
    _read = Signal(str)
    _forgotten = Signal(str)

    def __init__(
        self,
        customers: ReturningCustomers,
        clock: Clock,
        *,
        start: StartTask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Send to a returning customer"))
        self._customers, self._clock, self._start = customers, clock, start
        self._shown: list[KnownCustomer] = []
        self._loaded = False
        self.search = QLineEdit()
        self.list = QTableWidget(0, 2)
        self.empty = EmptyView()
        self.stack = QStackedWidget()
        self.ended, self.trouble = MessageLine(Tone.ATTENTION), MessageLine(Tone.ATTENTION)
        self.state = MessageLine()
        self.send = QPushButton(_("Send"))
        self.forget = QPushButton(_("Forget…"))
        self.leave = QPushButton(_("Cancel"))
        self._build()
        self._wire()
        self._leave_customers = customers.on_change(self._refresh)
        self.finished.connect(lambda _result: self._leave_customers())
        self._load()

    def selected(self) -> KnownCustomer | None:
        """The line that is selected."""
        row = self.list.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field the keys for lines move in the list."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _TO_THE_LIST
        ):
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del forgets the customer who is selected in the list."""
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self._ask_forget()
        else:
            super().keyPressEvent(event)

    # Building.

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        self.search.setPlaceholderText(_("Search a name"))
        self.search.setAccessibleName(_("Search a name"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumHeight(_ROW_HEIGHT)
        column.addWidget(self.search)
        table = self.list
        table.setObjectName("customers")
        table.setAccessibleName(_("Returning customers"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.horizontalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.stack.addWidget(table)
        self.stack.addWidget(self.empty)
        column.addWidget(self.stack, 1)
        for line in (self.ended, self.trouble, self.state):
            column.addWidget(line)
        buttons = QHBoxLayout()
        buttons.setSpacing(int(Space.S))
        buttons.addWidget(self.forget)
        buttons.addStretch()
        buttons.addWidget(self.leave)
        buttons.addWidget(self.send)
        for button in (self.forget, self.leave, self.send):
            button.setProperty("touch", "48")
            button.setAutoDefault(False)
        self.send.setProperty("primary", True)
        self.send.setDefault(True)
        self.send.setMinimumWidth(160)
        column.addLayout(buttons)
        self.resize(520, 560)

    def _wire(self) -> None:
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._refresh)
        self.list.itemSelectionChanged.connect(self._update_buttons)
        self.list.itemDoubleClicked.connect(lambda _item: self._send())
        self.send.clicked.connect(self._send)
        self.forget.clicked.connect(self._ask_forget)
        self.leave.clicked.connect(self.reject)
        self.empty.pressed.connect(self._load)
        self._read.connect(self._after_reading)
        self._forgotten.connect(self.trouble.set_text)
        self.search.setFocus()

    # Reading.

    def _load(self) -> None:
        self._show_empty(_("Waiting for the system's keyring…"))
        self._update_buttons()

        async def read() -> None:
            self._say(self._read, await self._customers.open())

        self._start(read(), "customers")

    def _after_reading(self, refused: str) -> None:
        self._loaded = not refused
        if refused:
            self._show_empty(_("The customers cannot be read"), refused, _("Try again"))
        self._refresh()

    def _refresh(self) -> None:
        if not self._loaded:
            return
        before = self.selected()
        known = self._customers.known()
        current = [one for one in known if not one.ended]
        self._shown = [one for one in current if matches(one.nickname, self.search.text())]
        self._fill()
        names = [one.nickname for one in self._shown]
        if names:
            kept = before is not None and before.nickname in names
            self.list.selectRow(names.index(before.nickname) if kept and before else 0)
            self.stack.setCurrentWidget(self.list)
        elif current:
            self._show_empty(_("No name like that"))
        else:
            self._show_empty(_("Nobody is remembered"), _NOBODY)
        self.search.setEnabled(bool(current))
        self.ended.set_text(_ended_words([one for one in known if one.ended]))
        self.state.set_text(self._state_words())
        self._update_buttons()

    def _fill(self) -> None:
        now = self._clock.now()
        self.list.setRowCount(len(self._shown))
        for row, one in enumerate(self._shown):
            name, left = (
                QTableWidgetItem(as_written(one.nickname)),
                QTableWidgetItem(_days_left(one, now)),
            )
            name.setFont(theme.font(Size.LARGE))
            left.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            left.setToolTip(
                _("Each payment from this phone begins 30 new days; then it is forgotten.")
            )
            self.list.setItem(row, 0, name)
            self.list.setItem(row, 1, left)

    def _state_words(self) -> str:
        if self._customers.checking:
            return _("Asking the platform whether these phones still take requests…")
        if self._customers.trouble:
            return tr(
                Message(
                    "The list could not be checked today: {reason}", reason=self._customers.trouble
                )
            )
        return ""

    def _show_empty(self, title: str, words: str = "", button: str = "") -> None:
        self.empty.show_message(title, words, button)
        self.stack.setCurrentWidget(self.empty)

    def _update_buttons(self) -> None:
        one = self.selected() if self._loaded else None
        self.send.setEnabled(one is not None)
        self.forget.setEnabled(one is not None)
        self.send.setText(
            _("Send to {name}", name=isolate(one.nickname)) if one is not None else _("Send")
        )

    # Acting.

    def _send(self) -> None:
        one = self.selected()
        if one is not None and self._loaded:
            self.chosen.emit(one.nickname)
            self.accept()

    def _ask_forget(self) -> None:
        one = self.selected()
        if one is None:
            return
        ask(
            self,
            _("Forget this customer?"),
            _("{name} and the permission are deleted for good.", name=isolate(one.nickname)),
            _("The customer can be remembered again after another paid sale."),
            Choice(_("Keep"), role=Role.RejectRole, default=True, escape=True),
            Choice(_("Forget"), lambda: self._forget(one.nickname), Role.DestructiveRole),
        )

    def _forget(self, nickname: str) -> None:
        async def forget() -> None:
            self._say(self._forgotten, await self._customers.forget(nickname))

        self._start(forget(), "forget customer")

    def _say(self, signal: object, words: str) -> None:
        """Change the dialog from a coroutine, unless it is closed by now."""
        if shiboken6.isValid(self):
            signal.emit(words)  # type: ignore[attr-defined]


def _days_left(customer: KnownCustomer, now: datetime) -> str:
    days = max(1, math.ceil((customer.expires - now).total_seconds() / 86_400))
    return _("{days} day left", plural="{days} days left", n=days, days=days)


def _ended_words(ended: Sequence[KnownCustomer]) -> str:
    sentences: list[str] = [one.ended for one in ended[:_MOST_SENTENCES]]
    more = len(ended) - len(sentences)
    if more > 0:
        sentences.append(
            _(
                "{count} more is no longer remembered.",
                plural="{count} more are no longer remembered.",
                n=more,
                count=more,
            )
        )
    return tr(Sentences(sentences))
