"""What a request means to the customer: phases and their texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.status import Status
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape


class Phase(Enum):
    """What the customer's screen is about."""

    IDLE = "idle"
    PLEASE_WAIT = "please wait"
    SCAN = "scan"
    PHONE = "phone"
    CONFIRMING = "confirming"
    PAID = "paid"
    SIGNED = "signed"
    NOT_COMPLETED = "not completed"
    ASK = "ask"


class Purpose(Enum):
    """What the customer is asked for."""

    PAYMENT = "payment"
    SIGN_IN = "sign in"
    SIGNATURE = "signature"


PHASE_BY_STATUS: Final[dict[Status, Phase]] = {
    Status.CREATING: Phase.PLEASE_WAIT,
    Status.WAITING: Phase.SCAN,
    Status.OPENED: Phase.PHONE,
    Status.PRE_SIGNED: Phase.PHONE,
    Status.DISPATCHED: Phase.CONFIRMING,
    Status.CONFIRMING: Phase.CONFIRMING,
    Status.PAID: Phase.PAID,
    Status.PAID_LATE: Phase.PAID,
    Status.SIGNED: Phase.SIGNED,
    Status.DECLINED: Phase.NOT_COMPLETED,
    Status.CANCELLED: Phase.NOT_COMPLETED,
    Status.EXPIRED: Phase.NOT_COMPLETED,
    Status.FAILED: Phase.NOT_COMPLETED,
    # Money may be on its way: neither "thank you" nor "not completed" would be true.
    Status.UNVERIFIED: Phase.ASK,
    Status.EXPIRED_OPENED: Phase.ASK,
    Status.CHECK: Phase.ASK,
}

COUNTING: Final = frozenset({Phase.SCAN, Phase.PHONE})
"""Phases in which the time left is shown."""


@dataclass(frozen=True, slots=True)
class PhaseText:
    """A phase in one sentence, its shape, and how many of the steps are behind us; -1 for none."""

    sentence: str
    shape: Shape
    tone: Tone
    done: int


PHASE_TEXTS: Final[dict[Phase, PhaseText]] = {
    Phase.IDLE: PhaseText(Message("Welcome"), Shape.RING, Tone.NEUTRAL, -1),
    Phase.PLEASE_WAIT: PhaseText(Message("One moment, please"), Shape.DOTS, Tone.NEUTRAL, 0),
    Phase.SCAN: PhaseText(Message("Scan with the Xaman app to pay"), Shape.RING, Tone.PROGRESS, 0),
    Phase.PHONE: PhaseText(Message("Continue on your phone"), Shape.HALF, Tone.PROGRESS, 1),
    Phase.CONFIRMING: PhaseText(Message("Confirming…"), Shape.THREE_QUARTERS, Tone.PROGRESS, 2),
    Phase.PAID: PhaseText(Message("Thank you"), Shape.FULL_TICK, Tone.GOOD, 4),
    # Green is for money alone.
    Phase.SIGNED: PhaseText(Message("Thank you"), Shape.RING_TICK, Tone.PROGRESS, 4),
    Phase.NOT_COMPLETED: PhaseText(
        Message("Not completed — please ask the cashier"), Shape.DASH, Tone.NEUTRAL, -1
    ),
    Phase.ASK: PhaseText(Message("Please ask the cashier"), Shape.TRIANGLE, Tone.ATTENTION, -1),
}

SCAN_SENTENCES: Final[dict[Purpose, str]] = {
    Purpose.PAYMENT: PHASE_TEXTS[Phase.SCAN].sentence,
    Purpose.SIGN_IN: Message("Scan with the Xaman app to sign in"),
    Purpose.SIGNATURE: Message("Scan with the Xaman app to sign"),
}
