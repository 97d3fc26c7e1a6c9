"""Find and order rows: groups, search, sort keys, and a sort that runs in small steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from math import inf
from typing import Any, Final

from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.decision.wording import note_of, outcome_label
from xumm_desk.core.history import search_words
from xumm_desk.core.history.last_event import last_event
from xumm_desk.core.history.query import HistoryQuery, Order, asset_key
from xumm_desk.core.history.summary import RequestSummary, summarise
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.sale import sale_fields
from xumm_desk.core.sale.sale import price_label, request_label, sale_of
from xumm_desk.core.status import RANK, Status
from xumm_desk.core.verdict.wording import row_label
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import tr
from xumm_desk.ui.requests.columns import (
    Column,
    cell_text,
    expiry,
    payer_text,
    seconds_left,
    shown_amount,
)


class Group(Enum):
    """Filters by status, in their order; a row may be in several."""

    ALL = Message("All")
    ATTENTION = Message("Attention")
    WAITING = Message("Waiting")
    OPENED = Message("Opened")
    CONFIRMING = Message("Confirming")
    PAID = Message("Paid")
    NOT_PAID = Message("Not paid")

    # As that of `Status`: these are counted for every event.
    __hash__ = object.__hash__


_GROUPS: Final[dict[Status, Group | None]] = {
    Status.CREATING: Group.WAITING,
    Status.WAITING: Group.WAITING,
    Status.OPENED: Group.OPENED,
    Status.PRE_SIGNED: Group.OPENED,
    Status.DISPATCHED: Group.OPENED,
    Status.CONFIRMING: Group.CONFIRMING,
    Status.PAID: Group.PAID,
    Status.PAID_LATE: Group.PAID,
    Status.SIGNED: Group.PAID,
    Status.UNVERIFIED: None,
    Status.DECLINED: Group.NOT_PAID,
    Status.CANCELLED: Group.NOT_PAID,
    Status.EXPIRED: Group.NOT_PAID,
    Status.EXPIRED_OPENED: None,
    Status.FAILED: Group.NOT_PAID,
    Status.CHECK: None,
}
"""The filter beside All and Attention; who belongs into Attention is said by `needs_person`."""


_FOUND: Final = {
    status: (Group.ALL,) if own is None else (Group.ALL, own) for status, own in _GROUPS.items()
}
_NEEDS_PERSON: Final = {
    status: tuple(dict.fromkeys((Group.ALL, Group.ATTENTION, *found)))
    for status, found in _FOUND.items()
}


def filter_groups(row: RequestRow) -> tuple[Group, ...]:
    """The filters under which a row is found."""
    status = row.verdict.status
    # Settled by a person it is no proven payment: it is found under All alone.
    return _NEEDS_PERSON[status] if needs_person(row.request, row.verdict) else _FOUND[status]


def past_groups(status: Status, *, attention: bool) -> tuple[Group, ...]:
    """The filters under which a request of the history is found; `attention` says whether a person
    has to look at it."""
    return _NEEDS_PERSON[status] if attention else _FOUND[status]


EVERY_FIELD: Final = HistoryQuery()
"""Fields that leave nothing out."""

_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def history_query(text: str, group: Group, fields: HistoryQuery = EVERY_FIELD) -> HistoryQuery:
    """What a filter asks of the history: requests of `group` that `fields` asks for too."""
    asked = replace(fields, text=text)
    if group is Group.ATTENTION:
        return replace(asked, attention=True)
    if group is Group.ALL:
        return asked
    statuses = frozenset(s for s, own in _GROUPS.items() if own is group)
    if not fields.statuses:
        return replace(asked, statuses=statuses)
    if both := statuses & fields.statuses:
        return replace(asked, statuses=both)
    return replace(asked, since=_NO_TIME, until=_NO_TIME)  # no status is in both: nothing matches


def summary_of(row: RequestRow) -> RequestSummary:
    """A row of memory as the history has it, for filters that are asked of both."""
    verdict = row.verdict
    return summarise(0, row.request, verdict.status, finished=verdict.final, refunds=row.refunds)


def history_order(column: Column) -> Order:
    """By what the history is sorted where the table is sorted by this column."""
    return _ORDERS.get(column, Order.TIME)


_ORDERS: Final = {
    Column.STATUS: Order.STATUS,
    Column.REFERENCE: Order.REFERENCE,
    Column.AMOUNT: Order.AMOUNT,
    Column.ASSET: Order.AMOUNT,
    Column.PAYER: Order.PAYER,
    Column.TAG: Order.TAG,
    Column.TYPE: Order.TYPE,
    Column.UUID: Order.UUID,
    Column.TXID: Order.TXID,
    Column.NETWORK: Order.NETWORK,
    Column.NOTE: Order.NOTE,
    Column.PRICE: Order.PRICE,
    Column.OPERATOR: Order.CASHIER,
    Column.TILL: Order.TILL,
    Column.LAST_EVENT: Order.LAST_EVENT,
}
"""The others are of requests that still move, which are in memory; what is over follows by time."""


def sort_key(row: RequestRow, column: Column, clock: Clock) -> Any:
    """What `column` is sorted by; comparable between any two rows."""
    created = row.request.created_at
    match column:
        case Column.STATUS:
            return (RANK[row.verdict.status], created)
        case Column.LEFT:
            remains = None if row.verdict.final else seconds_left(row, clock)
            # One number: expired rows come after all that count down, newest first.
            return remains if remains is not None else _EXPIRED_RANK - created.timestamp()
        case Column.TIME:
            return created
        case Column.AMOUNT:
            return (amount.asset_label(shown_amount(row)), amount.as_decimal(shown_amount(row)))
        case Column.TAG:
            tag = row.request.spec.tag
            return -1 if tag is None else tag
        case Column.STEPS:
            return row.request.step
        case Column.PAYER:
            return payer_text(row) or ""
        case Column.PRICE:
            price = sale_fields.price_of(row.request.spec)
            return ("", Decimal(0)) if price is None else (price.currency, price.value)
        case Column.RATE:
            price = sale_fields.price_of(row.request.spec)
            rate = sale_fields.charged_rate(price, row.request.spec.amount)
            return (asset_key(row.request.spec.amount), Decimal(0) if rate is None else rate)
        case Column.LAST_EVENT:
            return last_event(row.request, row.verdict.status).at or created
        case Column.EXPIRY:
            return (None if row.verdict.final else expiry(row)) or _NEVER
        case _:
            return cell_text(row, column, clock).casefold()


_EXPIRED_RANK: Final = 1e12
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def search_fields(row: RequestRow) -> list[tuple[str, ...]]:
    """Everything a search may find a row by: the words of each text."""
    request, order = row.request, row.request.spec
    asked, sale = shown_amount(row), sale_of(order)
    texts = (
        order.identifier,
        tr(request_label(order)),
        tr(price_label(order, sale)),
        sale.reference if sale is not None else None,
        sale.note if sale is not None else None,
        sale.till if sale is not None else None,
        sale.cashier if sale is not None else None,
        request.uuid,
        request.shown_txid,
        f"{amount.as_decimal(asked):f}" if asked is not None else None,
        tr(amount.format_amount(asked)).replace("\u202f", ""),
        amount.full_asset_label(asked),
        payer_text(row),
        order.tag,
        order.instruction,
        tr(row_label(request, row.verdict)),
        note_of(request),
        tr(outcome_label(request, row.verdict)),
        order.tx_type,
    )
    return [search_words.terms_of(str(text)) for text in texts if text is not None]


AT_ONCE: Final = 1500
"""So many rows are no work worth dividing: their answer is there at once."""

_STEP_SECONDS: Final = 0.005
_CHUNK: Final = 64
_RUN: Final = 1024
"""Rows that are sorted together in one turn; the last turn has only to merge."""


class IncrementalSort:
    """One question, "which of these rows, in what order", answered in small steps."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        rows: Mapping[str, RequestRow],
        wanted: Callable[[RequestRow], bool],
        key: Callable[[RequestRow], Any],
        down: bool,
        then: Callable[[list[str]], None],
        monotonic: Callable[[], float],
    ) -> None:
        """`monotonic` returns monotonic seconds, by which the length of a step is measured."""
        self.next_sort = then
        # Reversed at the end if descending, so that equal rows keep their order.
        self._names = list(names)[::-1] if down else list(names)
        self._rows = rows
        self._matches = wanted
        self._key = key
        self._descending = down
        self._monotonic = monotonic
        self._done = 0
        self._keys: dict[str, Any] = {}
        self._order: list[str] = []
        self._run: list[str] = []
        self._changed_meanwhile: set[str] = set()

    def changed(self, names: Iterable[str]) -> None:
        """These rows are new or have changed since the question was asked."""
        self._changed_meanwhile.update(names)

    def step(self) -> list[str] | None:
        """Work for a few milliseconds; the answer, or None where more turns are needed."""
        until = self._monotonic() + _STEP_SECONDS if len(self._names) > AT_ONCE else inf
        while self._done < len(self._names):
            for name in self._names[self._done : self._done + _CHUNK]:
                self._look_at(name)
            self._done += _CHUNK
            if len(self._run) >= _RUN:
                self._merge_run()
            if self._monotonic() > until:
                return None
        for name in self._changed_meanwhile:
            self._look_at(name)
        self._changed_meanwhile.clear()
        self._merge_run()
        order = [name for name in dict.fromkeys(self._order) if name in self._keys]
        order.sort(key=self._keys.__getitem__)
        return order[::-1] if self._descending else order

    def _merge_run(self) -> None:
        run = [name for name in self._run if name in self._keys]
        self._order += sorted(run, key=self._keys.__getitem__)
        self._run = []

    def _look_at(self, name: str) -> None:
        row = self._rows[name]
        if not self._matches(row):
            self._keys.pop(name, None)
            return
        if name not in self._keys:
            self._run.append(name)
        self._keys[name] = self._key(row)
