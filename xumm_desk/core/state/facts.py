"""The facts about a request: what was received, when, from which source.

A fact keeps the wire text as it came (redacted), so a later program with better parsers can replay
an old journal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from xumm_desk.core.fast_records import fast_constructor
from xumm_desk.core.message import Message
from xumm_desk.core.request import outage_code
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire import api_answers, frames, json_fields

from .account_facts import Dismissal, LedgerSpan, Listed, PaysAnother
from .decisions import Decision, parse_decision
from .evidence import BlobCheck, LedgerTx, NoNodeAnswer, Payment, RegularKey, TransactionNotFound

MAX_EXCERPT: Final = 500
"""Characters kept of material that could not be parsed."""


class Source(StrEnum):
    """Where a fact comes from. The socket hints, the platform decides, the ledger proves."""

    DESK = "desk"
    SOCKET = "socket"
    PLATFORM = "platform"
    LEDGER = "ledger"
    OPERATOR = "operator"


class FactKind(StrEnum):
    """What a fact's text holds."""

    INTENT = "intent"
    CREATED = "created"
    NOT_CREATED = "not-created"
    CREATE_UNSURE = "unsure"
    RESENT = "resend"
    CLOSED = "given-up"
    FRAME = "frame"
    ANSWER = "answer"
    NOT_FOUND = "missing"
    CANCEL_REQUESTED = "cancel-asked"
    CANCEL_ANSWER = "cancel-answer"
    BLOB_CHECK = "blob"
    LEDGER_TX = "ledger-tx"
    LEDGER_ABSENT = "ledger-absent"
    LEDGER_NEVER = "ledger-never"
    LEDGER_SILENT = "ledger-silent"
    REGULAR_KEY = "regular-key"
    PAYMENT = "payment"
    SHARED_TXID = "shared-txid"
    OUTAGE_CODE = "outage"
    UNREADABLE = "garbled"
    SOCKET_LOST = "link-lost"
    CLOCK_SET = "clock-set"
    DECISION = "decision"
    PAYS_ANOTHER = "pays-another"
    # Of the receiving accounts, not of a request.
    LISTED = "unmatched"
    DISMISSED = "dismissed"
    LEDGER_READ = "ledger-read"


@dataclass(frozen=True, slots=True)
class CreateFailed:
    """The platform refused the request for good, or it will not be sent any more."""

    reason: str
    code: int | None = None
    platform_down: bool = False
    """Whether the platform could not be reached or was broken, rather than refused it."""
    attempt: int = 0
    """Which sending this was: 0, or the number of the `Resent` before it."""


@dataclass(frozen=True, slots=True)
class CreateUnsure:
    """The answer to a POST was lost: the request may exist (P§2.3)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resent:
    """A person sends again what a platform that was down never took; `attempt` counts from 1."""

    attempt: int


@dataclass(frozen=True, slots=True)
class ClosedByOperator:
    """A person closed a request that the platform cannot cancel, because it does not have it."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The platform answered 404, often enough to be believed (P§11-13)."""


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """A person asked to cancel."""


@dataclass(frozen=True, slots=True)
class SharedTxid:
    """Another request of ours was reported with the same transaction."""

    identifier: str


@dataclass(frozen=True, slots=True)
class OutageCodeShown:
    """A person shows an outage code: the platform never gets this request (P§8)."""

    link: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A source sent something that cannot be parsed; journaled once, changes no status."""

    reason: str


@dataclass(frozen=True, slots=True)
class SocketLost:
    """The socket was lost or taken for dead."""

    reason: str


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The computer's clock was set forward by `seconds`, or back where they are negative."""

    seconds: int


FactValue: TypeAlias = (
    RequestSpec
    | api_answers.CreateAnswer
    | api_answers.Snapshot
    | api_answers.CancelAnswer
    | frames.Frame
    | BlobCheck
    | LedgerTx
    | TransactionNotFound
    | NoNodeAnswer
    | RegularKey
    | Payment
    | CreateFailed
    | CreateUnsure
    | Resent
    | ClosedByOperator
    | NotFound
    | CancelRequested
    | SharedTxid
    | OutageCodeShown
    | Unreadable
    | SocketLost
    | ClockSet
    | Decision
    | PaysAnother
    | Listed
    | Dismissal
    | LedgerSpan
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `at` is UTC; `text` is the JSON that is stored; `value` is `text` as parsed."""

    at: datetime
    source: Source
    kind: FactKind
    text: str
    value: FactValue = field(compare=False, repr=False)


_fast_fact: Final = fast_constructor(Fact)


def make_fact(
    at: datetime,
    source: Source,
    kind: FactKind,
    value: json_fields.JsonObject,
    uuid: str | None = None,
) -> Fact:
    """Make a fact of `value`, which must already be redacted; reads it as the journal will.
    `uuid` is the request that an answer must be about."""
    return Fact(at, source, kind, json_fields.compact_json(value), _parse_value(kind, value, uuid))


def fact_from_frame(at: datetime, message: str | bytes, frame: frames.Frame) -> Fact:
    """Make the fact of one socket message, already read as `frame`."""
    if isinstance(frame, frames.UnreadableFrame):
        return unreadable_fact(at, Source.SOCKET, frame.reason, message)
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    return _fast_fact(at, Source.SOCKET, FactKind.FRAME, text, frame)


def unreadable_fact(at: datetime, source: Source, why: str, material: str | bytes = "") -> Fact:
    """Make the fact of something unreadable, with an excerpt of it."""
    if isinstance(material, bytes):
        excerpt = material[:MAX_EXCERPT].decode("utf-8", "backslashreplace")
    else:
        excerpt = material[:MAX_EXCERPT].encode("utf-8", "backslashreplace").decode()
    return make_fact(at, source, FactKind.UNREADABLE, {"why": why, "excerpt": excerpt})


def fact_from_journal(
    at: datetime, source: str, kind: str, text: str, uuid: str | None
) -> Fact | None:
    """Parse a journal row; None for a kind or source of a later program, which stays on disk but
    cannot be used here."""
    try:
        named, who = FactKind(kind), Source(source)
    except ValueError:
        return None
    if named is FactKind.FRAME:
        return Fact(at, who, named, text, frames.parse_frame(text, uuid))
    value = json_fields.parse_object(text)
    if isinstance(value, str):
        return Fact(at, who, named, text, Unreadable(value))
    return Fact(at, who, named, text, _parse_value(named, value, uuid))


_OWN_FORMS: Final[dict[FactKind, Callable[[json_fields.JsonObject], FactValue | str]]] = {
    FactKind.BLOB_CHECK: BlobCheck.from_json,
    FactKind.LEDGER_TX: LedgerTx.from_json,
    FactKind.PAYMENT: Payment.from_json,
    FactKind.PAYS_ANOTHER: PaysAnother.from_json,
    FactKind.LISTED: Listed.from_json,
    FactKind.DISMISSED: Dismissal.from_json,
    FactKind.LEDGER_READ: LedgerSpan.from_json,
}


def _parse_value(
    kind: FactKind, value: json_fields.JsonObject, uuid: str | None = None
) -> FactValue:
    read: FactValue | str
    match kind:
        case FactKind.INTENT:
            read = RequestSpec.from_json(value)
        case FactKind.CREATED:
            read = api_answers.parse_create_answer(value)
        case FactKind.ANSWER:
            read = api_answers.parse_snapshot(value, uuid)
        case FactKind.CANCEL_ANSWER:
            read = api_answers.parse_cancel_answer(value)
        case FactKind.FRAME:
            read = frames.parse_frame_object(value, uuid)
        case FactKind.LEDGER_ABSENT | FactKind.LEDGER_NEVER:
            read = TransactionNotFound(
                json_fields.int_at(value, "validated_index"), final=kind is FactKind.LEDGER_NEVER
            )
        case FactKind.LEDGER_SILENT:
            read = NoNodeAnswer(json_fields.string_at(value, "why") or "")
        case FactKind.REGULAR_KEY:
            read = RegularKey(
                json_fields.string_at(value, "account") or "", json_fields.string_at(value, "key")
            )
        case FactKind.NOT_CREATED:
            read = CreateFailed(
                json_fields.string_at(value, "why") or "",
                json_fields.int_at(value, "code"),
                json_fields.bool_at(value, "down") or False,
                max(0, json_fields.int_at(value, "attempt") or 0),
            )
        case FactKind.CREATE_UNSURE:
            read = CreateUnsure(json_fields.string_at(value, "why") or "")
        case FactKind.RESENT:
            read = Resent(max(1, json_fields.int_at(value, "attempt") or 1))
        case FactKind.CLOSED:
            read = ClosedByOperator()
        case FactKind.NOT_FOUND:
            read = NotFound()
        case FactKind.CANCEL_REQUESTED:
            read = CancelRequested()
        case FactKind.SHARED_TXID:
            read = SharedTxid(json_fields.string_at(value, "identifier") or "")
        case FactKind.OUTAGE_CODE:
            shown = json_fields.string_at(value, "link") or ""
            read = (
                OutageCodeShown(shown)
                if outage_code.is_outage_link(shown)
                else Message("no outage code")
            )
        case FactKind.SOCKET_LOST:
            read = SocketLost(json_fields.string_at(value, "why") or "")
        case FactKind.CLOCK_SET:
            read = ClockSet(json_fields.int_at(value, "seconds") or 0)
        case FactKind.DECISION:
            read = parse_decision(value) or Message("a decision of a later program")
        case (
            FactKind.BLOB_CHECK
            | FactKind.LEDGER_TX
            | FactKind.PAYMENT
            | FactKind.PAYS_ANOTHER
            | FactKind.LISTED
            | FactKind.DISMISSED
            | FactKind.LEDGER_READ
        ):
            read = _OWN_FORMS[kind](value)
        case FactKind.UNREADABLE:
            read = Unreadable(json_fields.string_at(value, "why") or "")
    return Unreadable(read) if isinstance(read, str) else read
