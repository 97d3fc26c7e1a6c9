"""Knows how rows are found and ordered: groups, search, sort keys. Must not know what cells look
like, nor the model that asks."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from xumm_desk.core import amount
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.wording import row_label
from xumm_desk.engine.book import RequestRow

from .columns import Column, cell_text, payer_text, seconds_left, shown_amount
from .times import Clock


class Group(Enum):
    """Filters by status, in their order; a row may stand in several."""

    ALL = "All"
    ATTENTION = "Attention"
    WAITING = "Waiting"
    OPENED = "Opened"
    CONFIRMING = "Confirming"
    PAID = "Paid"
    NOT_PAID = "Not paid"

    # As that of `Status`: these are counted for every event.
    __hash__ = object.__hash__


_GROUPS: Final[dict[Status, Group]] = {
    Status.CREATING: Group.WAITING,
    Status.WAITING: Group.WAITING,
    Status.OPENED: Group.OPENED,
    Status.PRE_SIGNED: Group.OPENED,
    Status.DISPATCHED: Group.OPENED,
    Status.CONFIRMING: Group.CONFIRMING,
    Status.PAID: Group.PAID,
    Status.PAID_LATE: Group.PAID,
    Status.SIGNED: Group.PAID,
    Status.UNVERIFIED: Group.ATTENTION,
    Status.DECLINED: Group.NOT_PAID,
    Status.CANCELLED: Group.NOT_PAID,
    Status.EXPIRED: Group.NOT_PAID,
    Status.EXPIRED_OPENED: Group.ATTENTION,
    Status.FAILED: Group.NOT_PAID,
    Status.CHECK: Group.ATTENTION,
}


_FOUND: Final = {status: (Group.ALL, own) for status, own in _GROUPS.items()}
_NOT_ARRIVED: Final = (Group.ALL, Group.ATTENTION, Group.NOT_PAID)


def filter_groups(row: RequestRow) -> tuple[Group, ...]:
    """The filters under which a row is found."""
    status = row.verdict.status
    if status is Status.FAILED and row.request.signed:
        # The customer believes to have paid: somebody has to tell that nothing came.
        return _NOT_ARRIVED
    return _FOUND[status]


def sort_key(row: RequestRow, column: Column, clock: Clock) -> Any:
    """What `column` is sorted by; comparable between any two rows."""
    created = row.request.created_at
    match column:
        case Column.STATUS:
            return (_RANK[row.verdict.status], created)
        case Column.LEFT:
            remains = None if row.verdict.final else seconds_left(row, clock)
            # One number: what is over comes after all that counts, the newest of it first.
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
        case _:
            return cell_text(row, column, clock).casefold()


_EXPIRED_RANK: Final = 1e12

_RANK: Final[dict[Status, int]] = {
    status: place
    for place, status in enumerate(
        (
            Status.CHECK,
            Status.EXPIRED_OPENED,
            Status.UNVERIFIED,
            Status.FAILED,
            Status.CONFIRMING,
            Status.DISPATCHED,
            Status.PRE_SIGNED,
            Status.OPENED,
            Status.WAITING,
            Status.CREATING,
            Status.PAID_LATE,
            Status.PAID,
            Status.SIGNED,
            Status.DECLINED,
            Status.CANCELLED,
            Status.EXPIRED,
        )
    )
}
"""Sorted by status, what needs a person comes first."""


def search_text(row: RequestRow) -> str:
    """Everything a search may find a row by, lower case."""
    request, order = row.request, row.request.spec
    asked = shown_amount(row)
    parts = (
        order.identifier,
        request.uuid,
        request.shown_txid,
        amount.format_amount(asked).replace("\u202f", ""),
        amount.full_asset_label(asked),
        payer_text(row),
        order.tag,
        order.instruction,
        row_label(request, row.verdict),
        order.tx_type,
    )
    return "\n".join(str(part) for part in parts if part is not None).casefold()
