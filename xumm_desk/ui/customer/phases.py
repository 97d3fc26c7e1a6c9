"""What a request means to the customer: phases and their texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape


class Phase(Enum):
    """What the customer's screen is about."""

    IDLE = "idle"
    PLEASE_WAIT = "moment"
    SCAN = "scan"
    PHONE = "phone"
    CONFIRMING = "confirming"
    PAID = "thanks"
    NOT_DONE = "not done"
    ASK = "ask"


_PHASES: Final[dict[Status, Phase]] = {
    Status.CREATING: Phase.PLEASE_WAIT,
    Status.WAITING: Phase.SCAN,
    Status.OPENED: Phase.PHONE,
    Status.PRE_SIGNED: Phase.PHONE,
    Status.DISPATCHED: Phase.CONFIRMING,
    Status.CONFIRMING: Phase.CONFIRMING,
    Status.PAID: Phase.PAID,
    Status.PAID_LATE: Phase.PAID,
    Status.SIGNED: Phase.PAID,
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
class PhaseText:
    """A phase in one sentence, its shape, and how many of the steps are behind us."""

    sentence: str
    shape: Shape
    role: Tone
    done: int


PHASE_TEXTS: Final[dict[Phase, PhaseText]] = {
    Phase.IDLE: PhaseText(Message("Welcome"), Shape.RING, Tone.NEUTRAL, 0),
    Phase.PLEASE_WAIT: PhaseText(Message("One moment, please"), Shape.DOTS, Tone.NEUTRAL, 0),
    Phase.SCAN: PhaseText(Message("Scan with the Xaman app"), Shape.RING, Tone.PROGRESS, 0),
    Phase.PHONE: PhaseText(Message("Continue on your phone"), Shape.HALF, Tone.PROGRESS, 1),
    Phase.CONFIRMING: PhaseText(Message("Confirming…"), Shape.THREE_QUARTERS, Tone.PROGRESS, 2),
    Phase.PAID: PhaseText(Message("Thank you"), Shape.FULL_TICK, Tone.GOOD, 4),
    Phase.NOT_DONE: PhaseText(
        Message("Not completed — please ask the cashier"), Shape.DASH, Tone.NEUTRAL, -1
    ),
    Phase.ASK: PhaseText(Message("Please ask the cashier"), Shape.TRIANGLE, Tone.ATTENTION, -1),
}


def phase_of(row: RequestRow | None, monotonic: float) -> Phase:
    """The phase of a row at this monotonic second."""
    if row is None:
        return Phase.IDLE
    phase = _PHASES[row.verdict.status]
    if phase is Phase.PAID and row.verdict.foreign_network:
        return Phase.ASK  # it was paid with what the shop does not count as money
    over = row.deadline is not None and row.deadline <= monotonic
    if phase is Phase.SCAN and (over or row.request.qr_link is None):
        return Phase.PLEASE_WAIT  # a code whose time is up must not be scanned; a GET decides
    return phase


_SCAN_TO: Final = {
    "Payment": Message("Scan with the Xaman app to pay"),
    "SignIn": Message("Scan with the Xaman app to sign in"),
    "": Message("Scan with the Xaman app to sign"),
}
"""What to do with the code, by transaction type."""


def headline(spec: RequestSpec) -> str:
    """The amount as the customer reads it."""
    if spec.tx_type == "SignIn":
        return _("Sign in")
    if spec.tx_type != "Payment":
        return _("Please sign")
    asked = spec.amount
    if asked is None:
        return _("You choose the amount")
    return tr(amount.format_amount(asked))


def phase_text(row: RequestRow | None, phase: Phase) -> PhaseText:
    """The texts and the shape of the screen in this phase of this row."""
    words = PHASE_TEXTS[phase]
    if row is not None and phase is Phase.PAID and row.verdict.status is Status.SIGNED:
        return replace(words, shape=Shape.RING_TICK, role=Tone.PROGRESS)  # green is for money
    if row is not None and phase is Phase.SCAN:
        return replace(words, sentence=_SCAN_TO.get(row.request.spec.tx_type, _SCAN_TO[""]))
    return words
