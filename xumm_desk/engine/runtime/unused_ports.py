"""Ports of a desk that asks nobody: each call fails at once, and nothing leaves the computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from xumm_desk.core.customers.token_states import PushToken, TokenState
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.evidence import LedgerTx, NoNodeAnswer, RegularKey, TransactionNotFound
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure, FailureKind
from xumm_desk.core.wire.json_fields import JsonObject

from .ports import CallbackConnection, MessageIterator

NOT_ASKED: Final = Failure(FailureKind.REFUSED, READ_ONLY)


class UnusedPlatform:
    """A platform that is never called."""

    date: DateReading | None = None

    def __init__(self) -> None:
        self.budget = CallBudget()

    async def ping(self) -> Application | Failure:
        return NOT_ASKED

    async def create(self, _spec: RequestSpec) -> ApiAnswer | Failure:
        return NOT_ASKED

    async def get_payload(self, _uuid: str) -> ApiAnswer | Failure:
        return NOT_ASKED

    async def get_by_identifier(self, _identifier: str) -> ApiAnswer | Failure:
        return NOT_ASKED

    async def cancel(self, _uuid: str) -> ApiAnswer | Failure:
        return NOT_ASKED

    async def rates(self, _currency: str) -> ApiAnswer | Failure:
        return NOT_ASKED

    async def issued_token(self, _uuid: str) -> PushToken | Failure | None:
        return NOT_ASKED

    async def token_states(self, _tokens: Sequence[str]) -> tuple[TokenState, ...] | Failure:
        return NOT_ASKED

    def status_url(self, _uuid: str, _given: str | None) -> str:
        return ""

    def payload_url(self, _uuid: str) -> str:
        return ""


class UnusedSockets:
    """Status sockets that are never opened."""

    limit = 0

    async def connect(
        self, _url: str, _on_message: Callable[[str | bytes], None]
    ) -> CallbackConnection:
        raise OSError(READ_ONLY)

    def stream(self, _url: str) -> AbstractAsyncContextManager[MessageIterator]:
        raise OSError(READ_ONLY)


class UnusedLedger:
    """Ledger nodes that are never asked."""

    async def transaction(
        self, _txid: str, _last_ledger: int | None
    ) -> tuple[JsonObject, LedgerTx] | TransactionNotFound | NoNodeAnswer:
        return NoNodeAnswer(READ_ONLY)

    async def regular_key(self, _account: str) -> RegularKey | NoNodeAnswer:
        return NoNodeAnswer(READ_ONLY)
