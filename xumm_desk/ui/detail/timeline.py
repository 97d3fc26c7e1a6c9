"""The timeline of a request: what was received, when, from whom, how long after the one before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from xumm_desk.core.bidi import isolate
from xumm_desk.core.decision.wording import decision_sentence
from xumm_desk.core.message import LIST_SEPARATOR, Formatted, Message, Sentences
from xumm_desk.core.money import amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import clock_check, facts
from xumm_desk.core.state.account_facts import PaysAnother
from xumm_desk.core.state.decisions import Decision
from xumm_desk.core.state.evidence import (
    BlobCheck,
    LedgerTx,
    NoNodeAnswer,
    Payment,
    RegularKey,
    TransactionNotFound,
)
from xumm_desk.core.state.facts import ClockSet, Fact, Source
from xumm_desk.core.verdict.wording import cancel_refused
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.api_answers import CancelAnswer, CreateAnswer, Snapshot
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space, Theme, escape_tooltip

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_UNKNOWN: Final = "–"
_UNORDERED: Final = 1.0
"""Seconds by which two facts may be recorded in another order than they were received in."""

_TITLES: Final = (
    Message("Time"),
    Message("After"),
    Message("Source"),
    Message("What"),
)

SOURCE_NAMES: Final[dict[Source, str]] = {
    Source.DESK: Message("desk"),
    Source.SOCKET: Message("socket"),
    Source.PLATFORM: Message("platform"),
    Source.LEDGER: Message("ledger"),
    Source.OPERATOR: Message("operator"),
}


def elapsed_text(seconds: float) -> str:
    """The time since the fact before."""
    if abs(seconds) < 60:
        shown = f"{seconds:+.1f}"
        return _("{seconds} s", seconds=Formatted(shown, Decimal(shown)))
    sign, whole = "+" if seconds > 0 else "-", abs(int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, last = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{last:02d}" if hours else f"{sign}{minutes}:{last:02d}"


def _after(before: Fact, fact: Fact) -> str:
    """How long after the one before, if that is known: the clock may have been set."""
    seconds = (fact.at - before.at).total_seconds()
    if isinstance(fact.value, ClockSet) and abs(seconds - fact.value.seconds) < abs(seconds):
        seconds -= fact.value.seconds
    return _UNKNOWN if seconds < -_UNORDERED else elapsed_text(seconds)


class FactTable(QAbstractTableModel):
    """Facts as rows; facts only grow, so showing more of the same request only appends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, recorded: Sequence[Fact]) -> None:
        """Show these."""
        fresh, known = tuple(recorded), len(self._facts)
        if fresh == self._facts:
            return
        if known and fresh[:known] == self._facts:
            self.beginInsertRows(_NO_PARENT, known, len(fresh) - 1)
            self._facts = fresh
            self.endInsertRows()
            return
        self.beginResetModel()
        self._facts = fresh
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._facts)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Time, elapsed time, source, text."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_TITLES[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(section)
        return None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; times local with UTC in the tooltip."""
        if not index.isValid():
            return None
        fact, column = self._facts[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            at = f"{fact.at:%Y-%m-%d} {formats.time_to_the_millisecond(fact.at)} UTC"
            return escape_tooltip(f"{fact_text(fact)}\n{at}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ForegroundRole and column < 3:
            return QColor(Theme.current().colours.muted)
        if role == Qt.ItemDataRole.FontRole and column < 2:
            return theme.font(Size.SMALL, tabular=True)
        return None

    def _text(self, place: int, column: int) -> str:
        fact = self._facts[place]
        if column == 0:
            return formats.time_to_the_millisecond(fact.at.astimezone())
        if column == 1:
            return "" if place == 0 else _after(self._facts[place - 1], fact)
        return tr(SOURCE_NAMES[fact.source]) if column == 2 else fact_text(fact)


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column == 1 else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignTop)


class Timeline(QTableView):
    """The facts of one request, read-only; stays at the newest while it is in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = FactTable(self)
        self.setModel(self.table)
        self.setAccessibleName(_("Timeline"))
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setObjectName("timeline")
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # A request has some dozen facts: measuring their heights costs nothing here.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setFont(theme.font(Size.SMALL))
        metrics = QFontMetrics(theme.font(Size.SMALL, tabular=True))
        self.verticalHeader().setMinimumSectionSize(metrics.height() + int(Space.S))
        self._fit_columns()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        Theme.current().changed.connect(self.viewport().update)

    def _fit_columns(self) -> None:
        metrics = QFontMetrics(theme.font(Size.SMALL, tabular=True))
        sources = [tr(source) for source in SOURCE_NAMES.values()]
        for column, samples in enumerate((["00:00:00.000"], ["+00:00:0"], sources)):
            widest = max(
                metrics.horizontalAdvance(text) for text in (*samples, tr(_TITLES[column]))
            )
            self.setColumnWidth(column, widest + int(Space.L))

    def say_again(self) -> None:
        """The language is another one: sources and titles have another width."""
        self._fit_columns()

    def minimumSizeHint(self) -> QSize:
        """One line below the titles: beside the practice phone there is no more."""
        high = self.horizontalHeader().sizeHint().height()
        high += self.verticalHeader().minimumSectionSize() + 2 * self.frameWidth()
        return QSize(super().minimumSizeHint().width(), high)

    def show_facts(self, recorded: Sequence[Fact]) -> None:
        """Show these."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        self.table.show_facts(recorded)
        if at_end:
            self.scrollToBottom()


_FRAMES: Final[dict[type[object], str]] = {
    frames.Opened: Message("A phone opened the request"),
    frames.PreSigned: Message("The customer started signing"),
    frames.Dispatched: Message("The wallet sent the transaction"),
    frames.Expired: Message("Said to be expired; the platform is asked"),
    frames.Cancelled: Message("Said to be cancelled; the platform is asked"),
}


def fact_text(fact: Fact) -> str:
    """What a fact says, as a sentence."""
    event = fact.value
    known = _FRAMES.get(type(event))
    if known is not None:
        return tr(known)
    match event:
        case RequestSpec():
            tx_type, asked = event.tx_type or _("transaction"), amount.format_amount(event.amount)
            if not asked:
                return _("Request saved here: {tx_type}", tx_type=tx_type)
            return _("Request saved here: {tx_type} {amount}", tx_type=tx_type, amount=asked)
        case CreateAnswer():
            if event.pushed:
                return _("Created on the platform, pushed to a phone")
            return _("Created on the platform")
        case Snapshot():
            return _snapshot_text(event)
        case CancelAnswer():
            return _("Cancelled") if event.cancelled else tr(cancel_refused(event.reason))
        case frames.Resolved():
            if event.signed:
                return _("Said to be signed; the platform is asked")
            return _("Said to be declined; the platform is asked")
        case frames.PayloadUnknown():
            return _("The socket was refused: {reason}", reason=isolate(event.message))
        case BlobCheck():
            return _blob_text(event)
        case LedgerTx():
            return _ledger_text(event)
        case Payment():
            how = (
                Message("Assigned by hand.")
                if event.matched_by == "hand"
                else Message("Payment found on the ledger.")
            )
            return tr(Sentences([how, _ledger_text(event.tx)]))
        case TransactionNotFound():
            return _not_found_text(event)
        case NoNodeAnswer():
            if not event.reason:
                return _("No ledger node answered")
            return _("No ledger node answered: {reason}", reason=event.reason)
        case facts.CreateFailed():
            return _("Not created: {reason}", reason=event.reason)
        case facts.CreateUnsure():
            if not event.reason:
                return _("The answer was lost, it may exist")
            return _("The answer was lost, it may exist: {reason}", reason=event.reason)
        case RegularKey():
            return _(
                "The ledger names the account's regular key: {key}",
                key=event.key or _("none", context="key"),
            )
        case facts.Resent():
            return _("Sent again by a person")
        case facts.ClosedByOperator():
            return _("Closed by a person")
        case facts.NotFound():
            return _("The platform does not know this request")
        case facts.CancelRequested():
            return _("Cancelling was asked for")
        case facts.OutageCodeShown():
            return _("Shown as an outage code: only the ledger can confirm this")
        case facts.SharedTxid():
            return _(
                "The same transaction is claimed by {identifier}",
                identifier=isolate(event.identifier),
            )
        case PaysAnother():
            return _(
                "A payment given to this request counts for {identifier}, which has the better"
                " claim to it",
                identifier=isolate(event.identifier),
            )
        case facts.ClockSet():
            length = clock_check.spoken_duration(event.seconds)
            if event.seconds > 0:
                return _("The clock of this computer was set forward by {length}", length=length)
            return _("The clock of this computer was set back by {length}", length=length)
        case Decision():
            return tr(decision_sentence(event))
        case facts.SocketLost():
            if not event.reason:
                return _("Live updates lost")
            return _("Live updates lost: {reason}", reason=isolate(event.reason))
        case facts.Unreadable() | frames.UnreadableFrame():
            return _("Unreadable, ignored: {reason}", reason=isolate(event.reason))
        case _:
            return fact.kind.value


def _snapshot_text(answer: Snapshot) -> str:
    if answer.signed:
        if answer.dispatched_result:
            return _("Answer: signed, node said {result}", result=answer.dispatched_result)
        return _("Answer: signed")
    if answer.resolved:
        return _("Answer: declined")
    words = [
        state_text
        for flag, state_text in (
            (answer.cancelled, _("cancelled")),
            (answer.expired, _("expired")),
            (answer.app_opened, _("opened")),
        )
        if flag
    ]
    return _(
        "Answer: {states}", states=Sentences(words, LIST_SEPARATOR) or _("waiting, not opened")
    )


def _blob_text(found: BlobCheck) -> str:
    if found.error:
        return _("Signed transaction unreadable: {reason}", reason=found.error)
    account = found.account or _("nobody")
    if found.valid:
        return _("Signature checked here: valid, by {account}", account=account)
    return _("Signature checked here: NOT valid, by {account}", account=account)


def _ledger_text(tx: LedgerTx) -> str:
    result = tx.result or _("no result")
    if not tx.validated:
        return _("Seen on the ledger, not validated yet ({result})", result=result)
    ledger = tx.ledger_index or "?"
    if not tx.delivered:
        return _("Validated in ledger {ledger}: {result}", ledger=ledger, result=result)
    return _(
        "Validated in ledger {ledger}: {result}, delivered {amount}",
        ledger=ledger,
        result=result,
        amount=amount.format_amount(tx.delivered),
    )


def _not_found_text(event: TransactionNotFound) -> str:
    ledger = event.validated_index
    if event.final:
        return (
            _("The transaction can never be in a ledger any more (ledger {ledger})", ledger=ledger)
            if ledger
            else _("The transaction can never be in a ledger any more")
        )
    return (
        _("The transaction is not in a ledger yet (ledger {ledger})", ledger=ledger)
        if ledger
        else _("The transaction is not in a ledger yet")
    )
