"""The state of one request, and how a fact changes it.

Applying facts is commutative, associative and idempotent: any order, repetition, a crash in the
middle and a replay end in the same state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from xumm_desk.core.fast_records import fast_replace
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Step
from xumm_desk.core.wire import frames, json_fields
from xumm_desk.core.wire.api_answers import (
    ALREADY_OPENED,
    ALREADY_RESOLVED,
    CancelAnswer,
    CreateAnswer,
    Snapshot,
)

from . import facts
from .account_facts import PaysAnother
from .decisions import NO_DECISIONS, Decision, Decisions
from .evidence import (
    BlobCheck,
    LedgerTx,
    NoNodeAnswer,
    Payment,
    RegularKey,
    TransactionNotFound,
)
from .facts import Fact, FactValue, Source
from .payment_claims import in_order, joined_payment, ledger_rank, split_payments

STEP_BY_FRAME: Final[dict[type[object], Step]] = {
    frames.Opened: Step.OPENED,
    frames.PreSigned: Step.PRE_SIGNED,
    frames.Dispatched: Step.DISPATCHED,
}
"""Events that do nothing but raise the step: a row moves, and nothing has to be done for it."""

_NO_TIMES: Final[tuple[datetime | None, ...]] = (None,) * len(Step)


@dataclass(frozen=True, slots=True)
class Request:
    """One sign request: what we asked, and everything that is known of it.

    `step_times` holds the earliest time (UTC) of each step. Hints are what the socket sent;
    `platform`, `blob` and `ledger` decide. `payments` reached our account for this request, as the
    ledger reports them: one a txid, in the ledger's order. `lost_payments` are those that one of
    the `rivals` has the better claim to, so that they do not count here. `decisions` are what
    persons decided about it; they change nothing else.
    """

    spec: RequestSpec
    created_at: datetime
    uuid: str | None = None
    qr_link: str | None = None
    socket_url: str | None = None
    pushed: bool = False
    step: Step = Step.INTENDED
    step_times: tuple[datetime | None, ...] = _NO_TIMES
    resolve_hint: bool | None = None
    expired_hint: bool = False
    cancelled_hint: bool = False
    refused_hint: bool = False
    not_found_at: datetime | None = None
    last_snapshot_at: datetime | None = field(default=None, compare=False)
    unsure: bool = False
    last_create_failure: facts.CreateFailed | None = None
    resend_count: int = 0
    resent_at: datetime | None = None
    closed: bool = False
    outage_link: str | None = None
    platform: Snapshot | None = None
    cancel_asked: bool = False
    cancel_answers: frozenset[CancelAnswer] = frozenset()
    blob: BlobCheck | None = None
    ledger: LedgerTx | None = None
    ledger_index: int | None = None
    ledger_never: bool = False
    ledger_silent: bool = False
    regular_keys: frozenset[RegularKey] = frozenset()
    payments: tuple[Payment, ...] = ()
    same_txid_as: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    decisions: Decisions = NO_DECISIONS
    rivals: frozenset[PaysAnother] = frozenset()
    lost_payments: tuple[Payment, ...] = ()

    @property
    def identifier(self) -> str:
        """Our own identifier, journaled before the request is sent."""
        return self.spec.identifier

    @property
    def not_found(self) -> bool:
        """Whether the platform's last answer is that it does not know the request."""
        if self.not_found_at is None:
            return False
        return self.last_snapshot_at is None or self.last_snapshot_at < self.not_found_at

    @property
    def create_failure(self) -> facts.CreateFailed | None:
        """Why it was not created, unless a person has sent it again since."""
        failure = self.last_create_failure
        if failure is not None and failure.platform_down and failure.attempt < self.resend_count:
            return None
        return failure

    @property
    def was_pushed(self) -> bool:
        """Whether the platform says that it sent the request to the customer's phone (P§7: not that
        it arrived), in its create answer or in a later one."""
        return self.pushed or (self.platform is not None and self.platform.pushed)

    @property
    def resolved(self) -> bool:
        """Whether the platform itself reports an end, signed or declined."""
        return self.platform is not None and self.platform.resolved

    @property
    def signed(self) -> bool:
        """Whether the platform itself reports that it was signed."""
        return self.platform is not None and self.platform.signed

    @property
    def cancelled(self) -> bool:
        """Whether the platform reported it cancelled, in answer to a DELETE or a GET."""
        if self.platform is not None and self.platform.cancelled:
            return True
        return bool(self.cancel_answers) and any(a.cancelled for a in self.cancel_answers)

    @property
    def lost_its_payment(self) -> bool:
        """Whether what made it paid counts for another request, and nothing else was paid."""
        return bool(self.lost_payments) and not self.payments and not self.signed

    @property
    def txid(self) -> str | None:
        """The transaction; known only once the platform reports it signed."""
        return self.platform.txid if self.platform is not None else None

    @property
    def txids(self) -> tuple[str, ...]:
        """Every transaction that is reported for this request, as often as it is reported."""
        named = () if self.txid is None else (self.txid,)
        return named + tuple(one.tx.txid for one in self.payments if one.tx.txid)

    @property
    def shown_txid(self) -> str | None:
        """The transaction to show: the reported one, else the first one found on the ledger."""
        if self.txid is not None or not self.payments:
            return self.txid
        return self.payments[0].tx.txid


replace: Final = fast_replace(Request)
"""Make a request of another one with some fields changed."""


def new_request(spec: RequestSpec, at: datetime) -> Request:
    """A new request from its spec, before anybody else knows of it."""
    times = (at, *_NO_TIMES[1:])
    return Request(spec=spec, created_at=at, step_times=times)


def replay(recorded: list[Fact]) -> Request | None:
    """The request that these facts add up to; None when its intent is not among them."""
    intent = next((f for f in recorded if isinstance(f.value, RequestSpec)), None)
    if intent is None or not isinstance(intent.value, RequestSpec):
        return None
    request = new_request(intent.value, intent.at)
    for one in recorded:
        request = apply_fact(request, one)
    return request


def apply_fact(request: Request, fact: Fact) -> Request:
    """Join one fact. Total: every fact in every state has a result, an equal one if nothing new
    was learnt."""
    return _apply(request, fact.at, fact.value, fact.source)


def is_changed(before: Request, after: Request) -> bool:
    """Whether the fact that turned `before` into `after` changed anything."""
    if after is before:
        return False
    # Every step that was reached has stamps of its own: the commonest news needs no comparison.
    if after.step_times is not before.step_times:
        return True
    return after != before or after.not_found is not before.not_found


def _apply(request: Request, at: datetime, event: FactValue, source: Source) -> Request:
    step = STEP_BY_FRAME.get(type(event))
    if step is not None:
        return _raise_step(request, step, at)
    match event:
        case CreateAnswer():
            request = _raise_step(request, Step.CREATED, at)
            created = (event.socket_url or "", event.qr_link)
            socket, link = max(created, (request.socket_url or "", request.qr_link or ""))
            return replace(
                request,
                uuid=_same_uuid(request.uuid, event.uuid),
                qr_link=link,
                socket_url=socket or None,
                pushed=event.pushed or request.pushed,
            )
        case frames.Resolved():
            # A frame is never proof: it raises what it implies and leads to a GET.
            request = _raise_step(request, Step.PRE_SIGNED if event.signed else Step.OPENED, at)
            hint = event.signed or request.resolve_hint is True
            return request if request.resolve_hint is hint else replace(request, resolve_hint=hint)
        case frames.Expired():
            return request if request.expired_hint else replace(request, expired_hint=True)
        case frames.Cancelled():
            return request if request.cancelled_hint else replace(request, cancelled_hint=True)
        case frames.PayloadUnknown():
            return request if request.refused_hint else replace(request, refused_hint=True)
        case Snapshot():
            return _apply_snapshot(request, at, event)
        case facts.NotFound():
            last = at if request.not_found_at is None else max(request.not_found_at, at)
            return request if request.not_found_at == last else replace(request, not_found_at=last)
        case facts.CreateUnsure():
            return request if request.unsure else replace(request, unsure=True)
        case facts.CreateFailed():
            worse = max(request.last_create_failure or event, event, key=_failure_rank)
            return (
                request
                if request.last_create_failure == worse
                else replace(request, last_create_failure=worse)
            )
        case facts.Resent():
            last = at if request.resent_at is None else max(request.resent_at, at)
            count = max(request.resend_count, event.attempt)
            if (count, last) == (request.resend_count, request.resent_at):
                return request
            return replace(request, resend_count=count, resent_at=last)
        case facts.ClosedByOperator():
            return request if request.closed else replace(request, closed=True)
        case facts.CancelRequested():
            return request if request.cancel_asked else replace(request, cancel_asked=True)
        case CancelAnswer():
            if event in request.cancel_answers:
                return request
            if event.reason in (ALREADY_OPENED, ALREADY_RESOLVED):
                # The platform reports an opening that no socket message announced.
                request = _raise_step(request, Step.OPENED, at)
            return replace(request, cancel_answers=request.cancel_answers | {event})
        case BlobCheck():
            blob = max(request.blob or event, event, key=_blob_rank)
            return request if request.blob == blob else replace(request, blob=blob)
        case LedgerTx() | TransactionNotFound():
            return _apply_ledger(request, event)
        case NoNodeAnswer():
            answered = request.ledger is not None or request.ledger_index is not None
            answered = answered or bool(request.regular_keys)
            known = answered or request.ledger_silent
            return request if known else replace(request, ledger_silent=True)
        case RegularKey():
            if event in request.regular_keys:
                return request
            return replace(
                request, regular_keys=request.regular_keys | {event}, ledger_silent=False
            )
        case Payment() | PaysAnother():
            return _apply_payment(request, event)
        case facts.OutageCodeShown():
            created = ("", event.link)
            socket, link = max(created, (request.socket_url or "", request.qr_link or ""))
            shown = max(event.link, request.outage_link or "")
            if (link, socket, shown) == (
                request.qr_link,
                request.socket_url or "",
                request.outage_link,
            ):
                return request
            return replace(request, qr_link=link, socket_url=socket or None, outage_link=shown)
        case Decision():
            return _apply_decision(request, at, event)
        case facts.SharedTxid():
            return replace(request, same_txid_as=request.same_txid_as | {event.identifier})
        case facts.Unreadable() | frames.UnreadableFrame():
            label = f"{source.value}: {event.reason}"
            if label in request.unreadable:
                return request
            return replace(request, unreadable=request.unreadable | {label})
        case _:
            return request


def _raise_step(request: Request, step: Step, at: datetime) -> Request:
    known = request.step_times[step]
    if request.step >= step and known is not None and known <= at:
        return request
    earliest = at if known is None else min(known, at)
    times = (*request.step_times[:step], earliest, *request.step_times[step + 1 :])
    return replace(request, step=max(request.step, step), step_times=times)


def _apply_snapshot(request: Request, at: datetime, answer: Snapshot) -> Request:
    request = _raise_step(request, Step.CREATED, at)
    if answer.app_opened:
        request = _raise_step(request, Step.OPENED, at)
    if answer.resolved:
        request = _raise_step(request, Step.RESOLVED, answer.resolved_at or at)
    joined = answer.merge(request.platform)
    uuid = _same_uuid(request.uuid, answer.uuid)
    answered = at if request.last_snapshot_at is None else max(request.last_snapshot_at, at)
    if joined == request.platform and uuid == request.uuid and answered == request.last_snapshot_at:
        return request
    return replace(request, platform=joined, uuid=uuid, last_snapshot_at=answered)


def _apply_ledger(request: Request, event: LedgerTx | TransactionNotFound) -> Request:
    if isinstance(event, TransactionNotFound):
        index = max(request.ledger_index or 0, event.validated_index or 0) or None
        never = request.ledger_never or event.final
        if index == request.ledger_index and never == request.ledger_never:
            return request
        return replace(request, ledger_index=index, ledger_never=never, ledger_silent=False)
    known = request.ledger
    # A validated result replaces a provisional one and never changes. If nodes report it
    # differently, the less favourable one is kept.
    kept = event if known is None else max(known, event, key=ledger_rank)
    return request if known == kept else replace(request, ledger=kept, ledger_silent=False)


def _apply_payment(request: Request, event: Payment | PaysAnother) -> Request:
    if isinstance(event, PaysAnother):
        return _apply_rival(request, event)
    txid = event.tx.txid
    if not txid:
        return request
    reported = (*request.payments, *request.lost_payments)
    known = next((p for p in reported if p.tx.txid == txid), None)
    kept = joined_payment(known, event)
    if kept == known:
        return request
    return _with_payments(request, [*(p for p in reported if p.tx.txid != txid), kept])


def _apply_rival(request: Request, event: PaysAnother) -> Request:
    if not event.txid or event.identifier == request.identifier or event in request.rivals:
        return request
    told = replace(request, rivals=request.rivals | {event})
    return _with_payments(told, [*request.payments, *request.lost_payments])


def _with_payments(request: Request, reported: list[Payment]) -> Request:
    """The request with these payments, apart from those that count for another one."""
    if not request.rivals:
        return replace(request, payments=in_order(reported))
    kept, lost = split_payments(reported, request.rivals, request.identifier)
    return replace(request, payments=kept, lost_payments=lost)


def _apply_decision(request: Request, at: datetime, event: Decision) -> Request:
    decisions = request.decisions.joined(event, at)
    return request if decisions is request.decisions else replace(request, decisions=decisions)


def _failure_rank(failure: facts.CreateFailed) -> tuple[bool, int, str, int]:
    """Sort key for failures: a refusal for good outweighs a platform that was down; else the last
    one."""
    return not failure.platform_down, failure.attempt, failure.reason, failure.code or 0


def _blob_rank(blob: BlobCheck) -> tuple[bool, bool, str]:
    """Of two findings about one request the worse one counts."""
    return not blob.canonical, not blob.valid, json_fields.compact_json(blob.to_json())


def _same_uuid(known: str | None, named: str | None) -> str | None:
    """Sort key for the uuid of a request: the platform gives one; if it ever gave two, order must
    not matter."""
    return min((uuid for uuid in (known, named) if uuid is not None), default=None)
