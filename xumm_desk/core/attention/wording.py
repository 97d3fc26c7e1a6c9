"""What the work list says of each cause: why a person is needed, and what to do."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import RefundBalance, refund_summary
from xumm_desk.core.sale.sale import price_label, sale_of
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.payment_checks import extra_payments, payment_owners
from xumm_desk.core.verdict.wording import reasons, status_sentence

from .causes import deciding_check, delivered
from .entry import Action, Cause

CAUSE_LABELS: Final[dict[Cause, str]] = {
    Cause.CREATION_UNSURE: Message("Unsure whether it was created"),
    Cause.UNDERPAID: Message("Paid too little"),
    Cause.OVERPAID: Message("Paid too much"),
    Cause.OTHER_ASSET: Message("Paid in another asset"),
    Cause.SECOND_PAYMENT: Message("Paid more than once"),
    Cause.AFTER_END: Message("Paid after its end"),
    Cause.SHARED_PAYMENT: Message("One payment, two requests"),
    Cause.OTHER_NETWORK: Message("Paid on another network"),
    Cause.OTHER_DIFFERENCE: Message("Not what was asked"),
    Cause.UNMATCHED: Message("Payment without a request"),
    Cause.NOT_ARRIVED: Message("Signed, but not paid"),
    Cause.CALL_BACK: Message("Call the customer back"),
    Cause.REFUND_IN_DOUBT: Message("Refund in doubt"),
    Cause.MAY_STILL_BE_PAID: Message("May still be paid"),
    Cause.UNKNOWN_TO_PLATFORM: Message("Unknown to the platform"),
    Cause.UNVERIFIED: Message("Not verified on the ledger"),
}

_ADVICE: Final[dict[Cause, str]] = {
    Cause.CREATION_UNSURE: Message(
        "Wait until it is found, or close it if nobody has its code. Do not charge again before."
    ),
    Cause.UNDERPAID: Message("Ask for the rest, pay it back, or accept it as paid."),
    Cause.OVERPAID: Message("Pay the difference back."),
    Cause.OTHER_ASSET: Message("Pay it back, and ask for the right asset. Keep the goods."),
    Cause.SECOND_PAYMENT: Message("Pay back what was paid too much."),
    Cause.AFTER_END: Message("Pay it back, or accept it as paid if the goods were handed over."),
    Cause.SHARED_PAYMENT: Message("Find out which sale it is for. It pays only one."),
    Cause.OTHER_NETWORK: Message("This is not the shop's money: close it, and ask for payment."),
    Cause.OTHER_DIFFERENCE: Message("Look at the checks, then accept, pay back or close it."),
    Cause.UNMATCHED: Message("Find out which sale it is for: assign it, or dismiss it."),
    Cause.NOT_ARRIVED: Message("Tell the customer that nothing came. You may charge again."),
    Cause.CALL_BACK: Message("Call the customer, and write down what was said."),
    Cause.REFUND_IN_DOUBT: Message(
        "Look at the transaction, then say whether it was paid back. Its amount is kept reserved."
    ),
    Cause.MAY_STILL_BE_PAID: Message("Wait, and do not charge again. The phone may still pay."),
    Cause.UNKNOWN_TO_PLATFORM: Message("Look at the ledger for the payment, then close it."),
    Cause.UNVERIFIED: Message("Look at the shop's account before you hand over."),
}

LONG_OVER: Final = Message(
    "It is long over, and a wallet no longer signs it: close it as not paid. Late money is found"
    " all the same."
)
_LOST: Final = Message("If the goods were handed over, ask for the payment. Else close it.")
_REFUND_OPEN: Final = Message("A refund is on its way: wait for it.")
_REFUNDED: Final = Message("It was paid back: mark it as done.")
_REFUND_WAITS: Final = Message("The shop's own wallet may still sign it: wait, or close it.")
_TELL_SHOP: Final = Message("Nothing was paid back. Start the refund again.")

ACTION_LABELS: Final[dict[Action, str]] = {
    Action.WAIT: Message("Wait 15 min"),
    Action.REMIND: Message("Remind me tomorrow"),
    Action.REFUND: Message("Refund…"),
    Action.ACCEPT: Message("Accept as paid…"),
    Action.NOT_PAID: Message("Close as not paid…"),
    Action.CALL_BACK: Message("Call the customer back"),
    Action.CALLED_BACK: Message("Called back…"),
    Action.REVIEW: Message("Mark as done"),
    Action.ASSIGN: Message("Assign…"),
    Action.CLOSE: Message("Close…"),
    Action.REFRESH: Message("Ask the platform"),
    Action.DETAILS: Message("Show details"),
}
_REFUND_ACTIONS: Final[dict[Action, str]] = {
    Action.ACCEPT: Message("It was paid back…"),
    Action.NOT_PAID: Message("It was not paid back…"),
}

NOTHING_TO_DO: Final = Message("Nothing needs you. Well done.")
NOTHING_MORE: Final = Message(
    "Every payment is settled. What needs a person appears here by itself."
)


def action_label(action: Action, *, refund: bool = False) -> str:
    """The label of an action; of a refund where `refund` says so."""
    return (_REFUND_ACTIONS if refund else {}).get(action, ACTION_LABELS[action])


def asked_text(request: Request) -> str:
    """What was asked: as the shop thinks, with the amount on the ledger where that is another."""
    spec = request.spec
    sale, asked = sale_of(spec), amount.format_amount(spec.amount)
    price = price_label(spec, sale)
    return asked if price == asked or not asked else Sentences([price, asked], " · ")


def why_text(request: Request, verdict: Verdict, cause: Cause) -> str:
    """Why a person is needed, in one sentence."""
    asked, came = request.spec.amount, delivered(request)
    wanted = amount.format_amount(asked) or Message("any amount")
    arrived = amount.format_amount(came) or Message("an unknown amount")
    if cause in (Cause.UNDERPAID, Cause.OVERPAID, Cause.OTHER_ASSET):
        if amount.asset_label(asked) == amount.asset_label(came) and cause is Cause.OTHER_ASSET:
            return Message("The {asset} that came is of another issuer.", asset=arrived)
        return Message("{came} arrived where {asked} were asked.", came=arrived, asked=wanted)
    if cause is Cause.SECOND_PAYMENT:
        more = extra_payments(request)
        if len(more) == 1:
            return Message(
                "Another payment of {amount} came.",
                amount=amount.format_amount(more[0].tx.delivered) or Message("an unknown amount"),
            )
        return Message(
            "{n} payment came beside the first.",
            plural="{n} payments came beside the first.",
            n=len(more),
        )
    if cause is Cause.CALL_BACK and request.decisions.call is not None:
        call = request.decisions.call.decision
        asked_by = (
            Message("{name} asked for it.", name=call.by)
            if call.by
            else Message("Somebody asked for it.")
        )
        return Sentences([asked_by, call.text])
    if request.lost_its_payment:
        return Message(
            "What was taken for its payment is that of {requests}.",
            requests=", ".join(payment_owners(request)),
        )
    check = deciding_check(verdict, cause)
    if cause in _WITH_CHECK and check is not None:
        return Message(
            "{name}: expected {expected}, found {actual}.",
            name=check.name,
            expected=check.expected,
            actual=check.actual,
        )
    if cause is Cause.REFUND_IN_DOUBT and verdict.failed:
        return reasons(request, verdict)[0]
    return status_sentence(request, verdict)


_WITH_CHECK: Final = frozenset(
    {Cause.AFTER_END, Cause.SHARED_PAYMENT, Cause.OTHER_NETWORK, Cause.OTHER_DIFFERENCE}
)


def advice_text(
    request: Request, cause: Cause, refunds: tuple[RefundBalance, ...], *, refund: bool
) -> str:
    """What to do, in one sentence; of a sale of which something was paid back, also how much."""
    if refund and cause is Cause.MAY_STILL_BE_PAID:
        return _REFUND_WAITS
    if refund and cause is Cause.NOT_ARRIVED:
        return _TELL_SHOP
    if request.lost_its_payment and cause is Cause.SHARED_PAYMENT:
        return _LOST
    if any(is_positive(one.reserved) for one in refunds):
        return Sentences([refund_summary(request, refunds), _REFUND_OPEN], " · ")
    if any(is_positive(one.refunded) for one in refunds):
        return Sentences([refund_summary(request, refunds), _REFUNDED], " · ")
    return _ADVICE[cause]


def all_advice() -> tuple[str, ...]:
    """Every sentence that says what to do and has no place for an amount."""
    others = (LONG_OVER, _LOST, _REFUND_OPEN, _REFUNDED, _REFUND_WAITS, _TELL_SHOP)
    return (*_ADVICE.values(), *others)


def unmatched_advice() -> str:
    """What to do with a payment of no request."""
    return _ADVICE[Cause.UNMATCHED]
