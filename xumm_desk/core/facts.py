"""The facts of a request's life: what was heard, when, from which witness.

A fact keeps the wire material as it came (redacted), so a journal replayed by a later program is
read again by its better parsers. Must not know what facts add up to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from . import frames, outage, snapshot, wire
from .mould import mould
from .order import Order
from .proof import BlobFinding, LedgerAbsent, LedgerSilent, LedgerTx, Payment, RegularKey

MAX_EXCERPT: Final = 500
"""Characters kept of material that could not be read."""


class Witness(StrEnum):
    """Who told the fact. The socket hints, the platform decides, the ledger proves."""

    DESK = "desk"
    SOCKET = "socket"
    PLATFORM = "platform"
    LEDGER = "ledger"
    OPERATOR = "operator"


class Kind(StrEnum):
    """What a fact's text holds."""

    INTENT = "intent"
    CREATED = "created"
    NOT_CREATED = "not-created"
    UNSURE = "unsure"
    RESEND = "resend"
    GIVEN_UP = "given-up"
    FRAME = "frame"
    ANSWER = "answer"
    MISSING = "missing"
    CANCEL_ASKED = "cancel-asked"
    CANCEL_ANSWER = "cancel-answer"
    BLOB = "blob"
    LEDGER_TX = "ledger-tx"
    LEDGER_ABSENT = "ledger-absent"
    LEDGER_NEVER = "ledger-never"
    LEDGER_SILENT = "ledger-silent"
    REGULAR_KEY = "regular-key"
    PAYMENT = "payment"
    SHARED_TXID = "shared-txid"
    OUTAGE = "outage"
    GARBLED = "garbled"
    LINK_LOST = "link-lost"
    CLOCK_SET = "clock-set"


@dataclass(frozen=True, slots=True)
class NotCreated:
    """The platform refused the request for good, or nobody will send it any more."""

    why: str
    code: int | None = None
    down: bool = False
    """Whether the platform could not be reached or was broken, rather than refused it."""
    attempt: int = 0
    """Which sending this was: 0, or the number of the `Resend` before it."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """The answer to a POST was lost: the request may exist (P§2.3)."""

    why: str


@dataclass(frozen=True, slots=True)
class Resend:
    """A person sends again what a platform that was down never took; `attempt` counts from 1."""

    attempt: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A person closed a request that the platform cannot end, for it knows nothing of it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The platform answered 404, often enough to be believed (P§11-13)."""


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A person asked to cancel."""


@dataclass(frozen=True, slots=True)
class SharedTxid:
    """The same transaction is claimed by another request of ours."""

    identifier: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A person shows an outage code: the platform never hears of this request (P§8)."""

    link: str


@dataclass(frozen=True, slots=True)
class Garbled:
    """A witness sent something unreadable; kept once, moves nothing."""

    why: str


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The socket was lost or taken for dead."""

    why: str


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The computer's clock was set forward by `seconds`, or back where they are negative."""

    seconds: int


Event: TypeAlias = (
    Order
    | snapshot.Created
    | snapshot.Snapshot
    | snapshot.CancelAnswer
    | frames.Frame
    | BlobFinding
    | LedgerTx
    | LedgerAbsent
    | LedgerSilent
    | RegularKey
    | Payment
    | NotCreated
    | Unsure
    | Resend
    | GivenUp
    | Missing
    | CancelAsked
    | SharedTxid
    | Outage
    | Garbled
    | LinkLost
    | ClockSet
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing heard. `at` is UTC; `text` is JSON as it is stored; `event` is `text` as read."""

    at: datetime
    witness: Witness
    kind: Kind
    text: str
    event: Event = field(compare=False, repr=False)


_fact: Final = mould(Fact)


def fact(
    at: datetime,
    witness: Witness,
    kind: Kind,
    value: wire.JsonObject,
    uuid: str | None = None,
) -> Fact:
    """Make a fact of `value`, which must already be redacted; reads it as the journal will.
    `uuid` is the request that an answer must be about."""
    return Fact(at, witness, kind, wire.dump(value), _read(kind, value, uuid))


def heard(at: datetime, message: str | bytes, frame: frames.Frame) -> Fact:
    """Make the fact of one socket message, already read as `frame`."""
    if isinstance(frame, frames.Garbled):
        return garbled(at, Witness.SOCKET, frame.why, message)
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    return _fact(at, Witness.SOCKET, Kind.FRAME, text, frame)


def garbled(at: datetime, witness: Witness, why: str, material: str | bytes = "") -> Fact:
    """Make the fact of something unreadable, with an excerpt of it."""
    if isinstance(material, bytes):
        excerpt = material[:MAX_EXCERPT].decode("utf-8", "backslashreplace")
    else:
        excerpt = material[:MAX_EXCERPT].encode("utf-8", "backslashreplace").decode()
    return fact(at, witness, Kind.GARBLED, {"why": why, "excerpt": excerpt})


def revive(at: datetime, witness: str, kind: str, text: str, uuid: str | None) -> Fact | None:
    """Read a journal row again; None for a kind or witness of a later program, which is kept on
    disk but cannot be understood here."""
    try:
        named, who = Kind(kind), Witness(witness)
    except ValueError:
        return None
    if named is Kind.FRAME:
        return Fact(at, who, named, text, frames.read(text, uuid))
    value = wire.parse_object(text)
    if isinstance(value, str):
        return Fact(at, who, named, text, Garbled(value))
    return Fact(at, who, named, text, _read(named, value, uuid))


def _read(kind: Kind, value: wire.JsonObject, uuid: str | None = None) -> Event:
    read: Event | str
    match kind:
        case Kind.INTENT:
            read = Order.from_json(value)
        case Kind.CREATED:
            read = snapshot.read_created(value)
        case Kind.ANSWER:
            read = snapshot.read(value, uuid)
        case Kind.CANCEL_ANSWER:
            read = snapshot.read_cancel(value)
        case Kind.FRAME:
            read = frames.read_object(value, uuid)
        case Kind.BLOB:
            read = BlobFinding.from_json(value)
        case Kind.LEDGER_TX:
            read = LedgerTx.from_json(value)
        case Kind.LEDGER_ABSENT | Kind.LEDGER_NEVER:
            read = LedgerAbsent(
                wire.whole(value, "validated_index"), never=kind is Kind.LEDGER_NEVER
            )
        case Kind.LEDGER_SILENT:
            read = LedgerSilent(wire.text(value, "why") or "")
        case Kind.REGULAR_KEY:
            read = RegularKey(wire.text(value, "account") or "", wire.text(value, "key"))
        case Kind.PAYMENT:
            read = Payment.from_json(value)
        case Kind.NOT_CREATED:
            read = NotCreated(
                wire.text(value, "why") or "",
                wire.whole(value, "code"),
                wire.flag(value, "down") or False,
                max(0, wire.whole(value, "attempt") or 0),
            )
        case Kind.UNSURE:
            read = Unsure(wire.text(value, "why") or "")
        case Kind.RESEND:
            read = Resend(max(1, wire.whole(value, "attempt") or 1))
        case Kind.GIVEN_UP:
            read = GivenUp()
        case Kind.MISSING:
            read = Missing()
        case Kind.CANCEL_ASKED:
            read = CancelAsked()
        case Kind.SHARED_TXID:
            read = SharedTxid(wire.text(value, "identifier") or "")
        case Kind.OUTAGE:
            shown = wire.text(value, "link") or ""
            read = Outage(shown) if outage.is_link(shown) else "no outage code"
        case Kind.LINK_LOST:
            read = LinkLost(wire.text(value, "why") or "")
        case Kind.CLOCK_SET:
            read = ClockSet(wire.whole(value, "seconds") or 0)
        case Kind.GARBLED:
            read = Garbled(wire.text(value, "why") or "")
    return Garbled(read) if isinstance(read, str) else read
