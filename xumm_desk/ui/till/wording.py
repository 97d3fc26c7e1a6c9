"""What a cashier reads about a sale: state, what to do, and the details below a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import address, amount
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import refund_summary
from xumm_desk.core.sale.sale import price_label, refunded_identifier, request_label, sale_of
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import CheckState
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.engine.returning_customers import Push, PushState
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.requests import columns


@dataclass(frozen=True, slots=True)
class SaleWords:
    """A state in words: `short` in the list of sales, `title` in large type, `advice` is what to
    do now. `done` counts the steps that are behind: scan, sign, confirm, done."""

    short: str
    title: str
    advice: str
    done: int = 0


_NOT_PAID: Final = Message("NOT PAID")
_WAIT: Final = Message("Not paid yet. Wait.")

_WORDS: Final[dict[Status, SaleWords]] = {
    Status.CREATING: SaleWords(
        Message("Preparing"), Message("Preparing the code"), Message("One moment.")
    ),
    Status.WAITING: SaleWords(
        Message("Waiting"),
        Message("Waiting for the customer to scan"),
        Message("Turn the code to the customer."),
    ),
    Status.OPENED: SaleWords(
        Message("Customer has scanned"),
        Message("Customer has scanned"),
        Message("Not paid yet. The customer goes on with the phone."),
        1,
    ),
    Status.PRE_SIGNED: SaleWords(
        Message("Signing"), Message("Customer is signing"), Message("Not paid yet. Wait."), 1
    ),
    Status.DISPATCHED: SaleWords(Message("Sent"), Message("The payment was sent"), _WAIT, 2),
    Status.CONFIRMING: SaleWords(
        Message("Confirming"), Message("Confirming on the ledger"), _WAIT, 2
    ),
    Status.EXPIRED_OPENED: SaleWords(
        Message("May still be paid"),
        Message("Time is over, a phone holds it"),
        Message("It may still be paid. Do not charge again before the customer has declined."),
        1,
    ),
    Status.PAID: SaleWords(Message("Paid"), Message("PAID"), Message("Hand over the goods"), 4),
    Status.PAID_LATE: SaleWords(
        Message("Paid late"),
        Message("PAID LATE"),
        Message("The full amount came after the time was over"),
        4,
    ),
    Status.SIGNED: SaleWords(
        Message("Signed"), Message("SIGNED"), Message("No payment was asked for"), 4
    ),
    Status.UNVERIFIED: SaleWords(
        Message("Not verified"),
        Message("NOT VERIFIED"),
        Message("Signed, but the ledger was not asked. Do not hand over."),
        2,
    ),
    Status.DECLINED: SaleWords(
        Message("Declined"), _NOT_PAID, Message("The customer declined. Try again?"), -1
    ),
    Status.CANCELLED: SaleWords(
        Message("Cancelled"), _NOT_PAID, Message("Cancelled before anybody opened it"), -1
    ),
    Status.EXPIRED: SaleWords(
        Message("Not scanned"), _NOT_PAID, Message("Nobody scanned the code in time"), -1
    ),
    Status.FAILED: SaleWords(Message("Failed"), _NOT_PAID, Message("Do not hand over"), -1),
    Status.CHECK: SaleWords(
        Message("Check"), Message("CHECK"), Message("Do not hand over, do not charge again"), -1
    ),
}

_ALL_BACK: Final = Message("Refunded")
_ALL_BACK_TITLE: Final = Message("REFUNDED")
_NOT_REFUNDED: Final = Message("NOT REFUNDED")
_REFUND_WORDS: Final[dict[Status, SaleWords]] = {
    **_WORDS,
    Status.WAITING: SaleWords(
        Message("Sign it"),
        Message("Sign this in the shop's wallet"),
        Message("Scan the code with the wallet of the shop's account. Nothing is paid back yet."),
    ),
    Status.OPENED: SaleWords(
        Message("Opened"),
        Message("The shop's wallet has opened it"),
        Message("Nothing is paid back yet. Sign it in the wallet."),
        1,
    ),
    Status.PRE_SIGNED: SaleWords(
        Message("Signing"),
        Message("The shop is signing"),
        Message("Nothing is paid back yet. Wait."),
        1,
    ),
    Status.DISPATCHED: SaleWords(
        Message("Sent"), Message("The refund was sent"), Message("Not proven yet. Wait."), 2
    ),
    Status.CONFIRMING: SaleWords(
        Message("Confirming"),
        Message("Confirming on the ledger"),
        Message("Not proven yet. Wait."),
        2,
    ),
    Status.EXPIRED_OPENED: SaleWords(
        Message("May still be paid"),
        Message("Time is over, a wallet holds it"),
        Message("It may still be paid back. Do not refund again before it was declined."),
        1,
    ),
    Status.PAID: SaleWords(
        Message("Refunded"), Message("REFUNDED"), Message("The customer has the money back"), 4
    ),
    Status.PAID_LATE: SaleWords(
        Message("Refunded late"),
        Message("REFUNDED LATE"),
        Message("The customer has the money back"),
        4,
    ),
    Status.UNVERIFIED: SaleWords(
        Message("Not verified"),
        Message("NOT VERIFIED"),
        Message("Signed, but the ledger was not asked. Do not refund again."),
        2,
    ),
    Status.DECLINED: SaleWords(
        Message("Declined"), _NOT_REFUNDED, Message("It was declined in the shop's wallet"), -1
    ),
    Status.CANCELLED: SaleWords(
        Message("Cancelled"), _NOT_REFUNDED, Message("Cancelled before anybody opened it"), -1
    ),
    Status.EXPIRED: SaleWords(
        Message("Not signed"), _NOT_REFUNDED, Message("Nobody signed it in time"), -1
    ),
    Status.FAILED: SaleWords(
        Message("Failed"), _NOT_REFUNDED, Message("The customer did not get the money"), -1
    ),
    Status.CHECK: SaleWords(
        Message("Check"),
        Message("CHECK"),
        Message("Do not refund again before you have looked"),
        -1,
    ),
}

_FOREIGN: Final = SaleWords(
    Message("Other network"),
    Message("CHECK"),
    Message("This is not money of this shop's network. Do not hand over."),
    -1,
)


def push_sentence(push: Push | None) -> str:
    """What became of sending an open sale to the customer's phone; "" where that was not wanted."""
    if push is None or push.state is PushState.CREATING:
        return ""
    name = isolate(push.nickname)
    match push.state:
        case PushState.SENT if name:
            return Message("Sent to {name}'s phone. The code works too.", name=name)
        case PushState.SENT:
            return Message("Sent to the customer's phone. The code works too.")
        case PushState.ENDED if name:
            return Message(
                "{name}'s phone takes no more requests from this shop, so the name was forgotten."
                " Let the customer scan the code.",
                name=name,
            )
        case _ if name:
            return Message(
                "It could not be sent to {name}'s phone. Let the customer scan the code.", name=name
            )
    return Message("It could not be sent to the customer's phone. Let the customer scan the code.")


def words_of(row: RequestRow) -> SaleWords:
    """The words for the present state of a sale."""
    if row.verdict.foreign_network and row.verdict.final:
        return _FOREIGN
    if refunded_identifier(row.request.spec):
        return _REFUND_WORDS[row.verdict.status]
    words = _WORDS[row.verdict.status]
    summary = refund_summary(row.request, row.refunds)
    if not summary or row.verdict.status not in (Status.PAID, Status.PAID_LATE):
        return words
    if all(not is_positive(one.left) and not is_positive(one.reserved) for one in row.refunds):
        return replace(words, short=_ALL_BACK, title=_ALL_BACK_TITLE, advice=summary)
    return replace(words, advice=summary)


def explanation(row: RequestRow) -> str:
    """Below the advice: what differs, or why it failed; "" where the advice says all."""
    verdict = row.verdict
    if verdict.status is Status.CHECK or verdict.failed:
        found = reasons(row.request, verdict)
        refunded = refund_summary(row.request, row.refunds)
        return tr(Sentences([*(found or [status_sentence(row.request, verdict)]), refunded]))
    if verdict.foreign_network or verdict.status in (Status.FAILED, Status.UNVERIFIED):
        return tr(status_sentence(row.request, verdict))
    return ""


@spoken_again
def evidence(row: RequestRow) -> str:
    """The line of facts below a verdict: number, price, amount, payer, time, checks."""
    spec, verdict = row.request.spec, row.verdict
    parts = [as_written(tr(request_label(spec))), tr(price_label(spec, sale_of(spec)))]
    asset = tr(amount.format_amount(columns.shown_amount(row)))
    payer = columns.payer_text(row)
    if asset and refunded_identifier(spec):
        to = address.shorten(spec.destination)
        parts.append(_("{amount} to {payer}", amount=asset, payer=to))
    elif asset and payer:
        parts.append(_("{amount} from {payer}", amount=asset, payer=address.shorten(payer)))
    elif asset and asset != parts[-1]:
        parts.append(asset)
    if row.last_heard_at is not None:
        parts.append(formats.time_of_day(row.last_heard_at))
    if verdict.checks and payer:
        passed = sum(check.state is CheckState.PASSED for check in verdict.checks)
        parts.append(
            _("{passed} of {count} checks passed", passed=passed, count=len(verdict.checks))
        )
    return " · ".join(dict.fromkeys(part for part in parts if part))
