"""The list of unmatched payments, in which a person assigns or dismisses each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import address, amount
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.status import FINAL
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.payment_checks import ledger_close_time
from xumm_desk.core.verdict.payment_matching import can_receive_payment, reason_message
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.style.time_format import local_and_utc
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.choice_table import fill_table, make_table, mute_row, selected_row
from xumm_desk.ui.widgets.environment_marks import mark_network
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine

_MOST: Final = 200
_FULL: Final = (1120, 640)
_BARE: Final = (600, 180)
_ASSIGN: Final = Message(
    "Ask the customer, compare amount and time, then assign it. A payment of the"
    " right amount makes its request Paid; any other is marked for a check."
    " Assigning cannot be taken back. What is for no sale can be dismissed."
)
_LOOK: Final = Message(
    "A till of the shop assigns each to a request, or dismisses it; this window only shows them."
)
_EMPTY: Final = Message(
    "Every payment on the ledger has its request. One without a request is listed"
    " here, and a banner at the top of the window says so."
)
_NO_NODE: Final = Message(
    "No ledger node is set up, so nothing is looked for: a payment that the"
    " platform does not report stays unknown here."
)
_PAYMENT_COLUMNS: Final = (
    Message("Time"),
    Message("Amount"),
    Message("From"),
    Message("Tag"),
    Message("Why"),
    Message("Transaction"),
)
_REQUEST_COLUMNS: Final = (
    Message("Request"),
    Message("Asked"),
    Message("Tag"),
    Message("Status"),
    Message("Created", context="date"),
)
_NUMBERS: Final = frozenset({"Amount", "Asked", "Tag"})
_WIDE: Final = frozenset({"Why", "Request"})


class UnmatchedDialog(FittedDialog):
    """The list of payments above, the requests that one may belong to below. An assignment cannot
    be taken back, so its button names both; a dismissal can."""

    assign_asked = Signal(str, str)
    dismiss_requested = Signal(str, bool)

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        ledger: bool,
        rights: Rights = TILL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rights = rights
        self._now, self._ledger = now, ledger
        self._payments: tuple[UnmatchedPayment, ...] = ()
        self._all_payments: tuple[UnmatchedPayment, ...] = ()
        self._dismissed_keys: Mapping[str, datetime] = {}
        self._rows: tuple[RequestRow, ...] = ()
        self.setWindowTitle(_("Payments without a request"))
        self._shown_rows = True
        self.resize(*_FULL)
        self.title, self.about = QLabel(), QLabel()
        self.payments = make_table(
            _("Payments without a request"), _PAYMENT_COLUMNS, numbers=_NUMBERS, wide=_WIDE
        )
        self.requests = make_table(
            _("Requests that it may belong to"), _REQUEST_COLUMNS, numbers=_NUMBERS, wide=_WIDE
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search by reference or amount"))
        self.search.setAccessibleName(_("Search requests"))
        self.search.setClearButtonEnabled(True)
        self.assign_button = QPushButton(_("Assign to request…"))
        self.copy_button = QPushButton(_("Copy transaction id"))
        self.dismiss_button = QPushButton(_("Dismiss"))
        self.show_dismissed = CheckBox()
        self.close_button = QPushButton(_("Close"))
        self.good, self.bad = MessageLine(Tone.PROGRESS), MessageLine(Tone.ATTENTION)
        self._build()
        mark_network(self)
        self.payments.itemSelectionChanged.connect(self._on_payment_selected)
        self.requests.itemSelectionChanged.connect(self._refresh)
        self.search.textChanged.connect(self._list_requests)
        self.assign_button.clicked.connect(self._assign)
        self.copy_button.clicked.connect(self._copy)
        self.dismiss_button.clicked.connect(self._dismiss)
        self.show_dismissed.toggled.connect(self._list_payments)
        self.close_button.clicked.connect(self.reject)
        self._refresh()
        language_change.changed.connect(self._say_again)

    def _say_again(self) -> None:
        self._list_payments()
        self._list_requests()

    def show_payments(
        self, payments: Sequence[UnmatchedPayment], dismissed: Mapping[str, datetime]
    ) -> None:
        """List these payments; `dismissed` holds when (UTC) some of them were dismissed. The
        selected one stays selected."""
        self._all_payments, self._dismissed_keys = tuple(payments), dict(dismissed)
        self._list_payments()

    def _list_payments(self) -> None:
        picked = self.selected_payment()
        hidden = sum(payment.txid in self._dismissed_keys for payment in self._all_payments)
        self.show_dismissed.setText(_("Show dismissed ({count})", count=hidden))
        self.show_dismissed.setVisible(hidden > 0)
        shown = [s for s in self._all_payments if s.txid not in self._dismissed_keys]
        if self.show_dismissed.isChecked():
            shown += [s for s in self._all_payments if s.txid in self._dismissed_keys]
        self._payments = tuple(shown)
        fill_table(self.payments, [self._cells(payment) for payment in self._payments])
        for place, payment in enumerate(self._payments):
            if payment.txid in self._dismissed_keys:
                mute_row(self.payments, place)
        names = [payment.txid for payment in self._payments]
        place = names.index(picked.txid) if picked is not None and picked.txid in names else 0
        if names:
            self.payments.selectRow(place)
        self._update_heading()
        self._on_payment_selected()

    def show_rows(self, rows: Sequence[RequestRow]) -> None:
        """Take over the requests that may be chosen."""
        self._rows = tuple(row for row in rows if can_receive_payment(row.request))
        self._list_requests()

    def show_result(self, problem: str, done: str) -> None:
        """Show the result of an assignment: `problem`, or `done` if it is empty."""
        self.bad.set_text(problem)
        self.good.set_text("" if problem else done)

    def selected_payment(self) -> UnmatchedPayment | None:
        """The payment that is selected."""
        place = selected_row(self.payments)
        return self._payments[place] if place is not None and place < len(self._payments) else None

    def select_payment(self, txid: str) -> None:
        """Select a payment, if it is listed."""
        for place, payment in enumerate(self._payments):
            if payment.txid == txid:
                self.payments.selectRow(place)

    def identifier(self) -> str:
        """The request that is selected, "" for none."""
        place = selected_row(self.requests)
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
        # Why is a sentence, of which each word counts.
        self.payments.setWordWrap(True)
        self.payments.setStyleSheet("QTableView::item { padding: 4px 5px; }")
        heights = self.payments.verticalHeader()
        heights.setMinimumSectionSize(heights.defaultSectionSize())
        heights.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        column.addWidget(self.payments, 2)
        about = QHBoxLayout()
        about.setSpacing(Space.S)
        about.addWidget(self.show_dismissed)
        about.addStretch()
        about.addWidget(self.copy_button)
        about.addWidget(self.dismiss_button)
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
        for button in (
            self.copy_button,
            self.dismiss_button,
            self.close_button,
            self.assign_button,
        ):
            button.setAutoDefault(False)
        self.assign_button.setProperty("primary", True)

    def _cells(self, payment: UnmatchedPayment) -> list[tuple[str, str]]:
        why, since = reason_message(payment.reason), self._dismissed_keys.get(payment.txid)
        if since is not None:
            at = formats.time_or_date(since, self._now())
            why = Sentences([Message("Dismissed {time}.", time=at), why])
        why = tr(why)
        tx, found_at = payment.tx, ledger_close_time(payment.tx) or payment.at
        payer, tag = (
            json_fields.string_at(tx.tx, "Account") or "",
            json_fields.int_at(tx.tx, "DestinationTag"),
        )
        return [
            (formats.time_or_date(found_at, self._now()), local_and_utc(found_at, _("Came"))),
            (tr(payment.amount) or _("unknown"), ""),
            (address.shorten(payer), payer),
            (_("none", context="destination tag") if tag is None else str(tag), ""),
            (why, why),
            (f"{payment.txid[:8]}…{payment.txid[-4:]}", payment.txid),
        ]

    def _update_heading(self) -> None:
        """What this list is, or why it is empty."""
        some = len(self._all_payments) > 0
        if not some:
            self.title.setText(_("No payment waits for a request"))
            self.about.setText(tr(_EMPTY if self._ledger else _NO_NODE))
        elif all(payment.txid in self._dismissed_keys for payment in self._all_payments):
            self.title.setText(_("No payment waits for a request"))
            self.about.setText(_("All unmatched payments are dismissed."))
        else:
            self.title.setText(_("This money came, but nothing says for sure which sale it is for"))
            self.about.setText(tr(_ASSIGN if self._rights.writes else _LOOK))
        writes = some and self._rights.writes
        self.payments.setVisible(some)
        self.copy_button.setVisible(some)
        self.search.setVisible(writes)
        self.requests.setVisible(writes)
        self.dismiss_button.setVisible(writes)
        self.assign_button.setVisible(writes)
        if some is not self._shown_rows:
            self._shown_rows = some
            self.resize(*(_FULL if some else _BARE))

    def _on_payment_selected(self) -> None:
        self._list_requests()
        self._refresh()

    def _list_requests(self) -> None:
        """Those that ask for this amount first, then open ones, newest first."""
        payment, picked = self.selected_payment(), self.identifier()
        typed = self.search.text().strip().lower()
        fits = [row for row in self._rows if typed in _search_text(row)]

        def rank(row: RequestRow) -> tuple[bool, bool, float]:
            same = payment is not None and amount.amounts_equal(
                row.request.spec.amount, payment.tx.delivered
            )
            ended = row.verdict.status in FINAL
            return not same, ended, -row.request.created_at.timestamp()

        shown = sorted(fits, key=rank)[:_MOST]
        fill_table(self.requests, [self._row_cells(row) for row in shown])
        names = [row.identifier for row in shown]
        if picked in names:
            self.requests.selectRow(names.index(picked))
        self._refresh()

    def _row_cells(self, row: RequestRow) -> list[tuple[str, str]]:
        spec = row.request.spec
        created = row.request.created_at
        return [
            (isolate(row.identifier), row.identifier),
            (tr(amount.format_amount(spec.amount)) or _("any amount"), ""),
            (_("none", context="destination tag") if spec.tag is None else str(spec.tag), ""),
            (
                tr(wording.row_label(row.request, row.verdict)),
                wording.status_sentence(row.request, row.verdict),
            ),
            (
                formats.time_or_date(created, self._now()),
                local_and_utc(created, _("Created", context="date")),
            ),
        ]

    def _refresh(self) -> None:
        payment, identifier = self.selected_payment(), self.identifier()
        self.copy_button.setEnabled(payment is not None)
        dismissed = payment is not None and payment.txid in self._dismissed_keys
        self.dismiss_button.setEnabled(payment is not None)
        self.dismiss_button.setText(_("Bring back") if dismissed else _("Dismiss"))
        self.dismiss_button.setToolTip(
            _("Count it among the payments that wait for a person again.")
            if dismissed
            else _(
                "It is for no sale, for instance dust or a refund. It stays on"
                " record, and can be brought back."
            )
        )
        self.assign_button.setEnabled(payment is not None and bool(identifier))
        words = _("Assign to request…")
        if payment is not None and identifier:
            short = identifier if len(identifier) <= 28 else f"{identifier[:12]}…{identifier[-12:]}"
            words = _("Assign {amount} to {request}", amount=payment.amount, request=short).replace(
                "&", "&&"
            )
        self.assign_button.setText(words)

    def _assign(self) -> None:
        payment, identifier = self.selected_payment(), self.identifier()
        if payment is not None and identifier:
            self.show_result("", "")
            self.good.set_text("")
            self.assign_asked.emit(payment.txid, identifier)

    def _dismiss(self) -> None:
        payment = self.selected_payment()
        if payment is not None:
            self.show_result("", "")
            self.dismiss_requested.emit(payment.txid, payment.txid not in self._dismissed_keys)

    def _copy(self) -> None:
        payment = self.selected_payment()
        if payment is not None:
            QGuiApplication.clipboard().setText(payment.txid)
            self.show_result("", _("The transaction id is copied."))


def _search_text(row: RequestRow) -> str:
    spec = row.request.spec
    return f"{row.identifier} {tr(amount.format_amount(spec.amount))} {spec.instruction}".lower()
