"""Chooses a destination tag for a new request from the shop's range.

A tag rests while any older request under it could still be paid. Must not know where requests are
kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .lifecycle import Status
from .order import MAX_TAG, Order
from .wire import JsonObject

PAID_REST: Final = timedelta(days=1)
"""How long a tag rests after it was paid: a second phone comes within minutes (P§9.7)."""

UNPAID_REST: Final = timedelta(days=30)
"""How long it rests after an end without money: the customer still has the address and the tag."""

RESERVED_REST: Final = timedelta(days=1)
"""How long a tag stays taken for a form that was never sent."""

_PAID: Final = frozenset({Status.PAID.value, Status.PAID_LATE.value, Status.SIGNED.value})


@dataclass(frozen=True, slots=True)
class Range:
    """The shop's tags, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a tag: the status of its request and when it was last heard of (UTC). Status ""
    is a tag that was handed out to a form."""

    tag: int
    status: str
    finished: bool
    at: datetime


def read_range(first: str, last: str) -> Range | str | None:
    """The range as typed in the settings: None when both are empty, a sentence when it is wrong."""
    typed = first.strip(), last.strip()
    if typed == ("", ""):
        return None
    if not all(t.isascii() and t.isdigit() and len(t) <= 10 for t in typed):
        return "Destination tags: give the first and the last one as whole numbers, or neither."
    low, high = int(typed[0]), int(typed[1])
    if not 0 <= low <= high <= MAX_TAG:
        return f"Destination tags: the range must rise and end at {MAX_TAG} at most."
    return Range(low, high)


def choose(within: Range, uses: Iterable[Use], now: datetime) -> int | str:
    """A free tag, or a sentence when all of them rest.

    Goes round the range from the tag that was handed out last, so each rests as long as it can.
    """
    taken: set[int] = set()
    newest: Use | None = None
    for use in uses:
        if not within.first <= use.tag <= within.last:
            continue
        if not use.status and (newest is None or (use.at, use.tag) > (newest.at, newest.tag)):
            newest = use
        if _rests(use, now):
            taken.add(use.tag)
    size = within.last - within.first + 1
    if len(taken) >= size:
        return (
            f"All {size} destination tags from {within.first} to {within.last} belong to requests"
            " that may still be paid. Widen the range in the shop settings, or type a tag."
        )
    begin = within.first if newest is None else newest.tag + 1
    tag = begin
    while tag in taken or tag > within.last:
        tag = within.first if tag >= within.last else tag + 1
    return tag


def wants(order: Order) -> bool:
    """Whether `order` is a payment without a tag that can still be given one."""
    return order.pays and order.tag is None and isinstance(order.body.get("txjson"), dict)


def tagged(order: Order, tag: int) -> Order:
    """The same order under a destination tag, in all that is stored and sent."""
    txjson: JsonObject = {**order.txjson, "DestinationTag": tag}
    return replace(order, txjson=txjson, body={**order.body, "txjson": txjson})


def _rests(use: Use, now: datetime) -> bool:
    age = now - use.at
    if not use.status:
        return age < RESERVED_REST
    if use.status in _PAID:
        return age < PAID_REST
    # A request to be looked at never finishes by itself, so it holds its tag as long as an unpaid.
    open_ = not use.finished and use.status != Status.CHECK.value
    return open_ or age < UNPAID_REST
