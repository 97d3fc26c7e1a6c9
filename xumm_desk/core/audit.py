"""What is written down about persons at the desk: who unlocked it, who refunded, wrong tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class AuditKind(Enum):
    """What was done. The values are those of the journal and must not change."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ALLOWED = "allowed"
    """The PIN was typed for one action of a desk that stays locked."""
    WRONG_PIN = "wrong_pin"
    PIN_SET = "pin_set"
    PIN_REMOVED = "pin_removed"
    KEYS_ACCEPTED = "keys_accepted"
    """The owner's keys were typed in place of a forgotten PIN."""
    WRONG_KEYS = "wrong_keys"
    REFUNDED = "refunded"
    SHIFT_CLOSED = "shift_closed"
    DECIDED = "decided"
    """A review, or a decision about money; the detail names the request and the decision."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: `who` is the name that was typed, "" for nobody; `kind` is a value of `AuditKind`,
    or one of a newer program."""

    kind: str
    who: str
    detail: str
    at: datetime
