"""In-memory registry of requests.

A row is published only after the facts about money behind it are durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from xumm_desk.core.decision.needs import refund_outcome
from xumm_desk.core.fast_records import fast_constructor
from xumm_desk.core.refund.refund import RefundBalance, RefundState, refund_balances
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.payment_names import PaymentNames
from xumm_desk.engine.runtime.tasks import yielding


class SocketState(Enum):
    """The state of a request's status socket."""

    NONE = "none"
    DIALING = "dialing"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class OtherTill:
    """The till of the shop that made a request, if it is not this one: its name, "" while unknown,
    whether it lives or somebody follows its requests in its place, and whether it lives."""

    name: str
    followed: bool
    lives: bool = False


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it may be shown: immutable, its money facts backed by the disk.

    `deadline` is in monotonic seconds of the engine's clock, None while unknown. `last_heard_at` is
    the time (UTC) of the last fact from any source.
    """

    request: Request
    verdict: Verdict
    socket_state: SocketState = SocketState.NONE
    deadline: float | None = None
    last_heard_at: datetime | None = None
    refunds: tuple[RefundBalance, ...] = ()
    """Of a sale that was refunded, or is about to be: what was paid back to whom."""
    other_till: OtherTill | None = None

    @property
    def identifier(self) -> str:
        """The request's own name."""
        return self.request.identifier


_fast_row: Final = fast_constructor(RequestRow)


@dataclass(slots=True)
class RequestEntry:
    """The engine's mutable state of one request. Times without a zone are monotonic seconds."""

    request: Request
    verdict: Verdict
    socket_state: SocketState = SocketState.NONE
    deadline: float | None = None
    last_heard_at: datetime | None = None
    other_till: OtherTill | None = None
    # Journal position of its last fact about money: published once the disk has reached it.
    durable_at: int = 0
    # When it was found to be final.
    settled_at: float | None = None
    # When it was last read from the platform.
    polled_at: float | None = None
    # 404 answers in a row, and the time of the first.
    not_found_count: tuple[int, float] | None = None
    # Whether the journal was asked who else names its transaction: None not yet, False running.
    claimed_txids: bool | None = None


def _is_current(row: RequestRow, entry: RequestEntry, refunds: tuple[RefundBalance, ...]) -> bool:
    """Whether `row` still shows `entry`. Requests change by being replaced, so the same object is
    the same request, and two objects are taken for two states without looking."""
    return (
        row.request is entry.request
        and row.socket_state is entry.socket_state
        and row.deadline == entry.deadline
        and row.last_heard_at == entry.last_heard_at
        and row.verdict == entry.verdict
        and row.refunds == refunds
        and row.other_till is entry.other_till
    )


Listener = Callable[[Sequence[RequestRow]], None]


class RequestRegistry:
    """Requests by identifier, and the gate between memory and screen."""

    def __init__(
        self, *, ledger: bool, written_count: Callable[[], int], network: str = ""
    ) -> None:
        self.ledger, self.network = ledger, network
        # How many journal records are durable.
        self._durable = written_count
        # The requests in memory by identifier, oldest first.
        self._entries: dict[str, RequestEntry] = {}
        # The last published row of each request. Lags behind the entry until its facts are durable.
        self._rows: dict[str, RequestRow] = {}
        # Identifier by the platform's id, in lower case.
        self._uuids: dict[str, str] = {}
        # Identifier of the oldest request that was reported with a transaction, by txid.
        self._owner_by_txid: dict[str, str] = {}
        # Identifiers of the refunds of a request, oldest first, by the request's.
        self._refunds: dict[str, list[str]] = {}
        # What a payment on the ledger can name them with.
        self._names = PaymentNames()
        # Requests to publish, in order of their first change; emptied by `_publish`.
        self._changed: dict[str, None] = {}
        # Whether a call of `_publish` waits in the event loop.
        self._scheduled = False
        # Receivers of row batches.
        self._listeners: list[Listener] = []

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._entries

    def __getitem__(self, identifier: str) -> RequestEntry:
        return self._entries[identifier]

    def entries(self) -> Sequence[RequestEntry]:
        """All of them, oldest first."""
        return tuple(self._entries.values())

    def rows(self) -> Sequence[RequestRow]:
        """Everything that may be shown, oldest first."""
        return tuple(self._rows.values())

    def row(self, identifier: str) -> RequestRow | None:
        """One request as it may be shown."""
        return self._rows.get(identifier)

    def by_uuid(self, uuid: str) -> str | None:
        """The identifier of the request with the platform's id `uuid`."""
        return self._uuids.get(uuid.lower())

    def named_by(self, tx: LedgerTx) -> list[RequestEntry]:
        """The requests that a payment on the ledger may be for; no other one here can be."""
        return [self._entries[name] for name in self._names.named_by(tx)]

    def on_rows(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every batch of rows that changed; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def upsert(self, request: Request) -> RequestEntry:
        """Add a request, or take over its next state; returns its entry."""
        entry = self._entries.get(request.identifier)
        if entry is None:
            entry = RequestEntry(request, judge(request, ledger=self.ledger, network=self.network))
            self._entries[request.identifier] = entry
            self._names.add(request)
            if sale := refunded_identifier(request.spec):
                self._refunds.setdefault(sale, []).append(request.identifier)
        else:
            entry.request = request
            self.update_verdict(entry)
        if request.uuid is not None:
            self._uuids[request.uuid] = request.identifier
        return entry

    def update_verdict(self, entry: RequestEntry) -> None:
        """Judge a request anew by its present facts."""
        self._names.add_txids(entry.request)
        entry.verdict = judge(entry.request, ledger=self.ledger, network=self.network)

    def sort(self) -> None:
        """Sort all by creation time. The older one of two requests with the same transaction owns
        it; the other one finds out when it claims it."""
        made = sorted(self._entries, key=lambda name: self._entries[name].request.created_at)
        self._entries = {name: self._entries[name] for name in made}
        self._rows = {name: self._rows[name] for name in made if name in self._rows}
        self._owner_by_txid.clear()
        for name, entry in self._entries.items():
            for txid in entry.request.txids:
                self._owner_by_txid.setdefault(txid, name)

    def claim_txid(self, txid: str, identifier: str) -> str | None:
        """Note that `identifier` was paid with `txid`; the other claimant, if there is one."""
        owner = self._owner_by_txid.setdefault(txid, identifier)
        if owner != identifier and txid not in self._entries[owner].request.txids:
            # It counts for another one since.
            owner = self._owner_by_txid[txid] = identifier
        return None if owner == identifier else owner

    def is_published(self, identifier: str) -> bool:
        """Whether its row shows its present state, which is then on the disk."""
        return identifier in self._rows and identifier not in self._changed

    def refunds_in_memory(self, identifier: str) -> Sequence[str]:
        """The refunds of a request that are in memory, oldest first."""
        return self._refunds.get(identifier, ())

    def remove(self, identifiers: Collection[str]) -> None:
        """Take published requests out of memory, a sale with all its refunds. The journal finds
        them when they are named."""
        for name in identifiers:
            request = self._entries.pop(name).request
            self._rows.pop(name, None)
            self._names.remove(name)
            self._refunds.pop(name, None)
            if (sale := refunded_identifier(request.spec)) in self._refunds:
                self._refunds[sale].remove(name)
                if not self._refunds[sale]:
                    del self._refunds[sale]
            if request.uuid is not None and self._uuids.get(request.uuid) == name:
                del self._uuids[request.uuid]
        if not identifiers:
            return
        gone = set(identifiers)
        self._owner_by_txid = {
            txid: name for txid, name in self._owner_by_txid.items() if name not in gone
        }

    def refund_states(self, identifier: str) -> list[RefundState]:
        """The refunds of a request that are in memory, in their present states."""
        entries = [self._entries[name] for name in self._refunds.get(identifier, ())]
        return [
            RefundState(one.request, one.verdict.status, refund_outcome(one.request, one.verdict))
            for one in entries
        ]

    def present_row(self, identifier: str) -> RequestRow:
        """The row of the present state, whether or not it may be shown yet."""
        entry = self._entries[identifier]
        return _fast_row(
            entry.request,
            entry.verdict,
            entry.socket_state,
            entry.deadline,
            entry.last_heard_at,
            self._refund_balances(entry.request),
            entry.other_till,
        )

    def _refund_balances(self, request: Request) -> tuple[RefundBalance, ...]:
        if request.identifier not in self._refunds:
            return ()
        return refund_balances(request, self.refund_states(request.identifier))

    def _durable_at(self, identifier: str) -> int:
        """The journal position of the last fact about money behind its row."""
        names = [identifier, *self._refunds.get(identifier, ())]
        return max(self._entries[name].durable_at for name in names)

    def mark_changed(self, identifier: str) -> None:
        """Publish this request's state as soon as its money facts are on disk; of a refund also
        that of its sale."""
        self._changed[identifier] = None
        if self._refunds:
            sale = refunded_identifier(self._entries[identifier].request.spec)
            if sale in self._entries:
                self._changed[sale] = None
        self._schedule()

    def set_deadline(self, identifier: str, deadline: float) -> None:
        """Note when the request's time is over, in monotonic seconds."""
        entry = self._entries[identifier]
        # Whole seconds arrive late by their travel time; only a real correction is news.
        if entry.deadline is None or abs(entry.deadline - deadline) > 1.5:
            entry.deadline = deadline
            self.mark_changed(identifier)

    def on_durable(self) -> None:
        """The disk took another group: publish what waited for it."""
        if self._changed:
            self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._publish)

    def _publish(self) -> None:
        self._scheduled = False
        written = self._durable()
        ready = [name for name in self._changed if self._durable_at(name) <= written]
        batch = []
        for identifier in ready:
            del self._changed[identifier]
            entry = self._entries[identifier]
            known = self._rows.get(identifier)
            refunds = self._refund_balances(entry.request)
            if known is not None and _is_current(known, entry, refunds):
                continue
            row = _fast_row(
                entry.request,
                entry.verdict,
                entry.socket_state,
                entry.deadline,
                entry.last_heard_at,
                refunds,
                entry.other_till,
            )
            self._rows[identifier] = row
            batch.append(row)
        if batch:
            for listener in tuple(self._listeners):
                listener(batch)


StoredRequest = tuple[str, Sequence[Fact]]


async def replay_requests(loaded: Sequence[StoredRequest]) -> list[Request]:
    """The requests that these facts add up to."""
    found = [replay(list(recorded)) async for _, recorded in yielding(loaded)]
    return [request for request in found if request is not None]
