"""The list of payments that belong to no request, where a person assigns each. Must not know how
they were found or what assigning does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core import address, amount, wire, wording
from xumm_desk.core.bidi import isolated
from xumm_desk.core.pairing import can_claim
from xumm_desk.core.payments import closed_at
from xumm_desk.core.proof import Stray
from xumm_desk.core.verdict import FINAL
from xumm_desk.engine.book import Row

from . import theme
from .fields import Line
from .theme import Role, Size, Space, Theme, plain
from .tick import Tick
from .times import both, moment

_MOST: Final = 200
_FULL: Final = (940, 620)
_BARE: Final = (600, 180)
_ASSIGN: Final = (
    "Ask the customer, compare amount and time, then assign it. A payment of the right amount"
    " makes its request Paid; any other is marked for a check. Assigning cannot be taken back. What"
    " is for no sale can be put aside."
)
_EMPTY: Final = (
    "Every payment that the ledger told of has found its request. One that finds none is listed"
    " here, and a bar at the top of the window tells of it."
)
_NO_NODE: Final = (
    "No ledger node is set up, so nothing is looked for: a payment that the platform does not"
    " report stays unknown here."
)
_STRAYS: Final = ("Time", "Amount", "From", "Tag", "Why", "Transaction")
_ROWS: Final = ("Request", "Asked", "Tag", "Status", "Created")
_NUMBERS: Final = frozenset({"Amount", "Asked", "Tag"})


class UnmatchedDialog(QDialog):
    """The list of payments above, the requests that one may belong to below. What is assigned
    cannot be taken back, so the button names both; what is put aside can be brought back."""

    assign_asked = Signal(str, str)
    aside_asked = Signal(str, bool)

    def __init__(
        self, now: Callable[[], datetime], *, ledger: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._now, self._ledger = now, ledger
        self._strays: tuple[Stray, ...] = ()
        self._every: tuple[Stray, ...] = ()
        self._aside: Mapping[str, datetime] = {}
        self._rows: tuple[Row, ...] = ()
        self.setWindowTitle("Payments without a request")
        self._some = True
        self.resize(*_FULL)
        self.title, self.about = QLabel(), QLabel()
        self.strays = _table("Payments without a request", _STRAYS)
        self.requests = _table("Requests that it may belong to", _ROWS)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by reference or amount")
        self.search.setAccessibleName("Search requests")
        self.search.setClearButtonEnabled(True)
        self.assign_button = QPushButton("Assign to request…")
        self.copy_button = QPushButton("Copy transaction id")
        self.aside_button = QPushButton("Put aside")
        self.show_aside = Tick()
        self.close_button = QPushButton("Close")
        self.good, self.bad = Line(Role.PROGRESS), Line(Role.ATTENTION)
        self._build()
        self.strays.itemSelectionChanged.connect(self._stray_picked)
        self.requests.itemSelectionChanged.connect(self._refresh)
        self.search.textChanged.connect(self._list_requests)
        self.assign_button.clicked.connect(self._assign)
        self.copy_button.clicked.connect(self._copy)
        self.aside_button.clicked.connect(self._put_aside)
        self.show_aside.toggled.connect(self._list_strays)
        self.close_button.clicked.connect(self.reject)
        self._refresh()

    def show_strays(self, strays: Sequence[Stray], aside: Mapping[str, datetime]) -> None:
        """List these payments; of them, `aside` are put aside since those times (UTC). The one that
        was selected stays selected."""
        self._every, self._aside = tuple(strays), dict(aside)
        self._list_strays()

    def _list_strays(self) -> None:
        picked = self.stray()
        hidden = sum(stray.txid in self._aside for stray in self._every)
        self.show_aside.setText(f"Show what was put aside ({hidden})")
        self.show_aside.setVisible(hidden > 0)
        shown = [s for s in self._every if s.txid not in self._aside]
        if self.show_aside.isChecked():
            shown += [s for s in self._every if s.txid in self._aside]
        self._strays = tuple(shown)
        _fill(self.strays, [self._cells(stray) for stray in self._strays])
        for place, stray in enumerate(self._strays):
            if stray.txid in self._aside:
                _grey(self.strays, place)
        names = [stray.txid for stray in self._strays]
        place = names.index(picked.txid) if picked is not None and picked.txid in names else 0
        if names:
            self.strays.selectRow(place)
        self._explain()
        self._stray_picked()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Take over the requests that may be chosen."""
        self._rows = tuple(row for row in rows if can_claim(row.request))
        self._list_requests()

    def say(self, problem: str, done: str) -> None:
        """Say what became of an assignment: `problem`, or `done` when it is empty."""
        self.bad.set_text(problem)
        self.good.set_text("" if problem else done)

    def stray(self) -> Stray | None:
        """The payment that is selected."""
        place = _selected(self.strays)
        return self._strays[place] if place is not None and place < len(self._strays) else None

    def identifier(self) -> str:
        """The request that is selected, "" for none."""
        place = _selected(self.requests)
        item = self.requests.item(place, 0) if place is not None else None
        return item.text() if item is not None else ""

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        self.title.setFont(theme.font(Size.LARGE, strong=True))
        self.title.setWordWrap(True)
        column.addWidget(self.title)
        self.about.setWordWrap(True)
        self.about.setProperty("muted", True)
        column.addWidget(self.about)
        column.addWidget(self.strays, 2)
        about = QHBoxLayout()
        about.setSpacing(Space.S)
        about.addWidget(self.show_aside)
        about.addStretch()
        about.addWidget(self.copy_button)
        about.addWidget(self.aside_button)
        column.addLayout(about)
        column.addSpacing(Space.S)
        column.addWidget(self.search)
        column.addWidget(self.requests, 3)
        column.addWidget(self.good)
        column.addWidget(self.bad)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.assign_button)
        column.addStretch()
        column.addLayout(buttons)
        for button in (self.copy_button, self.aside_button, self.close_button, self.assign_button):
            button.setAutoDefault(False)
        self.assign_button.setProperty("primary", True)

    def _cells(self, stray: Stray) -> list[tuple[str, str]]:
        why, since = stray.why, self._aside.get(stray.txid)
        if since is not None:
            why = f"Put aside {moment(since, self._now())}. {why}"
        tx, came = stray.tx, closed_at(stray.tx) or stray.at
        payer, tag = wire.text(tx.tx, "Account") or "", wire.whole(tx.tx, "DestinationTag")
        return [
            (moment(came, self._now()), both(came, "Came")),
            (stray.amount or "unknown", ""),
            (address.short(payer), payer),
            ("none" if tag is None else str(tag), ""),
            (why, why),
            (f"{stray.txid[:8]}…{stray.txid[-4:]}", stray.txid),
        ]

    def _explain(self) -> None:
        """What this list is, or why it is empty."""
        some = len(self._every) > 0
        if not some:
            self.title.setText("No payment waits for a request")
            self.about.setText(_EMPTY if self._ledger else _NO_NODE)
        elif all(stray.txid in self._aside for stray in self._every):
            self.title.setText("No payment waits for a request")
            self.about.setText("All that belonged to none was put aside.")
        else:
            self.title.setText("This money came, but nothing says for sure which sale it is for")
            self.about.setText(_ASSIGN)
        for part in (self.strays, self.search, self.requests, self.copy_button):
            part.setVisible(some)
        self.aside_button.setVisible(some)
        self.assign_button.setVisible(some)
        if some is not self._some:
            self._some = some
            self.resize(*(_FULL if some else _BARE))

    def _stray_picked(self) -> None:
        self._list_requests()
        self._refresh()

    def _list_requests(self) -> None:
        """Those that ask for this amount first, then open ones, newest first."""
        stray, picked = self.stray(), self.identifier()
        typed = self.search.text().strip().lower()
        fits = [row for row in self._rows if typed in _sought(row)]

        def rank(row: Row) -> tuple[bool, bool, float]:
            same = stray is not None and amount.same(row.request.order.amount, stray.tx.delivered)
            ended = row.verdict.status in FINAL
            return not same, ended, -row.request.created_at.timestamp()

        shown = sorted(fits, key=rank)[:_MOST]
        _fill(self.requests, [self._row_cells(row) for row in shown])
        names = [row.identifier for row in shown]
        if picked in names:
            self.requests.selectRow(names.index(picked))
        self._refresh()

    def _row_cells(self, row: Row) -> list[tuple[str, str]]:
        order = row.request.order
        created = row.request.created_at
        return [
            (isolated(row.identifier), row.identifier),
            (amount.display(order.amount) or "any amount", ""),
            ("none" if order.tag is None else str(order.tag), ""),
            (
                wording.row_word(row.request, row.verdict),
                wording.meaning(row.request, row.verdict),
            ),
            (moment(created, self._now()), both(created, "Created")),
        ]

    def _refresh(self) -> None:
        stray, identifier = self.stray(), self.identifier()
        self.copy_button.setEnabled(stray is not None)
        aside = stray is not None and stray.txid in self._aside
        self.aside_button.setEnabled(stray is not None)
        self.aside_button.setText("Bring back" if aside else "Put aside")
        self.aside_button.setToolTip(
            "Count it among the payments that wait for a person again."
            if aside
            else "It is for no sale, for instance dust or a refund. It stays on record, and can"
            " be brought back."
        )
        self.assign_button.setEnabled(stray is not None and bool(identifier))
        words = "Assign to request…"
        if stray is not None and identifier:
            short = identifier if len(identifier) <= 28 else f"{identifier[:12]}…{identifier[-12:]}"
            words = f"Assign {stray.amount} to {short}".replace("&", "&&")
        self.assign_button.setText(words)

    def _assign(self) -> None:
        stray, identifier = self.stray(), self.identifier()
        if stray is not None and identifier:
            self.say("", "")
            self.good.set_text("")
            self.assign_asked.emit(stray.txid, identifier)

    def _put_aside(self) -> None:
        stray = self.stray()
        if stray is not None:
            self.say("", "")
            self.aside_asked.emit(stray.txid, stray.txid not in self._aside)

    def _copy(self) -> None:
        stray = self.stray()
        if stray is not None:
            QGuiApplication.clipboard().setText(stray.txid)
            self.say("", "The transaction id is copied.")


def _sought(row: Row) -> str:
    order = row.request.order
    return f"{row.identifier} {amount.display(order.amount)} {order.instruction}".lower()


def _table(name: str, titles: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(titles))
    table.setAccessibleName(name)
    table.setHorizontalHeaderLabels(list(titles))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    # As far from the edge as the titles are.
    table.setStyleSheet("QTableView::item { padding: 0px 5px; }")
    table.verticalHeader().hide()
    head = table.horizontalHeader()
    head.setHighlightSections(False)
    for column, title in enumerate(titles):
        wide = title in ("Why", "Request")
        mode = QHeaderView.ResizeMode.Stretch if wide else QHeaderView.ResizeMode.ResizeToContents
        head.setSectionResizeMode(column, mode)
        item = table.horizontalHeaderItem(column)
        if item is not None:
            item.setTextAlignment(_side(title))
    return table


def _side(title: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if title in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _fill(table: QTableWidget, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Show these lines, each cell with its text and its tooltip."""
    table.blockSignals(True)
    table.setRowCount(len(lines))
    for place, cells in enumerate(lines):
        for column, (text, tip) in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(plain(tip))
            title = table.horizontalHeaderItem(column)
            item.setTextAlignment(_side(title.text() if title is not None else ""))
            if title is not None and title.text() in _NUMBERS:
                item.setFont(theme.font(tabular=True))
            table.setItem(place, column, item)
    table.clearSelection()
    table.setCurrentCell(-1, -1)
    table.blockSignals(False)


def _grey(table: QTableWidget, place: int) -> None:
    """What is settled steps back."""
    ink = QBrush(QColor(Theme.current().colours.muted))
    for column in range(table.columnCount()):
        item = table.item(place, column)
        if item is not None:
            item.setForeground(ink)


def _selected(table: QTableWidget) -> int | None:
    found = table.selectionModel().selectedRows()
    return found[0].row() if found else None
