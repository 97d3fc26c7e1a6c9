"""One line for each request that ever was: what a table shows, a search finds and a report sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.decision.wording import note_of
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.receipt import receipt
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import (
    RefundBalance,
    income_of,
    paid_back_by,
)
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.state.decisions import NO_DECISIONS
from xumm_desk.core.state.evidence import LedgerTx, Payment
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import FINAL, Status, Step
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge

_PROOFS: Final = frozenset({FactKind.LEDGER_TX, FactKind.PAYMENT})


class Kind(Enum):
    """What a request was made for; the values are stored."""

    SALE = "sale"
    """At a till."""
    REFUND = "refund"
    OTHER = "other"
    """By the form, a program or a file."""

    __hash__ = object.__hash__


class RefundMark(Enum):
    """How much of a sale was paid back; the values are stored."""

    NONE = 0
    PART = 1
    WHOLE = 2


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """What is known of one request without its facts. All times are UTC.

    `key` grows with each request of a journal. `delivered` holds what each validated transaction
    brought, to the shop for a sale and from it for a refund; `asked` and `price` are what was asked
    for. `proven_at` is when the ledger's proof reached this desk.
    """

    key: int
    identifier: str
    created_at: datetime
    status: Status
    finished: bool
    kind: Kind
    network: str
    tx_type: str
    asked: Amount | None
    delivered: tuple[Amount, ...]
    price: FiatAmount | None
    tip: FiatAmount | None
    till: str
    cashier: str
    number: int | None
    reference: str
    note: str
    instruction: str
    payer: str
    tag: int | None
    uuid: str
    txid: str
    refund_of: str
    refunded: RefundMark
    signed: bool
    outage: bool
    step: Step
    opened_at: datetime | None
    signed_at: datetime | None
    proven_at: datetime | None
    ledger_index: int | None
    needs_person: bool
    """Whether a person has to look at it, and nobody has settled it."""

    @property
    def shown_amount(self) -> Amount | None:
        """The amount asked for; if the customer chose it, the amount delivered."""
        return self.asked or (self.delivered[0] if len(self.delivered) == 1 else None)


def verdict_of(request: Request, status: Status) -> Verdict:
    """The verdict behind a status that was noted: whether a ledger node was set up then is not
    noted with it, and decides about few."""
    verdict = judge(request, ledger=True)
    if verdict.status is status:
        return verdict
    other = judge(request, ledger=False)
    return other if other.status is status else Verdict(status, status in FINAL, verdict.checks)


def summarise(
    key: int,
    request: Request,
    status: Status,
    *,
    finished: bool,
    facts: Iterable[Fact] = (),
    refunds: tuple[RefundBalance, ...] = (),
) -> RequestSummary:
    """The summary of `request`, whose facts are `facts` and whose refunds left `refunds`."""
    spec, sale = request.spec, sale_of(request.spec)
    refund_of = sale.refund_of if sale is not None else ""
    proofs = [fact.at for fact in facts if fact.kind in _PROOFS and _is_validated(fact)]
    # Checks are made again only where a decision is compared with them: there may be a million.
    plain = request.decisions is NO_DECISIONS
    verdict = Verdict(status, status in FINAL) if plain else verdict_of(request, status)
    paid = paid_back_by(request) if refund_of else income_of(request)
    return RequestSummary(
        key=key,
        identifier=request.identifier,
        created_at=request.created_at,
        status=status,
        finished=finished,
        kind=Kind.REFUND if refund_of else Kind.OTHER if sale is None else Kind.SALE,
        network=spec.network,
        tx_type=spec.tx_type or "",
        asked=spec.amount,
        delivered=tuple(tx.delivered for tx in paid if tx.delivered is not None),
        price=sale.price if sale is not None else None,
        tip=sale.tip if sale is not None else None,
        till=sale.till if sale is not None else "",
        cashier=sale.cashier if sale is not None else "",
        number=sale.number if sale is not None else None,
        reference=sale.reference if sale is not None else "",
        note=" · ".join(filter(None, (sale.note if sale is not None else "", note_of(request)))),
        instruction=" ".join(spec.instruction.split()),
        payer=receipt.payer(request),
        tag=spec.tag,
        uuid=request.uuid or "",
        txid=request.shown_txid or "",
        refund_of=refund_of,
        refunded=_refund_mark(refunds),
        signed=request.signed,
        outage=request.outage_link is not None,
        step=_step(request),
        opened_at=request.step_times[Step.OPENED],
        signed_at=request.step_times[Step.RESOLVED] if request.signed else None,
        proven_at=min(proofs, default=None),
        ledger_index=_ledger_index(request),
        needs_person=needs_person(request, verdict),
    )


def _step(request: Request) -> Step:
    """How far it came for sure: a declined one is resolved, but not signed before."""
    if not request.resolved or request.signed:
        return request.step
    told = [step for step in Step if step < Step.RESOLVED and request.step_times[step] is not None]
    return max(told, default=Step.CREATED)


def _is_validated(fact: Fact) -> bool:
    tx = fact.value.tx if isinstance(fact.value, Payment) else fact.value
    return isinstance(tx, LedgerTx) and tx.validated


def _refund_mark(refunds: tuple[RefundBalance, ...]) -> RefundMark:
    if not any(is_positive(one.refunded) for one in refunds):
        return RefundMark.NONE
    if any(is_positive(one.left) for one in refunds):
        return RefundMark.PART
    return RefundMark.WHOLE


def _ledger_index(request: Request) -> int | None:
    if request.ledger is not None and request.ledger.validated:
        return request.ledger.ledger_index
    return request.payments[0].tx.ledger_index if request.payments else None
