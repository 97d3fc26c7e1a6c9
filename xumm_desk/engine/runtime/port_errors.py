"""Turn an unexpected exception of a port into the failure that its protocol promises.

`net` converts the errors of the libraries it calls. What still raises here is a bug of this
program: it is reported, and the request goes on as after the worst that the failed call can mean.
So no exception ends a task that a request waits for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from xumm_desk.core.account.account_state import AccountState, Unknown
from xumm_desk.core.customers.customer import Customer
from xumm_desk.core.customers.token_states import PushToken, TokenState
from xumm_desk.core.message import Message
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.ledger_prices import LedgerPrice
from xumm_desk.core.pricing.rate_settings import SecondSource
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.evidence import (
    AccountHistory,
    LedgerTx,
    NoNodeAnswer,
    RegularKey,
    TransactionNotFound,
)
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure, FailureKind
from xumm_desk.core.wire.json_fields import JsonObject

from .ports import (
    AccountHistoryApi,
    AccountStateApi,
    CustomerStore,
    LedgerListener,
    LedgerPriceApi,
    PlatformApi,
    TransactionApi,
)
from .tasks import is_cancelled

T = TypeVar("T")
Report = Callable[[str, BaseException], None]
"""Called with the name of what failed, and the error."""


class NoteLedger(Protocol):
    """Called with how a question to the ledger ended: why no node answered, "" if one did, and the
    validated ledger up to which it answered."""

    def __call__(self, error: str = "", index: int | None = None) -> None: ...


async def _settled(
    call: Awaitable[T], name: str, report: Report, otherwise: Callable[[BaseException], T]
) -> T:
    """The call's own result, or what `otherwise` makes of an error that it raised."""
    try:
        return await call
    except asyncio.CancelledError as error:
        if is_cancelled():
            raise
        caught: BaseException = error
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a value
        caught = error
    report(name, caught)
    return otherwise(caught)


def _failure(error: BaseException) -> Failure:
    """After a bug it is unknown whether the call was sent."""
    return Failure(
        FailureKind.ANSWER_LOST,
        Message(
            "An error of this program kept the platform's answer from being read"
            " ({error_type}). It is retried by itself; the log file holds the details.",
            error_type=type(error).__name__,
        ),
    )


def _reason(error: BaseException) -> str:
    return Message("an error of this program ({error_type})", error_type=type(error).__name__)


def _silent(error: BaseException) -> NoNodeAnswer:
    return NoNodeAnswer(_reason(error))


def _why_silent(answer: object) -> str:
    """Why no node answered; "" if one did."""
    if not isinstance(answer, NoNodeAnswer):
        return ""
    return answer.reason or Message("no ledger node answers")


class TotalPlatform:
    """A platform of which no call raises."""

    def __init__(self, platform: PlatformApi, report: Report) -> None:
        self.wrapped = platform
        self._report = report

    @property
    def budget(self) -> CallBudget:
        """See `PlatformApi`."""
        return self.wrapped.budget

    @property
    def date(self) -> DateReading | None:
        """See `PlatformApi`."""
        return self.wrapped.date

    async def ping(self) -> Application | Failure:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.ping(), "ping", self._report, _failure)

    async def create(self, spec: RequestSpec) -> ApiAnswer | Failure:
        """See `PlatformApi`."""
        name = f"create {spec.identifier}"
        return await _settled(self.wrapped.create(spec), name, self._report, _failure)

    async def get_payload(self, uuid: str) -> ApiAnswer | Failure:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.get_payload(uuid), "read", self._report, _failure)

    async def get_by_identifier(self, identifier: str) -> ApiAnswer | Failure:
        """See `PlatformApi`."""
        name = f"find {identifier}"
        return await _settled(
            self.wrapped.get_by_identifier(identifier), name, self._report, _failure
        )

    async def cancel(self, uuid: str) -> ApiAnswer | Failure:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.cancel(uuid), "cancel", self._report, _failure)

    async def rates(self, currency: str) -> ApiAnswer | Failure:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.rates(currency), "rates", self._report, _failure)

    async def issued_token(self, uuid: str) -> PushToken | Failure | None:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.issued_token(uuid), "token", self._report, _failure)

    async def token_states(self, tokens: Sequence[str]) -> tuple[TokenState, ...] | Failure:
        """See `PlatformApi`."""
        return await _settled(self.wrapped.token_states(tokens), "tokens", self._report, _failure)

    def status_url(self, uuid: str, given: str | None) -> str:
        """See `PlatformApi`."""
        return self.wrapped.status_url(uuid, given)

    def payload_url(self, uuid: str) -> str:
        """See `PlatformApi`."""
        return self.wrapped.payload_url(uuid)


class TotalLedger:
    """A ledger port that answers "no node" instead of raising."""

    def __init__(self, ledger: TransactionApi, report: Report, note: NoteLedger) -> None:
        self._ledger, self._report, self._note = ledger, report, note

    async def transaction(
        self, txid: str, last_ledger: int | None
    ) -> tuple[JsonObject, LedgerTx] | TransactionNotFound | NoNodeAnswer:
        """See `TransactionApi`."""
        call = self._ledger.transaction(txid, last_ledger)
        answer = await _settled(call, "ledger", self._report, _silent)
        self._note(_why_silent(answer))
        return answer

    async def regular_key(self, account: str) -> RegularKey | NoNodeAnswer:
        """See `TransactionApi`."""
        call = self._ledger.regular_key(account)
        answer = await _settled(call, "ledger", self._report, _silent)
        self._note(_why_silent(answer))
        return answer


class TotalAccounts:
    """An account port that answers "no node" instead of raising."""

    def __init__(self, accounts: AccountHistoryApi, report: Report, note: NoteLedger) -> None:
        self._accounts, self._report, self._note = accounts, report, note

    @property
    def can_subscribe(self) -> bool:
        """See `AccountHistoryApi`."""
        return self._accounts.can_subscribe

    async def history(
        self, account: str, after: int | None, since: datetime
    ) -> AccountHistory | NoNodeAnswer:
        """See `AccountHistoryApi`."""
        call = self._accounts.history(account, after, since)
        answer = await _settled(call, "account history", self._report, _silent)
        if isinstance(answer, NoNodeAnswer):
            self._note(_why_silent(answer))
        else:
            self._note("", answer.complete_to)
        return answer

    async def subscribe(self, accounts: Sequence[str], on_event: LedgerListener) -> str:
        """See `AccountHistoryApi`."""

        def on_message(moved: bool, txid: str) -> None:
            self._note("")
            on_event(moved, txid)

        call = self._accounts.subscribe(accounts, on_message)
        return await _settled(
            call, "ledger subscription", self._report, lambda error: type(error).__name__
        )


class TotalPrices:
    """A port for the ledger's prices that answers with a sentence instead of raising."""

    def __init__(self, prices: LedgerPriceApi, report: Report) -> None:
        self._prices, self._report = prices, report

    async def price(self, source: SecondSource) -> LedgerPrice | str:
        """See `LedgerPriceApi`."""
        return await _settled(
            self._prices.price(source),
            "ledger prices",
            self._report,
            lambda error: Message(
                "An error of this program kept the ledger's price from being read ({error_type}).",
                error_type=type(error).__name__,
            ),
        )


class TotalAccountStates:
    """An account port that knows nothing instead of raising."""

    def __init__(self, states: AccountStateApi, report: Report) -> None:
        self._states, self._report = states, report

    async def account_state(self, account: str, assets: Sequence[AcceptedAsset]) -> AccountState:
        """See `AccountStateApi`."""
        return await _settled(
            self._states.account_state(account, assets),
            "account state",
            self._report,
            lambda error: AccountState(account, Unknown(_reason(error))),
        )


class TotalCustomerStore:
    """A store of customers that answers with a sentence instead of raising."""

    def __init__(self, store: CustomerStore, report: Report) -> None:
        self._store, self._report = store, report

    async def load(self) -> Sequence[Customer] | str:
        """See `CustomerStore`."""
        return await _settled(self._store.load(), "customers", self._report, _not_kept)

    async def save(self, customers: Sequence[Customer]) -> str:
        """See `CustomerStore`."""
        return await _settled(self._store.save(customers), "customers", self._report, _not_kept)

    async def remove(self, nicknames: Sequence[str]) -> str:
        """See `CustomerStore`."""
        return await _settled(self._store.remove(nicknames), "customers", self._report, _not_kept)


def _not_kept(error: BaseException) -> str:
    return Message(
        "An error of this program kept it from using the system's keyring ({error_type}).",
        error_type=type(error).__name__,
    )
