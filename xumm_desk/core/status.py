"""The words that all layers share: `Step`, `Status`, and which statuses are final or successful."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final


class Step(IntEnum):
    """The steps of a request; each implies the ones before it, reported or not."""

    INTENDED = 0
    CREATED = 1
    OPENED = 2
    PRE_SIGNED = 3
    DISPATCHED = 4
    RESOLVED = 5


class Status(Enum):
    """The status of a row. Values are those of the command line and must not change."""

    CREATING = "creating"
    WAITING = "waiting"
    OPENED = "opened"
    PRE_SIGNED = "pre_signed"
    DISPATCHED = "dispatched"
    CONFIRMING = "confirming"
    PAID = "paid"
    PAID_LATE = "paid_late"
    SIGNED = "signed"
    UNVERIFIED = "unverified"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXPIRED_OPENED = "expired_opened"
    FAILED = "failed"
    CHECK = "check"

    # Each is one object; Enum's own hash is computed in Python, for every event several times.
    __hash__ = object.__hash__


FINAL: Final = frozenset(
    {
        Status.PAID,
        Status.PAID_LATE,
        Status.SIGNED,
        Status.DECLINED,
        Status.CANCELLED,
        Status.EXPIRED,
        Status.FAILED,
        Status.CHECK,
    }
)
"""Statuses in which nothing more will happen by itself. Check is among them, since only a person
can end it; Unverified joins them when no ledger node is set up."""

SUCCESSFUL: Final = frozenset({Status.PAID, Status.PAID_LATE, Status.SIGNED})

RANK: Final[dict[Status, int]] = {
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
"""Sort key by status: what needs a person comes first."""
