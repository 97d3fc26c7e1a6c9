"""One entry of the work list, and what a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum


class Cause(IntEnum):
    """Why a person is needed, the most urgent first."""

    CREATION_UNSURE = 0
    """Its code may be shown already, and the platform may have it or not."""
    UNDERPAID = 1
    OVERPAID = 2
    OTHER_ASSET = 3
    SECOND_PAYMENT = 4
    AFTER_END = 5
    """Money for a request that was cancelled, closed, declined, expired or never created."""
    SHARED_PAYMENT = 6
    OTHER_NETWORK = 7
    OTHER_DIFFERENCE = 8
    UNMATCHED = 9
    NOT_ARRIVED = 10
    """The customer signed, and nothing came."""
    CALL_BACK = 11
    REFUND_IN_DOUBT = 12
    MAY_STILL_BE_PAID = 13
    UNKNOWN_TO_PLATFORM = 14
    UNVERIFIED = 15


class Action(Enum):
    """What a person can do."""

    WAIT = "wait"
    """Look again in a quarter of an hour."""
    REMIND = "remind"
    """Look again tomorrow."""
    REFUND = "refund"
    ACCEPT = "accept"
    """Take it for paid, or a refund for paid back, with a reason."""
    NOT_PAID = "not_paid"
    """Close it as not paid, or a refund as not paid back, with a reason."""
    CALL_BACK = "call_back"
    CALLED_BACK = "called_back"
    REVIEW = "review"
    ASSIGN = "assign"
    CLOSE = "close"
    REFRESH = "refresh"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class AttentionEntry:
    """One thing that needs a person. `key` names it for as long as it is in the list; `about` is
    the evidence of a request that the sentences tell. `identifier` is "" for an unmatched payment,
    `txid` for a request. `since` is UTC, `hidden_until` the end of a wait, None without one."""

    key: str
    cause: Cause
    what: str
    amount: str
    why: str
    advice: str
    since: datetime
    action: Action
    further: tuple[Action, ...] = ()
    identifier: str = ""
    txid: str = ""
    about: str = ""
    is_refund: bool = False
    hidden_until: datetime | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """All of them, the main one first."""
        return (self.action, *self.further)

    def is_hidden(self, now: datetime) -> bool:
        """Whether a person wanted to see it later than `now` (UTC)."""
        return self.hidden_until is not None and now < self.hidden_until
