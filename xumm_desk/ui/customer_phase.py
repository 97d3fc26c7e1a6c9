"""What a request means to the customer; knows phases and their words, must not know widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from xumm_desk.core import amount
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.order import Order
from xumm_desk.engine.book import Row

from .shapes import Shape
from .theme import Role


class Phase(Enum):
    """What the customer's screen is about."""

    IDLE = "idle"
    MOMENT = "moment"
    SCAN = "scan"
    PHONE = "phone"
    CONFIRMING = "confirming"
    THANKS = "thanks"
    NOT_DONE = "not done"
    ASK = "ask"


_PHASES: Final[dict[Status, Phase]] = {
    Status.CREATING: Phase.MOMENT,
    Status.WAITING: Phase.SCAN,
    Status.OPENED: Phase.PHONE,
    Status.PRE_SIGNED: Phase.PHONE,
    Status.DISPATCHED: Phase.CONFIRMING,
    Status.CONFIRMING: Phase.CONFIRMING,
    Status.PAID: Phase.THANKS,
    Status.PAID_LATE: Phase.THANKS,
    Status.SIGNED: Phase.THANKS,
    Status.DECLINED: Phase.NOT_DONE,
    Status.CANCELLED: Phase.NOT_DONE,
    Status.EXPIRED: Phase.NOT_DONE,
    Status.FAILED: Phase.NOT_DONE,
    # Money may be on its way: neither "thank you" nor "not completed" would be true.
    Status.UNVERIFIED: Phase.ASK,
    Status.EXPIRED_OPENED: Phase.ASK,
    Status.CHECK: Phase.ASK,
}


@dataclass(frozen=True, slots=True)
class Words:
    """A phase in one sentence, its shape, and how many of the steps are behind us."""

    sentence: str
    shape: Shape
    role: Role
    done: int


WORDS: Final[dict[Phase, Words]] = {
    Phase.IDLE: Words("Welcome", Shape.RING, Role.NEUTRAL, 0),
    Phase.MOMENT: Words("One moment, please", Shape.DOTS, Role.NEUTRAL, 0),
    Phase.SCAN: Words("Scan with the Xaman app", Shape.RING, Role.PROGRESS, 0),
    Phase.PHONE: Words("Continue on your phone", Shape.HALF, Role.PROGRESS, 1),
    Phase.CONFIRMING: Words("Confirming…", Shape.MOST, Role.PROGRESS, 2),
    Phase.THANKS: Words("Thank you", Shape.FULL_TICK, Role.GOOD, 4),
    Phase.NOT_DONE: Words("Not completed — please ask the cashier", Shape.DASH, Role.NEUTRAL, -1),
    Phase.ASK: Words("Please ask the cashier", Shape.TRIANGLE, Role.ATTENTION, -1),
}


def phase_of(row: Row | None, mono: float) -> Phase:
    """The phase of a row at this monotonic second."""
    if row is None:
        return Phase.IDLE
    phase = _PHASES[row.verdict.status]
    if phase is Phase.THANKS and row.verdict.foreign_network:
        return Phase.ASK  # it was paid with what the shop does not count as money
    over = row.deadline is not None and row.deadline <= mono
    if phase is Phase.SCAN and (over or row.request.link is None):
        return Phase.MOMENT  # a code whose time is up must not be scanned; a GET decides
    return phase


def headline(order: Order) -> str:
    """What is asked for, in the customer's words."""
    if order.tx_type == "SignIn":
        return "Sign in"
    if order.tx_type != "Payment":
        return "Please sign"
    asked = order.amount
    if asked is None:
        return "You choose the amount"
    return amount.display(asked)


def words_of(row: Row | None, phase: Phase) -> Words:
    """What the screen says and draws in this phase of this row."""
    words = WORDS[phase]
    if row is not None and phase is Phase.THANKS and row.verdict.status is Status.SIGNED:
        return replace(words, shape=Shape.RING_TICK, role=Role.PROGRESS)  # green is for money
    if row is not None and phase is Phase.SCAN:
        verb = {"Payment": "pay", "SignIn": "sign in"}.get(row.request.order.tx_type, "sign")
        return replace(words, sentence=f"{words.sentence} to {verb}")
    return words
