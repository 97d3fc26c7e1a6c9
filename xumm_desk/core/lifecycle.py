"""Adds up the facts of one request: every fact joins, none overwrites.

Everything that affects the state of a request lives here. Joining is commutative, associative
and idempotent, so order, repetition, a crash in the middle and a replay end in the same row.
Must not know the clock, the wire, or what the words on the screen are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum, IntEnum
from operator import attrgetter
from typing import Final

from . import facts, frames, wire
from .facts import Event, Fact, Witness
from .mould import twin_of
from .order import Order
from .proof import HAND, BlobFinding, LedgerAbsent, LedgerSilent, LedgerTx, Payment, RegularKey
from .snapshot import (
    ALREADY_OPENED,
    ALREADY_RESOLVED,
    CancelAnswer,
    Created,
    Snapshot,
)


class Step(IntEnum):
    """The step line: each step implies the ones before it, heard of or not."""

    ASKED = 0
    CREATED = 1
    OPENED = 2
    PRE_SIGNED = 3
    DISPATCHED = 4
    RESOLVED = 5


class Status(Enum):
    """The one word of a row (design: facts, status, verdict). Values are the command line's."""

    CREATING = "creating"
    WAITING = "waiting"
    OPENED = "opened"
    PRE_SIGNED = "pre_signed"
    DISPATCHED = "dispatched"
    CONFIRMING = "confirming"
    PAID = "paid"
    PAID_LATE = "paid_late"
    SIGNED = "signed"
    UNVERIFIED = "unverified"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXPIRED_OPENED = "expired_opened"
    FAILED = "failed"
    CHECK = "check"

    # Each is one object; Enum's own hash is computed in Python, for every event several times.
    __hash__ = object.__hash__


RISES: Final[dict[type[object], Step]] = {
    frames.Opened: Step.OPENED,
    frames.PreSigned: Step.PRE_SIGNED,
    frames.Dispatched: Step.DISPATCHED,
}
"""Events that do nothing but raise the step: a row moves, and nothing has to be done for it."""

_NO_STAMPS: Final[tuple[datetime | None, ...]] = (None,) * len(Step)


@dataclass(frozen=True, slots=True)
class Request:
    """One sign request: what we asked, and all that was heard of it since.

    `stamps` holds for each step the earliest time at which it was heard of (UTC). Hints are what
    the socket said; `platform`, `blob` and `ledger` are what decides. `payments` came to our
    account for this request, as the ledger itself tells; one a txid, in the ledger's order.
    """

    order: Order
    created_at: datetime
    uuid: str | None = None
    link: str | None = None
    socket: str | None = None
    pushed: bool = False
    step: Step = Step.ASKED
    stamps: tuple[datetime | None, ...] = _NO_STAMPS
    resolve_hint: bool | None = None
    expired_hint: bool = False
    cancelled_hint: bool = False
    refused_hint: bool = False
    missing_at: datetime | None = None
    answered_at: datetime | None = field(default=None, compare=False)
    unsure: bool = False
    refusal: facts.NotCreated | None = None
    resent: int = 0
    resent_at: datetime | None = None
    given_up: bool = False
    outage: str | None = None
    platform: Snapshot | None = None
    cancel_asked: bool = False
    cancel_answers: frozenset[CancelAnswer] = frozenset()
    blob: BlobFinding | None = None
    ledger: LedgerTx | None = None
    ledger_index: int | None = None
    ledger_never: bool = False
    ledger_silent: bool = False
    keys: frozenset[RegularKey] = frozenset()
    payments: tuple[Payment, ...] = ()
    shared_with: frozenset[str] = frozenset()
    garbled: frozenset[str] = frozenset()

    @property
    def identifier(self) -> str:
        """Our own name for the request, on disk before the platform hears of it."""
        return self.order.identifier

    @property
    def missing(self) -> bool:
        """Whether the platform's last word is that it does not know the request."""
        if self.missing_at is None:
            return False
        return self.answered_at is None or self.answered_at < self.missing_at

    @property
    def failure(self) -> facts.NotCreated | None:
        """Why it was not created, unless a person has sent it again since."""
        told = self.refusal
        if told is not None and told.down and told.attempt < self.resent:
            return None
        return told

    @property
    def resolved(self) -> bool:
        """Whether the platform itself says that it was signed or declined."""
        return self.platform is not None and self.platform.resolved

    @property
    def signed(self) -> bool:
        """Whether the platform itself says that it was signed."""
        return self.platform is not None and self.platform.signed

    @property
    def cancelled(self) -> bool:
        """Whether the platform said that it is cancelled, to a DELETE or to a GET."""
        if self.platform is not None and self.platform.cancelled:
            return True
        return bool(self.cancel_answers) and any(a.cancelled for a in self.cancel_answers)

    @property
    def txid(self) -> str | None:
        """The transaction, known only once the platform says signed."""
        return self.platform.txid if self.platform is not None else None

    @property
    def txids(self) -> tuple[str, ...]:
        """Every transaction that is said to be this request's, each as often as it is said."""
        named = () if self.txid is None else (self.txid,)
        return named + tuple(one.tx.txid for one in self.payments if one.tx.txid)

    @property
    def transaction(self) -> str | None:
        """The transaction to look at: the reported one, else the first that the ledger told of."""
        if self.txid is not None or not self.payments:
            return self.txid
        return self.payments[0].tx.txid


_values: Final = attrgetter(*(one.name for one in fields(Request)))
_Draft: Final = twin_of(Request)
"""A request that can still be written."""


def begin(order: Order, at: datetime) -> Request:
    """The request of an intent that is on disk; nobody else knows it yet."""
    stamps = (at, *_NO_STAMPS[1:])
    return Request(order=order, created_at=at, stamps=stamps)


def replay(recorded: list[Fact]) -> Request | None:
    """The request that these facts add up to; None when its intent is not among them."""
    intent = next((f for f in recorded if isinstance(f.event, Order)), None)
    if intent is None or not isinstance(intent.event, Order):
        return None
    request = begin(intent.event, intent.at)
    for one in recorded:
        request = advance(request, one)
    return request


def advance(request: Request, fact: Fact) -> Request:
    """Join one fact. Total: every fact in every state has a result, an equal one if nothing new
    was learnt."""
    return _join(request, fact.at, fact.event, fact.witness)


def learnt(before: Request, after: Request) -> bool:
    """Whether the fact that made `after` of `before` told anything new."""
    if after is before:
        return False
    # Every step that was reached has stamps of its own: the commonest news needs no comparison.
    if after.stamps is not before.stamps:
        return True
    return after != before or after.missing is not before.missing


def _join(request: Request, at: datetime, event: Event, witness: Witness) -> Request:
    step = RISES.get(type(event))
    if step is not None:
        return _rise(request, step, at)
    match event:
        case Created():
            request = _rise(request, Step.CREATED, at)
            told = (event.socket or "", event.link)
            socket, link = max(told, (request.socket or "", request.link or ""))
            return replace(
                request,
                uuid=_same_uuid(request.uuid, event.uuid),
                link=link,
                socket=socket or None,
                pushed=event.pushed or request.pushed,
            )
        case frames.Resolved():
            # The frame alone is never proof: it raises what it implies and asks for a GET.
            request = _rise(request, Step.PRE_SIGNED if event.signed else Step.OPENED, at)
            hint = event.signed or request.resolve_hint is True
            return request if request.resolve_hint is hint else replace(request, resolve_hint=hint)
        case frames.Expired():
            return request if request.expired_hint else replace(request, expired_hint=True)
        case frames.Cancelled():
            return request if request.cancelled_hint else replace(request, cancelled_hint=True)
        case frames.Refused():
            return request if request.refused_hint else replace(request, refused_hint=True)
        case Snapshot():
            return _answer(request, at, event)
        case facts.Missing():
            last = at if request.missing_at is None else max(request.missing_at, at)
            return request if request.missing_at == last else replace(request, missing_at=last)
        case facts.Unsure():
            return request if request.unsure else replace(request, unsure=True)
        case facts.NotCreated():
            worse = max(request.refusal or event, event, key=_refusal)
            return request if request.refusal == worse else replace(request, refusal=worse)
        case facts.Resend():
            last = at if request.resent_at is None else max(request.resent_at, at)
            count = max(request.resent, event.attempt)
            if (count, last) == (request.resent, request.resent_at):
                return request
            return replace(request, resent=count, resent_at=last)
        case facts.GivenUp():
            return request if request.given_up else replace(request, given_up=True)
        case facts.CancelAsked():
            return request if request.cancel_asked else replace(request, cancel_asked=True)
        case CancelAnswer():
            if event in request.cancel_answers:
                return request
            if event.reason in (ALREADY_OPENED, ALREADY_RESOLVED):
                # The platform knows of a phone of which no socket ever told.
                request = _rise(request, Step.OPENED, at)
            return replace(request, cancel_answers=request.cancel_answers | {event})
        case BlobFinding():
            blob = max(request.blob or event, event, key=_doubt)
            return request if request.blob == blob else replace(request, blob=blob)
        case LedgerTx() | LedgerAbsent():
            return _ledger(request, event)
        case LedgerSilent():
            heard = request.ledger is not None or request.ledger_index is not None
            heard = heard or bool(request.keys)
            known = heard or request.ledger_silent
            return request if known else replace(request, ledger_silent=True)
        case RegularKey():
            if event in request.keys:
                return request
            return replace(request, keys=request.keys | {event}, ledger_silent=False)
        case Payment():
            return _payment(request, event)
        case facts.Outage():
            told = ("", event.link)
            socket, link = max(told, (request.socket or "", request.link or ""))
            shown = max(event.link, request.outage or "")
            if (link, socket, shown) == (request.link, request.socket or "", request.outage):
                return request
            return replace(request, link=link, socket=socket or None, outage=shown)
        case facts.SharedTxid():
            return replace(request, shared_with=request.shared_with | {event.identifier})
        case facts.Garbled() | frames.Garbled():
            label = f"{witness.value}: {event.why}"
            if label in request.garbled:
                return request
            return replace(request, garbled=request.garbled | {label})
        case _:
            return request


def _rise(request: Request, step: Step, at: datetime) -> Request:
    known = request.stamps[step]
    if request.step >= step and known is not None and known <= at:
        return request
    earliest = at if known is None else min(known, at)
    stamps = (*request.stamps[:step], earliest, *request.stamps[step + 1 :])
    # As `replace` would, at a seventh of its cost: this is what every frame of a flood does.
    draft = _Draft(*_values(request))
    draft.step, draft.stamps = max(request.step, step), stamps
    draft.__class__ = Request
    raised: Request = draft
    return raised


def _answer(request: Request, at: datetime, answer: Snapshot) -> Request:
    request = _rise(request, Step.CREATED, at)
    if answer.app_opened:
        request = _rise(request, Step.OPENED, at)
    if answer.resolved:
        request = _rise(request, Step.RESOLVED, answer.resolved_at or at)
    joined = answer.join(request.platform)
    uuid = _same_uuid(request.uuid, answer.uuid)
    answered = at if request.answered_at is None else max(request.answered_at, at)
    if joined == request.platform and uuid == request.uuid and answered == request.answered_at:
        return request
    return replace(request, platform=joined, uuid=uuid, answered_at=answered)


def _ledger(request: Request, event: LedgerTx | LedgerAbsent) -> Request:
    if isinstance(event, LedgerAbsent):
        index = max(request.ledger_index or 0, event.validated_index or 0) or None
        never = request.ledger_never or event.never
        if index == request.ledger_index and never == request.ledger_never:
            return request
        return replace(request, ledger_index=index, ledger_never=never, ledger_silent=False)
    known = request.ledger
    # A validated result replaces a provisional one and never changes; should nodes tell it
    # differently, the one that pays less stays.
    kept = event if known is None else max(known, event, key=_weight)
    return request if known == kept else replace(request, ledger=kept, ledger_silent=False)


def _payment(request: Request, event: Payment) -> Request:
    if not event.tx.txid:
        return request
    known = next((p for p in request.payments if p.tx.txid == event.tx.txid), None)
    kept = event if known is None else max(known, event, key=_evidence)
    if kept == known:
        return request
    others = [p for p in request.payments if p.tx.txid != event.tx.txid]
    return replace(request, payments=tuple(sorted((*others, kept), key=lambda p: p.place)))


def _evidence(payment: Payment) -> tuple[bool, tuple[bool, bool, str], str, str]:
    """Of two tellings of one payment what a person said of it counts; else the worse one."""
    by_hand = payment.paired == HAND
    return by_hand, _weight(payment.tx), payment.paired, payment.assigned_at or ""


def _weight(tx: LedgerTx) -> tuple[bool, bool, str]:
    return tx.validated, tx.result != "tesSUCCESS", repr(tx)


def _refusal(failure: facts.NotCreated) -> tuple[bool, int, str, int]:
    """A refusal for good outweighs a platform that was down, whose last word counts."""
    return not failure.down, failure.attempt, failure.why, failure.code or 0


def _doubt(blob: BlobFinding) -> tuple[bool, bool, str]:
    """Of two findings about one request the worse one counts."""
    return not blob.canonical, not blob.valid, wire.dump(blob.to_json())


def _same_uuid(known: str | None, told: str | None) -> str | None:
    """The platform names one request once; should it not, the order must not matter."""
    return min((uuid for uuid in (known, told) if uuid is not None), default=None)
