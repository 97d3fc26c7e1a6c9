"""Find earlier requests that could still be paid for the same sale."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import (
    price_label,
    refunded_identifier,
    request_label,
    sale_of,
)
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status

_SENTENCES: Final = {
    Status.CREATING: Message("Request {identifier} over {amount} is still being created."),
    Status.OPENED: Message("Request {identifier} over {amount} is open on a phone."),
    Status.PRE_SIGNED: Message("Request {identifier} over {amount} is being signed."),
    Status.DISPATCHED: Message("Request {identifier} over {amount} was just sent to the ledger."),
    Status.CONFIRMING: Message(
        "Request {identifier} over {amount} is signed and waits for the ledger."
    ),
    Status.UNVERIFIED: Message(
        "Request {identifier} over {amount} is signed, and the ledger was not asked."
    ),
    Status.EXPIRED_OPENED: Message(
        "Request {identifier} over {amount} has expired, but a phone still holds it and it may"
        " still be paid."
    ),
}
"""The statuses in which a phone or a node may hold the payment, or in which that is unknown."""

_NOT_REREAD: Final = Message(
    "Request {identifier} over {amount} was not read again since the start of the program, so a"
    " phone may hold it and it may still be paid."
)
_OUTAGE_CODE: Final = Message(
    "Request {identifier} over {amount} is an outage code and may still be paid."
)
_CREATE_LOST: Final = Message(
    "Request {identifier} over {amount} may have reached the platform, although its answer was"
    " lost, and may still be paid by whoever got its code."
)


@dataclass(frozen=True, slots=True)
class DuplicateSale:
    """An earlier request for the same, and a sentence about it."""

    identifier: str
    message: str


def duplicate_sales(
    spec: RequestSpec,
    earlier: Iterable[Request],
    status: Callable[[str], Status | None],
    unread: Container[str] = (),
    elsewhere: Container[str] = (),
) -> list[DuplicateSale]:
    """Requests with the same amount or the same reference that may still bring money, newest first.
    `status` gives the status of a request; the status of those in `unread` may be old. Of those in
    `elsewhere`, made by another till that lives, only the same reference counts: every till sells
    coffee."""
    if spec.tx_type != "Payment" or refunded_identifier(spec):
        return []  # a refund is kept from being made twice by what is left of its sale
    found = []
    for request in earlier:
        now = status(request.identifier)
        shown = request.outage_link is not None and now is Status.WAITING
        stale = now is Status.WAITING and request.identifier in unread
        if (
            now is None
            or not (now in _SENTENCES or shown or stale)
            or not _same_sale(spec, request.spec, by_amount=request.identifier not in elsewhere)
        ):
            continue
        sentence = _OUTAGE_CODE if shown else _NOT_REREAD if stale else _SENTENCES[now]
        if now is Status.CREATING and request.unsure:
            sentence = _CREATE_LOST
        other = request.spec
        filled = sentence.filled(
            identifier=request_label(other), amount=price_label(other, sale_of(other))
        )
        found.append((request.created_at, DuplicateSale(request.identifier, filled)))
    return [other for _, other in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _same_sale(one: RequestSpec, other: RequestSpec, *, by_amount: bool) -> bool:
    if other.tx_type != "Payment" or refunded_identifier(other):
        return False
    if one.instruction and one.instruction == other.instruction:
        return True
    return (
        by_amount
        and one.destination == other.destination
        and amount.amounts_equal(one.amount, other.amount)
    )
