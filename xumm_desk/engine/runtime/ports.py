"""Protocols of what the engine needs from the outside: clock, platform, sockets, ledger, journal.

Each has two implementations, the real one in `net` or `store` and the wrapper in `port_errors`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from xumm_desk.core.account.account_state import AccountState
from xumm_desk.core.audit import AuditEntry
from xumm_desk.core.customers.customer import Customer
from xumm_desk.core.customers.token_states import PushToken, TokenState
from xumm_desk.core.history.history_lines import HistoryLines, IndexProgress
from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.ledger_prices import LedgerPrice
from xumm_desk.core.pricing.rate_settings import SecondSource
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Span
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.evidence import (
    AccountHistory,
    BlobCheck,
    LedgerTx,
    NoNodeAnswer,
    RegularKey,
    TransactionNotFound,
    UnmatchedPayment,
)
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure
from xumm_desk.core.wire.json_fields import JsonObject

from .shift_port import ShiftJournal


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> datetime:
        """The wall clock in UTC; for records only, since it may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, and go on while the machine sleeps where the system can."""
        ...


class PlatformApi(Protocol):
    """The platform's REST API; no method raises, failures are values."""

    @property
    def budget(self) -> CallBudget:
        """Calls left, learned from headers."""
        ...

    @property
    def date(self) -> DateReading | None:
        """The time in its newest answer; None before the first."""
        ...

    async def ping(self) -> Application | Failure:
        """Whose keys these are."""
        ...

    async def create(self, spec: RequestSpec) -> ApiAnswer | Failure:
        """POST the request once; never repeats by itself."""
        ...

    async def get_payload(self, uuid: str) -> ApiAnswer | Failure:
        """GET one request."""
        ...

    async def get_by_identifier(self, identifier: str) -> ApiAnswer | Failure:
        """GET one request by our identifier."""
        ...

    async def cancel(self, uuid: str) -> ApiAnswer | Failure:
        """DELETE one request."""
        ...

    async def rates(self, currency: str) -> ApiAnswer | Failure:
        """Prices of one XRP, XAH and USD in an ISO currency, with exact numbers."""
        ...

    async def issued_token(self, uuid: str) -> PushToken | Failure | None:
        """The push token that a signed request has issued; None if the platform names none."""
        ...

    async def token_states(self, tokens: Sequence[str]) -> tuple[TokenState, ...] | Failure:
        """Whether these push tokens can be used, in one call; some may be missing in the answer."""
        ...

    def status_url(self, uuid: str, given: str | None) -> str:
        """The status socket to open: the one given by the platform when it is the platform's own
        host, else the one derived from the API's base."""
        ...

    def payload_url(self, uuid: str) -> str:
        """The QR's content for a request whose create answer was lost (P§8)."""
        ...


class MessageIterator(Protocol):
    """One open status socket."""

    @property
    def raw(self) -> object:
        """The library's own connection, for programs that want it."""
        ...

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Messages until the socket closes; any close ends the loop."""
        ...

    @property
    def ended(self) -> str:
        """Why the socket closed; "" while it is open."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, without a closing handshake: the other side is silent."""
        ...


class CallbackConnection(Protocol):
    """One open status socket that calls back with each message."""

    @property
    def closed(self) -> asyncio.Future[str]:
        """Done when the socket is closed, with the reason."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, without a closing handshake: the other side is silent."""
        ...

    async def close(self) -> None:
        """Close it, waiting a moment at most."""
        ...


class StatusSocketOpener(Protocol):
    """Opens status sockets for programs."""

    def stream(self, url: str) -> AbstractAsyncContextManager[MessageIterator]:
        """Open `url`; raises `OSError` when it cannot be reached."""
        ...


class StatusSockets(StatusSocketOpener, Protocol):
    """Opens status sockets, the desk's own too."""

    @property
    def limit(self) -> int:
        """How many may be open at once."""
        ...

    async def connect(
        self, url: str, on_message: Callable[[str | bytes], None]
    ) -> CallbackConnection:
        """Open `url` and call `on_message` with each message; raises `OSError` if it cannot be
        reached."""
        ...


class TransactionApi(Protocol):
    """Validated truth, from nodes we chose."""

    async def transaction(
        self, txid: str, last_ledger: int | None
    ) -> tuple[JsonObject, LedgerTx] | TransactionNotFound | NoNodeAnswer:
        """Look up a transaction; past `last_ledger` its absence becomes final."""
        ...

    async def regular_key(self, account: str) -> RegularKey | NoNodeAnswer:
        """Which regular key `account` has in the validated ledger."""
        ...


class AccountStateApi(Protocol):
    """The present settings of accounts, from nodes we chose; does not raise."""

    async def account_state(self, account: str, assets: Sequence[AcceptedAsset]) -> AccountState:
        """What the validated ledger says of `account`, and of what concerns `assets` there."""
        ...


LedgerListener = Callable[[bool, str], None]
"""Called with True if something may have come, with False when a ledger closed; and with the txid
of the transaction that came, "" where none is named."""


class AccountHistoryApi(Protocol):
    """The history of accounts, from nodes we chose; no method raises."""

    @property
    def can_subscribe(self) -> bool:
        """Whether `subscribe` can be used; else `history` has to be asked again and again."""
        ...

    async def history(
        self, account: str, after: int | None, since: datetime
    ) -> AccountHistory | NoNodeAnswer:
        """Validated transactions after ledger `after`, or closed after `since` where it is None."""
        ...

    async def subscribe(self, accounts: Sequence[str], on_event: LedgerListener) -> str:
        """Subscribe until the socket is lost, and return why."""
        ...


class LedgerPriceApi(Protocol):
    """The price of XRP by the ledger itself, from nodes we chose."""

    async def price(self, source: SecondSource) -> LedgerPrice | str:
        """The price now, or a sentence that says why there is none."""
        ...


class CustomerStore(Protocol):
    """Where returning customers are kept: never in plain text. No method raises; a sentence says
    why something could not be done."""

    async def load(self) -> Sequence[Customer] | str:
        """All of them, in no order."""
        ...

    async def save(self, customers: Sequence[Customer]) -> str:
        """Keep these, in the place of those with the same nickname; "" or why not."""
        ...

    async def remove(self, nicknames: Sequence[str]) -> str:
        """Delete these for good; "" or why not. One that is not there is no error."""
        ...


class XrplCodec(Protocol):
    """The ledger's own encoding, loaded late; all methods are slow: call them in a thread."""

    def read_blob(self, blob: str, network: str) -> BlobCheck:
        """Decode and verify a signed blob of `network`; total."""
        ...

    def decode(self, blob: str, network: str) -> JsonObject | str:
        """The transaction inside an unsigned blob of `network`, or why there is none."""
        ...

    def transaction_errors(self, txjson: JsonObject, network: str) -> tuple[FieldError, ...]:
        """What the models and a test encoding say against `txjson` on `network`."""
        ...


class History(Protocol):
    """One line for each request of the journal, behind its facts by a moment. Every method raises
    `JournalError`."""

    async def lines(
        self,
        query: HistoryQuery,
        order: Order,
        *,
        descending: bool,
        known: Sequence[str],
        limit: int = -1,
    ) -> HistoryLines:
        """The keys of the requests that are asked for, in order, `limit` of them unless negative;
        with the keys of the requests `known`, whether asked for or not, and their places."""
        ...

    async def keys_of(self, identifiers: Sequence[str]) -> dict[str, int]:
        """The keys of these requests, as far as they are in the index."""
        ...

    async def page(self, keys: Sequence[int]) -> dict[int, RequestSummary]:
        """The requests with these keys; some may be gone."""
        ...

    async def summaries(self, query: HistoryQuery) -> Sequence[RequestSummary]:
        """The requests that are asked for, oldest first; for answers that are known to be small, as
        a day is."""
        ...

    async def count(self, query: HistoryQuery) -> int:
        """How many requests are asked for."""
        ...

    async def counts(self, known: Sequence[str] = ()) -> dict[tuple[Status, bool], int]:
        """How many requests there are of each status, apart by whether a person has to look;
        without the requests `known`."""
        ...

    async def values(self, column: str) -> Sequence[str]:
        """The different values of "till", "cashier", "asset" or "network"."""
        ...

    async def compare(self, now: Span, before: Span, network: str) -> PeriodFigures:
        """The figures of both periods for a shop of `network`, "" for any."""
        ...

    async def progress(self) -> IndexProgress:
        """How far the index is."""
        ...

    def interrupt(self) -> None:
        """End the question for lines that is being answered, which then fails: nobody waits for
        it."""
        ...


class Journal(Protocol):
    """Facts on disk. Appending keeps their order; a callback says when they are durable."""

    @property
    def shifts(self) -> ShiftJournal:
        """The shifts that its facts make up."""
        ...

    @property
    def history(self) -> History:
        """Its requests, as a table."""
        ...

    async def remote_requests(self, identifiers: Sequence[str]) -> dict[str, str]:
        """The till (id) of each of these requests that another till of the shop has made."""
        ...

    async def unfinished_among(self, identifiers: Sequence[str]) -> Sequence[str]:
        """Those of these requests that are not finished."""
        ...

    async def unfinished_of(self, till: str) -> Sequence[str]:
        """The requests of another till that are not finished, oldest first."""
        ...

    async def catch_up_index(self) -> None:
        """Return when the history knows everything that was appended before."""
        ...

    def append(
        self, identifier: str, fact: Fact, *, urgent: bool, status: str = "", finished: bool = False
    ) -> None:
        """Queue one fact; `urgent` asks to flush it at once. `status`, unless "", is the status
        that it leads to, and `finished` whether the request is over: as `set_status`, but in one
        transaction."""
        ...

    async def durable(self) -> None:
        """Return when everything appended before is on disk; raises when the disk refuses."""
        ...

    def on_durable(self, call: Callable[[], None]) -> None:
        """Call `call` on the loop after each group, and each dismissal, that reached the disk."""
        ...

    def on_error(self, call: Callable[[str], None]) -> None:
        """Call `call` with a sentence when the disk refuses, with "" once it takes facts again."""
        ...

    def on_rejected(self, call: Callable[[str], None]) -> None:
        """Call `call` with a sentence about a fact that was rejected by the tables and is kept
        apart."""
        ...

    @property
    def appended(self) -> int:
        """How many facts were appended so far."""
        ...

    @property
    def written(self) -> int:
        """How many of them are on disk."""
        ...

    async def load_unfinished(self) -> Sequence[tuple[str, Sequence[Fact]]]:
        """Every request that is not marked finished, with its facts in order."""
        ...

    async def load_recent(self, limit: int) -> Sequence[tuple[str, Sequence[Fact]]]:
        """The newest finished requests with their facts."""
        ...

    async def load_newest(self, limit: int) -> Sequence[tuple[str, Sequence[Fact]]]:
        """The newest requests, finished or not, with their facts."""
        ...

    async def load(self, identifiers: Iterable[str]) -> Sequence[tuple[str, Sequence[Fact]]]:
        """These requests with their facts."""
        ...

    async def written_elsewhere(self) -> Sequence[tuple[str, Sequence[Fact]]]:
        """Requests, with all their facts, to which another process has added some since the last
        call."""
        ...

    async def find_uuid(self, uuid: str) -> str | None:
        """The identifier of the request with this platform id."""
        ...

    def add_unmatched(self, payment: UnmatchedPayment) -> None:
        """Queue a payment that belongs to no request for sure. A payment fact of its txid, written
        later, assigns it."""
        ...

    def set_ledger_read(self, account: str, index: int, after: int | None = None) -> None:
        """Note up to which ledger an account was read, after all that was queued; without a gap
        behind the ledger `after`, where that is known."""
        ...

    async def unmatched(self) -> Sequence[UnmatchedPayment]:
        """Payments still unmatched."""
        ...

    async def known_unmatched(self, txids: Sequence[str]) -> set[str]:
        """Those of these transactions that once were unmatched."""
        ...

    async def ledgers_read(self) -> dict[str, int]:
        """Up to which ledger each account was read."""
        ...

    async def is_in_shop(self) -> bool:
        """Whether this till shares its facts with other tills."""
        ...

    async def ledger_read_by_all(self, account: str) -> int | None:
        """From which ledger on nobody in the shop has read an account."""
        ...

    async def requests_naming(
        self, txid: str, tag: int | None, invoice: str | None
    ) -> Sequence[str]:
        """Requests that name this transaction, tag or invoice id."""
        ...

    async def requests_for_txids(self, txids: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Pairs of transaction (upper case) and request whose platform answer names it, recorded by
        this process or by another one on the same journal."""
        ...

    async def refunds_of(self, identifiers: Sequence[str]) -> Sequence[str]:
        """The requests that refund one of these, oldest first."""
        ...

    async def set_dismissed(self, txid: str, dismissed: bool, at: datetime) -> None:
        """Note that a person dismissed an unmatched payment, or brought it back; durable when this
        returns."""
        ...

    async def dismissed(self) -> dict[str, datetime]:
        """When (UTC) each dismissed payment was dismissed, by txid."""
        ...

    async def reserve_tag(self, within: TagRange, now: datetime) -> int | None:
        """Reserve a free tag of the range, durable when this returns; None if all are
        quarantined."""
        ...

    async def add_audit(self, kind: str, who: str, detail: str, at: datetime) -> None:
        """Write down what a person did; durable when this returns."""
        ...

    async def audit(self, limit: int) -> Sequence[AuditEntry]:
        """The last of what persons did, newest first."""
        ...

    async def reserve_sale_number(self, count_name: str) -> int:
        """The next sale number of this count, durable when this returns."""
        ...

    def set_status(self, identifier: str, status: str, finished: bool) -> None:
        """Note the status for queries; the facts stay the truth, and what a socket hints is not
        noted on the way."""
        ...
