"""The list of payments that belong to no request, where a person assigns each. Must not know how
they were found or what assigning does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
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
from xumm_desk.core.pairing import can_claim
from xumm_desk.core.payments import closed_at
from xumm_desk.core.proof import Stray
from xumm_desk.core.verdict import FINAL
from xumm_desk.engine.book import Row

from . import theme
from .detail_parts import prose
from .fields import Line
from .theme import Role, Size, Space, plain
from .times import both, moment

_MOST: Final = 200
_STRAYS: Final = ("Time", "Amount", "From", "Tag", "Why", "Transaction")
_ROWS: Final = ("Request", "Asked", "Tag", "Status", "Created")
_NUMBERS: Final = frozenset({"Amount", "Asked", "Tag"})


class UnmatchedDialog(QDialog):
    """The list of payments above, the requests that one may belong to below. What is assigned
    cannot be taken back, so the button names both."""

    assign_asked = Signal(str, str)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._strays: tuple[Stray, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self.setWindowTitle("Payments without a request")
        self.resize(940, 620)
        self.strays = _table("Payments without a request", _STRAYS)
        self.requests = _table("Requests that it may belong to", _ROWS)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by reference or amount")
        self.search.setAccessibleName("Search requests")
        self.search.setClearButtonEnabled(True)
        self.assign_button = QPushButton("Assign to request…")
        self.copy_button = QPushButton("Copy transaction id")
        self.close_button = QPushButton("Close")
        self.good, self.bad = Line(Role.PROGRESS), Line(Role.ATTENTION)
        self._build()
        self.strays.itemSelectionChanged.connect(self._stray_picked)
        self.requests.itemSelectionChanged.connect(self._refresh)
        self.search.textChanged.connect(self._list_requests)
        self.assign_button.clicked.connect(self._assign)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.reject)
        self._refresh()

    def show_strays(self, strays: Sequence[Stray]) -> None:
        """List these payments; the one that was selected stays selected."""
        picked = self.stray()
        self._strays = tuple(strays)
        _fill(self.strays, [self._cells(stray) for stray in self._strays])
        names = [stray.txid for stray in self._strays]
        place = names.index(picked.txid) if picked is not None and picked.txid in names else 0
        if names:
            self.strays.selectRow(place)
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
        title = QLabel("This money came, but nothing says for sure which sale it is for")
        title.setFont(theme.font(Size.LARGE, strong=True))
        title.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(
            prose(
                "Ask the customer, compare amount and time, then assign it. A payment that equals"
                " its request makes it Paid; any other is marked for a check. Assigning cannot be"
                " taken back.",
                muted=True,
            )
        )
        column.addWidget(self.strays, 2)
        column.addWidget(self.search)
        column.addWidget(self.requests, 3)
        column.addWidget(self.good)
        column.addWidget(self.bad)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.assign_button)
        column.addLayout(buttons)
        for button in (self.copy_button, self.close_button, self.assign_button):
            button.setAutoDefault(False)

    def _cells(self, stray: Stray) -> list[tuple[str, str]]:
        tx, came = stray.tx, closed_at(stray.tx) or stray.at
        payer, tag = wire.text(tx.tx, "Account") or "", wire.whole(tx.tx, "DestinationTag")
        return [
            (moment(came, self._now()), both(came, "Came")),
            (stray.amount or "unknown", ""),
            (address.short(payer), payer),
            ("none" if tag is None else str(tag), ""),
            (stray.why, stray.why),
            (f"{stray.txid[:8]}…{stray.txid[-4:]}", stray.txid),
        ]

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
            (row.identifier, row.identifier),
            (amount.display(order.amount) or "any amount", ""),
            ("none" if order.tag is None else str(order.tag), ""),
            (wording.word(row.verdict.status), wording.meaning(row.request, row.verdict)),
            (moment(created, self._now()), both(created, "Created")),
        ]

    def _refresh(self) -> None:
        stray, identifier = self.stray(), self.identifier()
        self.copy_button.setEnabled(stray is not None)
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


def _selected(table: QTableWidget) -> int | None:
    found = table.selectionModel().selectedRows()
    return found[0].row() if found else None
