"""What a receipt says of the money, in words for the customer and the shop."""

from __future__ import annotations

from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict


class Outcome(Enum):
    """What a receipt says of the money."""

    PAID = "paid"
    PAID_LATE = "paid late"
    REFUNDED = "refunded"
    CHECK = "check"
    NOT_PAID = "not paid"
    NOT_REFUNDED = "not refunded"


OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    Outcome.PAID: Message("PAID"),
    Outcome.PAID_LATE: Message("PAID LATE"),
    Outcome.REFUNDED: Message("REFUNDED"),
    Outcome.CHECK: Message("CHECK"),
    Outcome.NOT_PAID: Message("NOT PAID"),
    Outcome.NOT_REFUNDED: Message("NOT REFUNDED"),
}

PROVEN: Final = frozenset({Outcome.PAID, Outcome.PAID_LATE, Outcome.REFUNDED})
"""Outcomes in which the ledger proves the whole amount: only these make a receipt."""

TRAINING: Final = Message("TRAINING")
TRAINING_SENTENCE: Final = Message("No real money was paid.")

_NO_PROOF: Final = {
    Outcome.CHECK: Message(
        "This is no proof of payment. What arrived differs from what was asked for: please ask the"
        " shop."
    ),
    Outcome.NOT_PAID: Message("This is no proof of payment. Nothing was paid."),
    Outcome.NOT_REFUNDED: Message("This is no proof of a refund. Nothing was paid back."),
}
_LATE: Final = Message("Paid in full, but late.")
_OPEN_SALE: Final = Message(
    "This is no proof of payment. It was not paid when this was printed; it may still be paid."
)
_OPEN_REFUND: Final = Message("This is no proof of a refund. It was not paid back so far.")


def outcome_of(verdict: Verdict, is_refund: bool) -> Outcome:
    """The outcome of a verdict; money on a network that is not the shop's proves nothing."""
    if verdict.foreign_network or verdict.status is Status.CHECK:
        return Outcome.CHECK
    if verdict.status in (Status.PAID, Status.PAID_LATE) and is_refund:
        return Outcome.REFUNDED
    if verdict.status is Status.PAID:
        return Outcome.PAID
    if verdict.status is Status.PAID_LATE:
        return Outcome.PAID_LATE
    return Outcome.NOT_REFUNDED if is_refund else Outcome.NOT_PAID


def title(outcome: Outcome, is_refund: bool) -> str:
    """What the paper is."""
    if outcome not in PROVEN:
        return Message("Refund, not a receipt") if is_refund else Message("Not a receipt")
    return Message("Refund") if is_refund else Message("Receipt")


def sentence(verdict: Verdict, outcome: Outcome, is_refund: bool) -> str:
    """What the outcome means; "" for plain proof."""
    if verdict.foreign_network:
        return Message(
            "This is no proof of payment. It was paid on {network}, which is not the network of"
            " the shop.",
            network=verdict.foreign_network,
        )
    if outcome is Outcome.PAID_LATE:
        return _LATE
    if outcome in PROVEN:
        return ""
    if outcome is not Outcome.CHECK and not verdict.final:
        return _OPEN_REFUND if is_refund else _OPEN_SALE
    return _NO_PROOF[outcome]
