"""The shop's range of destination tags, and how long a tag is quarantined after each use.

A tag stays quarantined while any older request under it could still be paid.
`store/destination_tags.py` hands out the free ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.typed_number import parse_whole
from xumm_desk.core.request.field_rules import MAX_TAG
from xumm_desk.core.status import FINAL, Status
from xumm_desk.core.wire.json_fields import JsonObject

from .request_spec import RequestSpec

PAID_QUARANTINE: Final = timedelta(days=1)
"""Quarantine after a payment: a second phone comes within minutes (P§9.7)."""

UNPAID_QUARANTINE: Final = timedelta(days=30)
"""Quarantine after an end without money: the customer still has the address and the tag."""

RESERVED_QUARANTINE: Final = timedelta(days=1)
"""How long a tag stays taken for a form that was never sent."""

_PAID: Final = frozenset({Status.PAID.value, Status.PAID_LATE.value, Status.SIGNED.value})
_FINAL: Final = frozenset(status.value for status in FINAL)


@dataclass(frozen=True, slots=True)
class TagRange:
    """The shop's tags, both ends included."""

    first: int
    last: int


def parse_tag_range(first: str, last: str) -> TagRange | str | None:
    """The range as typed in the settings: None when both are empty, a sentence when it is wrong."""
    typed = first.strip(), last.strip()
    if typed == ("", ""):
        return None
    low, high = parse_whole(typed[0]), parse_whole(typed[1])
    if low is None or high is None:
        return Message(
            "Destination tags: give the first and the last one as whole numbers, or neither."
        )
    if not 0 <= low <= high <= MAX_TAG:
        return Message(
            "Destination tags: the range must rise and end at {max_tag} at most.", max_tag=MAX_TAG
        )
    return TagRange(low, high)


def quarantined_until(status: str, finished: bool, at: datetime) -> datetime | None:
    """Until when the tag of a request is quarantined; None while the request can still be paid.
    `status` is the request's status value, `at` (UTC) the time of its last fact."""
    if status in _PAID:
        return at + PAID_QUARANTINE
    if not finished and status not in _FINAL:
        return None
    # What only waits for a person never ends by itself, so it holds its tag as long as an unpaid
    # one.
    return at + UNPAID_QUARANTINE


def all_quarantined(within: TagRange) -> str:
    """The sentence for a range without a free tag."""
    size = within.last - within.first + 1
    return Message(
        "All {size} destination tags from {first} to {last} belong to requests"
        " that may still be paid. Widen the range in the shop settings, or type"
        " a tag.",
        size=size,
        first=within.first,
        last=within.last,
    )


def needs_tag(spec: RequestSpec) -> bool:
    """Whether the spec is a payment without a tag that can still be given one."""
    return spec.is_payment and spec.tag is None and isinstance(spec.body.get("txjson"), dict)


def with_tag(spec: RequestSpec, tag: int) -> RequestSpec:
    """The same spec under a destination tag, in everything that is stored and sent."""
    txjson: JsonObject = {**spec.txjson, "DestinationTag": tag}
    return replace(spec, txjson=txjson, body={**spec.body, "txjson": txjson})
