"""What every part of the engine is built from: ports, clock, requests, calls, and `record`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure

from .call_queue import CallQueue
from .ports import (
    AccountHistoryApi,
    Clock,
    Journal,
    PlatformApi,
    StatusSockets,
    TransactionApi,
    XrplCodec,
)
from .registry import RequestRegistry
from .tasks import TaskGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One object for all parts of one desk, so that a part's constructor names only what it needs
    besides: its neighbours. `ledger` and `accounts` are None where no node is set up."""

    platform: PlatformApi
    sockets: StatusSockets
    journal: Journal
    codec: XrplCodec
    ledger: TransactionApi | None
    accounts: AccountHistoryApi | None
    clock: Clock
    timing: Timing
    tasks: TaskGroup
    registry: RequestRegistry
    calls: CallQueue
    record: Callable[[str, Fact], bool]
    """Record a fact about a request (see `Desk.record`)."""
    add_request: Callable[[RequestSpec, Request, Fact], None]
    """Add a new request with its intent (see `Desk.add_request`)."""
    note_platform_answer: Callable[[ApiAnswer | Application | Failure], None]
    """Note for the health display how a call to the platform ended."""

    def request(self, identifier: str) -> Request:
        """The present state of a request; `KeyError` if there is none of that name."""
        return self.registry[identifier].request
