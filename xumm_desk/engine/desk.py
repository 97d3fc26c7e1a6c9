"""The desk, the engine's public object: create, follow and cancel requests; `record` facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from xumm_desk.core.audit import AuditEntry, AuditKind
from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.message import Message
from xumm_desk.core.money import address
from xumm_desk.core.refund.refund import RefundBalance, RefundOrder
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.core.request.destination_tags import TagRange, all_quarantined
from xumm_desk.core.request.field_rules import FieldError, test_address_error
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.numbering import count_key
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.decisions import Decision
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import STEP_BY_FRAME, Request
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.payment_matching import can_receive_payment
from xumm_desk.core.wire.api_answers import (
    ApiAnswer,
    Application,
    CancelAnswer,
    Failure,
    FailureKind,
)
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.ledger.account_check import AccountCheck
from xumm_desk.engine.ledger.account_watch import AccountWatch
from xumm_desk.engine.ledger.history_reading import HistoryReading
from xumm_desk.engine.ledger.ledger_health import LedgerHealth
from xumm_desk.engine.ledger.transaction_lookup import TransactionLookup
from xumm_desk.engine.ledger.unmatched_payments import DismissedPayments, UnmatchedPayments
from xumm_desk.engine.ledger.unmatched_payments import Listener as UnmatchedListener
from xumm_desk.engine.ledger.verification import Verification
from xumm_desk.engine.payloads.cancellation import Cancellation
from xumm_desk.engine.payloads.creation import Creation
from xumm_desk.engine.payloads.reader import PayloadReader
from xumm_desk.engine.payloads.refunds import Refunds
from xumm_desk.engine.payloads.watchers import Watchers
from xumm_desk.engine.pricing.rate_watch import RateWatch
from xumm_desk.engine.runtime.call_queue import CallQueue, Priority
from xumm_desk.engine.runtime.clock_watch import ClockWatch
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.disk_watch import DiskWatch
from xumm_desk.engine.runtime.port_errors import (
    TotalAccounts,
    TotalAccountStates,
    TotalCustomerStore,
    TotalLedger,
    TotalPlatform,
    TotalPrices,
)
from xumm_desk.engine.runtime.ports import (
    AccountHistoryApi,
    AccountStateApi,
    Clock,
    CustomerStore,
    History,
    Journal,
    LedgerPriceApi,
    PlatformApi,
    StatusSockets,
    TransactionApi,
    XrplCodec,
)
from xumm_desk.engine.runtime.recorder import Recorder
from xumm_desk.engine.runtime.registry import (
    Listener,
    RequestRegistry,
    RequestRow,
    replay_requests,
)
from xumm_desk.engine.runtime.release import MemoryRelease
from xumm_desk.engine.runtime.tasks import ClosingError, TaskGroup, yielding

from .assignment_lease import why_not_assigned
from .catch_up import CatchUp, CatchUpState
from .decisions import DecisionRecorder
from .health import Health, HealthMonitor
from .lamp_watch import LampWatch
from .recovery import Recovery
from .remote_requests import RemoteRequests
from .reports import Reports
from .returning_customers import ReturningCustomers
from .shared_journal import SharedJournal
from .shifts import Shifts
from .shop_watch import ShopWatch
from .subscription import Callback, Subscription, reference

log = logging.getLogger(__name__)

_MAX_LOOK_BACK: Final = timedelta(days=1)
"""How far an account is read back that was never read before."""

_PLATFORM_SPOKE: Final = frozenset({FactKind.ANSWER, FactKind.NOT_CREATED})
"""Facts for which `AccountWatch` waits before it takes a payment for an unreported one."""

_RECOVERY_RUNNING: Final = Message(
    "The journal is still being read, nothing was done. Try again in a moment."
)
"""Starting a request while recovery starts it too would race with it."""


_TAG_PATIENCE: Final = 8.0
_TAG_PAUSE: Final = 0.2
_NO_LEASED_TAG: Final = Message(
    "No destination tag is left for this till. Each till of the shop has tags of its own, so that"
    " none serves two sales; the shop's database gives it more as soon as it answers. If it does"
    " answer, widen the range of tags in the settings."
)


class Desk:
    """One shop's requests on one platform. Use it on one loop, between `start` and `stop`."""

    def __init__(
        self,
        *,
        platform: PlatformApi,
        sockets: StatusSockets,
        journal: Journal,
        codec: XrplCodec,
        ledger: TransactionApi | None,
        clock: Clock,
        timing: Timing | None = None,
        accounts: AccountHistoryApi | None = None,
        prices: LedgerPriceApi | None = None,
        account_states: AccountStateApi | None = None,
        customers: CustomerStore | None = None,
        disk_space: Callable[[], DiskSpace | None] | None = None,
        network: str = "",
    ) -> None:
        """`disk_space` measures the disk under the journal, and may take long."""
        self.clock = clock
        self.timing = timing = timing or Timing()
        self.tasks = tasks = TaskGroup()
        registry = RequestRegistry(
            ledger=ledger is not None, written_count=lambda: journal.written, network=network
        )
        nodes = LedgerHealth(clock)
        self.engine = engine = Engine(
            platform=TotalPlatform(platform, tasks.failed),
            sockets=sockets,
            journal=journal,
            codec=codec,
            ledger=TotalLedger(ledger, tasks.failed, nodes.on_answer)
            if ledger is not None
            else None,
            accounts=(
                TotalAccounts(accounts, tasks.failed, nodes.on_answer)
                if accounts is not None
                else None
            ),
            clock=clock,
            timing=timing,
            tasks=tasks,
            registry=registry,
            calls=CallQueue(platform.budget, clock, tasks),
            record=self.record,
            add_request=self.add_request,
            note_platform_answer=self.note_platform_answer,
        )
        self.shows_others_payments = False
        """Whether payments of no request are listed although no node is asked here."""
        self._network = network
        self._recorder = Recorder(registry, journal, clock)
        self._recovery = Recovery(registry, journal)
        self._release = MemoryRelease(registry, clock, self._is_followed)
        self._catch_up = CatchUp(clock)
        self._health = HealthMonitor(clock)
        self._ledger_health = nodes if ledger is not None else None
        self._disk_watch = DiskWatch(disk_space or (lambda: None), clock, timing)
        self.lamps = LampWatch(clock, timing, self.health)
        self._clock_watch = ClockWatch(
            clock, timing, lambda: engine.platform.date, self._on_clock_set
        )
        self._reader = PayloadReader(engine)
        self._watchers = Watchers(engine, self._reader)
        self._cancellation = Cancellation(engine, self._reader)
        self._creation = Creation(engine, self._cancellation)
        self.shop = ShopWatch(clock)
        self._refunds = Refunds(
            engine, self._recovery, self._creation, self.check, self._why_not_refunded_here
        )
        self._decisions = DecisionRecorder(engine, self._recovery.load_one)
        self._shared_journal = SharedJournal(engine, self._recovery, self._on_merged)
        self._remote = RemoteRequests(
            engine, self._recovery, self._on_merged, self._resume, self._watchers.stop
        )
        self._transaction_lookup = (
            TransactionLookup(engine, engine.ledger) if engine.ledger is not None else None
        )
        self._verification = Verification(engine, self._transaction_lookup, self._recovery.load_one)
        self.dismissed = DismissedPayments(engine)
        self._unmatched = UnmatchedPayments(engine, self._load_for_payment)
        self.reading = HistoryReading(clock)
        self._account_watch = (
            AccountWatch(
                engine,
                engine.accounts,
                self._unmatched,
                self._reader.fetch,
                self._on_validated,
                reading=self.reading,
            )
            if engine.accounts is not None
            else None
        )
        self.rates = RateWatch(
            engine,
            TotalPrices(prices, tasks.failed) if prices is not None else None,
            self.record_clock_ahead,
        )
        self.account_check = AccountCheck(
            engine, TotalAccountStates(account_states, tasks.failed) if account_states else None
        )
        self.customers = ReturningCustomers(
            engine,
            TotalCustomerStore(customers, tasks.failed) if customers is not None else None,
            self.record_clock_ahead,
        )
        self.shifts = Shifts(journal, clock, ledger=ledger is not None, network=network)
        self.reports = Reports(journal, network)
        registry.on_rows(self._catch_up.rows_changed)
        journal.on_durable(registry.on_durable)
        journal.on_durable(self._health.on_durable)
        journal.on_error(self._health.on_journal_error)
        journal.on_rejected(self._health.on_journal_rejected)

    # Verbs for windows and programs.

    async def load_newest(self) -> None:
        """Read the newest requests before `start`, so that a window opens with them."""
        await self._recovery.load_newest()
        await asyncio.sleep(0)  # in which they are published

    async def start(self, only: Collection[str] | None = None) -> Sequence[RequestRow]:
        """Load the journal, show it, follow what is unfinished; `only` limits all that to these
        identifiers. Returns the unfinished rows as they were when the program last ran."""
        self.engine.calls.start()
        if only is None:
            await self.dismissed.load()
            if await self.engine.journal.is_in_shop():
                self.reading.join_shop()
        before = await self._recovery.load(only)
        await self._remote.load([one.request.identifier for one in self.engine.registry.entries()])
        before = [row for row in before if self._remote.is_followed_here(row.identifier)]
        await self._catch_up.begin(row.request for row in before)
        for entry in self.engine.registry.entries():
            self._watch_destination(entry.request)
        await asyncio.sleep(0)
        async for request in self._recovery.unfinished(before):
            self._resume(request)
        self.tasks.keep_running(self._watchers.run_watchdog, "sweep")
        self.tasks.keep_running(self._clock_watch.run, "clocks")
        if only is None:
            self.tasks.keep_running(self._disk_watch.run, "disk space")
            self.tasks.keep_running(self.lamps.run, "lamps")
            self.tasks.keep_running(self._shared_journal.run, "shared journal")
            self.account_check.start()
        if self._account_watch is not None:
            await self._account_watch.start(alone=only is not None)
        elif only is None and (self.shows_others_payments or self.reading.in_shop):
            await self._unmatched.load()
        return before

    async def wait_caught_up(self, patience: float) -> CatchUpState:
        """Return when every request that was unfinished at the start was answered for, or
        `patience` seconds are over, or the platform is down; the returned state says which."""
        return await self._catch_up.wait(patience)

    async def wait_ledger_read(self, patience: float) -> None:
        """Return when all watched accounts were read up to now, or `patience` seconds are over."""
        if self._account_watch is not None:
            await self._account_watch.wait_current(patience)

    def catch_up_state(self) -> CatchUpState:
        """Progress of reading the requests of earlier runs again."""
        return self._catch_up.state()

    @property
    def history(self) -> History:
        """All requests that ever were, as a table."""
        return self.engine.journal.history

    async def stop(self) -> None:
        """Stop following. What is on disk is enough to go on later."""
        self._watchers.clear()
        self.engine.calls.close()
        await self.tasks.stop()

    def rows(self) -> Sequence[RequestRow]:
        """Everything that may be shown, oldest first."""
        return self.engine.registry.rows()

    def row(self, identifier: str) -> RequestRow | None:
        """One request as it may be shown."""
        return self.engine.registry.row(identifier)

    def request(self, identifier: str) -> Request | None:
        """The present state of a request, published or not; None if there is none of that name."""
        registry = self.engine.registry
        return registry[identifier].request if identifier in registry else None

    async def load(self, identifier: str) -> bool:
        """Bring a request of the history into memory, so that its row is published; whether it is
        there."""
        await self._remote.load([identifier])
        return await self._recovery.load_one(identifier)

    def on_rows(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every batch of rows that changed; returns what ends that."""
        return self.engine.registry.on_rows(listener)

    async def check(self, spec: RequestSpec) -> tuple[FieldError, ...]:
        """Errors that the ledger's models and a test encoding find in the transaction."""
        if "txblob" in spec.body:
            return ()
        return await asyncio.to_thread(
            self.engine.codec.transaction_errors, spec.txjson, spec.network
        )

    async def create(self, spec: RequestSpec, urgency: Priority = Priority.PERSON) -> RequestRow:
        """Create the request exactly once and follow it. Returns when the platform has answered for
        good or the outcome is unsure (status Creating, being settled in the background).

        An identifier that is already known returns that request: pressing twice makes one.
        """
        if spec.identifier in self.engine.registry:
            return self._current_row(spec.identifier)
        await self._creation.create(spec, urgency)
        await self.engine.journal.durable()
        return self._current_row(spec.identifier)

    async def find(self, identifiers: Sequence[str]) -> dict[str, Request]:
        """Those of these requests that there are, however old, as they are now. They are not taken
        into memory: a file may name thousands."""
        await self.engine.journal.durable()
        found = await replay_requests(await self.engine.journal.load(identifiers))
        return {one.identifier: self.request(one.identifier) or one for one in found}

    async def take_into_memory(self, identifier: str) -> bool:
        """Bring an ended request back into memory, so that it can change; whether it is there."""
        await self._remote.load([identifier])
        return await self._recovery.load_one(identifier)

    async def _load_for_payment(self, identifier: str) -> bool:
        # The journal is asked only for what is not here: a disk that refuses would hold it up.
        return identifier in self.engine.registry or await self.take_into_memory(identifier)

    def release(self, keep: Collection[str]) -> Sequence[str]:
        """Take requests that ended long ago out of memory, but not `keep`, which somebody looks at;
        returns their identifiers. `load` brings one back."""
        gone = self._release.release(keep)
        self._remote.forget(gone)
        return gone

    def on_shop_facts(self, news: ShopNews) -> None:
        """Other tills of the shop have found something out."""
        self._remote.take_in(news)
        if SUBJECT in news.identifiers:
            with suppress(ClosingError):
                self.tasks.start(self._take_in_lists(), "payments of other tills")
        if news.bulk:
            self.shop.tell_past()

    def on_shop_view(self, view: ShopView) -> None:
        """The shop looks like this now: whose requests are to be followed here, and what to show.
        While its database does not answer, nothing changes hands."""
        if view.connected:
            self._remote.start_following(view.followed)
            self.engine.platform.budget.callers = 1 + view.callers
        if self.reading.show(view) and self._account_watch is not None:
            self._account_watch.read_at_once()
        self.shop.show(view)
        self._remote.show_tills(
            {one.till: one.name for one in view.tills},
            self.shop.covered(),
            frozenset(one.till for one in view.tills if one.alive),
        )

    async def _take_in_lists(self) -> None:
        """Other tills have found payments of no request, or assigned or dismissed some."""
        await self.dismissed.load()
        found = await self._unmatched.reload()
        await self._remote.settled()
        if found and self._account_watch is not None:
            await self._account_watch.match_listed(found, self._remote.is_followed_here)

    def till_of(self, identifier: str) -> str | None:
        """The id of the other till that made this request; None for one of our own."""
        return self._remote.till_of(identifier)

    async def refund_balances(self, identifier: str) -> tuple[RefundBalance, ...] | str:
        """What can be paid back of a request, however old, or why nothing can."""
        return await self._refunds.balances(identifier)

    async def refund(self, order: RefundOrder) -> RequestRow | str:
        """Create a refund and follow it like a sale, or say why not. What is left of the sale is
        looked at here, with all refunds that ever were; returns as `create` does."""
        refused = await self._refunds.create(order)
        return refused or self._current_row(order.identifier)

    async def _why_not_refunded_here(self, sale: str) -> str:
        refused = await self.shop.why_not_refunded(sale)
        await self._remote.settled()
        return refused

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Ask the platform to cancel; only its `result` is believed (P§4)."""
        if not await self._recovery.load_one(identifier):
            why = Message("There is no request {identifier} here.", identifier=identifier)
            return Failure(FailureKind.NOT_FOUND, why)
        return await self._cancellation.cancel(identifier)

    async def close(self, identifier: str) -> str:
        """Close an outage code, or a request of which it is unknown whether it arrived, because a
        person says so; durable when this returns. "" or why not. Money that still comes is found by
        the account watch and becomes Check."""
        if self._recovery.running:
            return _RECOVERY_RUNNING
        refused = self._cancellation.close(identifier)
        await self.engine.journal.durable()
        return refused

    async def decide(self, identifier: str, decision: Decision) -> str:
        """Record what a person decided about a request, however old; durable when this returns. ""
        or why not. It never changes the status, only whether a person has to look."""
        return await self._decisions.decide(identifier, decision)

    async def resend(self, identifier: str) -> str:
        """Send again a request that a platform which was down never took, under the same
        identifier, after looking whether it exists; "" once it was tried (the row shows the
        outcome), else why it cannot be."""
        if self._recovery.running:
            return _RECOVERY_RUNNING
        if not await self._recovery.load_one(identifier):
            return Message("There is no request {identifier} here.", identifier=identifier)
        if refused := self._refunds.why_not_resent(identifier):
            return refused
        refused = await self._creation.resend(self.engine.registry[identifier].request)
        await self.engine.journal.durable()
        return refused

    def turned_away(self, identifier: str) -> str:
        """Why the platform has certainly not taken a request that is still being sent; "" if
        unknown."""
        return self._creation.refused_locally(identifier)

    def refresh(self, identifier: str) -> None:
        """Read one request again because a person asked."""
        if identifier in self.engine.registry:
            self._reader.fetch(identifier, Priority.PERSON)
        else:
            self.tasks.start(self._load_and_refresh(identifier), f"refresh {identifier}")

    async def _load_and_refresh(self, identifier: str) -> None:
        if await self._recovery.load_one(identifier):
            self._reader.fetch(identifier, Priority.PERSON)

    async def on_hint(self, uuid: str, identifier: str = "") -> str | None:
        """A webhook or another program claims that a request ended: read it, and believe only the
        answer. Returns the identifier if `uuid`, or our `identifier`, is a request of ours, however
        old."""
        ours = self.engine.registry.by_uuid(uuid) or (
            identifier if identifier in self.engine.registry else None
        )
        if ours is None:
            ours = await self._recovery.load_by_uuid(uuid, identifier)
        if ours is not None:
            # If the platform has already reported the end, this can wait for what a customer waits
            # for.
            known = self.engine.registry[ours].request.resolved
            self._reader.fetch(ours, Priority.POLL if known else Priority.MONEY)
        return ours

    def watch_account(self, account: str) -> str:
        """Watch the shop's own address for payments, whether or not a request names it; "" or why
        not. Text that is no address is ignored without an error: nothing was typed yet."""
        found = address.parse_address(account)
        if found is None:
            return ""
        if problem := test_address_error(
            found, self._network, "destination", Message("The shop's address")
        ):
            return problem.message
        if self._account_watch is not None:
            self._account_watch.watch(found.classic, self.clock.now())
        return ""

    def unmatched(self) -> Sequence[UnmatchedPayment]:
        """Payments on the ledger that belong to no request for sure, oldest first."""
        return self._unmatched.rows()

    def on_unmatched(self, listener: UnmatchedListener) -> Callable[[], None]:
        """Call `listener` with all of them whenever they change; returns what ends that."""
        return self._unmatched.on_change(listener)

    async def assign(self, txid: str, identifier: str) -> str:
        """Assign an unmatched payment to a request because a person says so; "" or why not."""
        if self._account_watch is None:
            return Message("No ledger node is set up.")
        if refused := await why_not_assigned(self.shop, txid):
            return refused
        if self.reading.in_shop:
            await self._remote.settled()
            await self._take_in_lists()
        return await self._unmatched.assign(txid, identifier)

    async def allocate_tag(self, within: TagRange) -> int | str:
        """A destination tag under which nothing else can be paid any more, on disk when this
        returns; a sentence when the range has none."""
        tag = await self.engine.journal.reserve_tag(within, self.clock.now())
        end = self.clock.monotonic() + _TAG_PATIENCE
        while tag is None and self.shop.is_connected and self.clock.monotonic() < end:
            # The shop's database leases some to this till now that it has asked for one.
            await asyncio.sleep(_TAG_PAUSE)
            tag = await self.engine.journal.reserve_tag(within, self.clock.now())
        if tag is not None:
            return tag
        return all_quarantined(within) if self.shop.view is None else _NO_LEASED_TAG

    async def allocate_sale_number(self, till: str, series: str) -> int:
        """The next number of this till's count, durable when this returns, for one sale only."""
        return await self.engine.journal.reserve_sale_number(count_key(till, series))

    async def add_audit(self, kind: AuditKind, who: str, detail: str = "") -> None:
        """Write down what a person did at the desk; durable when this returns."""
        await self.engine.journal.add_audit(kind.value, who, detail, self.clock.now())

    async def audit(self, limit: int = 200) -> Sequence[AuditEntry]:
        """The last of what persons did, newest first."""
        return await self.engine.journal.audit(limit)

    async def subscribe(
        self, payload: str | Mapping[str, Any] | RequestRow, callback: Callback | None = None
    ) -> Subscription:
        """A live view of one request for a program; see `reference` for how it may be named. Raises
        `ValueError`."""
        uuid, socket = reference(payload)
        known = self.engine.registry.by_uuid(uuid)
        return Subscription(
            uuid,
            callback,
            platform=self.engine.platform,
            sockets=self.engine.sockets,
            socket=self.engine.registry[known].request.socket_url if known else socket,
            timing=self.timing,
        )

    async def facts(self, identifier: str) -> Sequence[Fact]:
        """All durable facts of one request, in order."""
        await self.engine.journal.durable()
        found = await self.engine.journal.load([identifier])
        return found[0][1] if found else ()

    async def ping(self) -> Application | Failure:
        """Whose keys these are."""
        answer = await self.engine.calls.call(Priority.PERSON, self.engine.platform.ping)
        self.note_platform_answer(answer)
        return answer

    def health(self) -> Health:
        """The present state of connections, calls and disk."""
        return self._health.health(
            self._watchers,
            self.engine.platform.budget,
            self._clock_watch,
            ledger=self._ledger_health,
            accounts=self._account_watch,
            rates=self.rates,
            disk=self._disk_watch,
            shop=self.shop.health,
        )

    async def measure_disk(self) -> None:
        """Measure the disk under the journal because a person asks."""
        await self._disk_watch.measure_now()

    # The path of a fact.

    def record(self, identifier: str, fact: Fact) -> bool:
        """Record a fact, and start whatever it makes necessary. Returns whether the request
        changed.

        This is the one place that says what follows from a fact: it is journaled and applied, its
        row is published when it is durable, those who wait for the platform's word are woken, and
        whatever the request needs now is started.
        """
        changed = self._recorder.apply(identifier, fact)
        self._catch_up.on_fact(identifier, fact.kind)
        if self._account_watch is not None and fact.kind in _PLATFORM_SPOKE:
            self._account_watch.on_platform_answer()
        if changed and fact.kind is FactKind.CREATED:
            self.customers.on_created(self.engine.request(identifier))
        if changed and fact.kind is FactKind.LEDGER_TX:
            self._check_account_after(identifier)
        if changed and type(fact.value) not in STEP_BY_FRAME:  # a step alone needs no work
            self._follow_up(identifier)
        return changed

    def add_request(self, spec: RequestSpec, request: Request, intent: Fact) -> None:
        """Record a new request; its intent is journaled before anything else happens."""
        self._recorder.add_request(spec, request, intent)
        self._watch_destination(request)

    def note_platform_answer(self, answer: ApiAnswer | Application | Failure) -> None:
        """Note for the health display how a call to the platform ended."""
        self._catch_up.on_platform_answer(well=self._health.on_answer(answer))

    def record_clock_ahead(self) -> timedelta | None:
        """How far this computer's clock is ahead of the platform's; None where that is unknown."""
        return self._clock_watch.ahead

    def _on_clock_set(self, seconds: float) -> None:
        self.tasks.start(self._record_clock_set(seconds), "clock set")

    async def _record_clock_set(self, seconds: float) -> None:
        """Mark the timeline of all that is open."""
        value: JsonObject = {"seconds": round(seconds)}
        fact = make_fact(self.clock.now(), Source.DESK, FactKind.CLOCK_SET, value)
        async for entry in yielding(self.engine.registry.entries()):
            if not entry.verdict.final:
                self.record(entry.request.identifier, fact)

    def _follow_up(self, identifier: str) -> None:
        """Start what the request needs now: a GET, the next check, or another state of its
        socket."""
        request = self.engine.registry[identifier].request
        if not self._remote.is_followed_here(identifier):
            return
        self._reader.fetch_if_needed(request)
        self._verification.advance(request)
        if request.txid is not None:
            self._unmatched.on_reported_txid(identifier, request.txid)
        self._watchers.update(identifier)

    def _is_followed(self, identifier: str) -> bool:
        return (
            self._watchers.follows(identifier)
            or self._reader.follows(identifier)
            or self._verification.follows(identifier)
        )

    def _on_validated(self, txid: str) -> None:
        if self._transaction_lookup is not None:
            self._transaction_lookup.look_now(txid)

    def _check_account_after(self, identifier: str) -> None:
        """Look at the receiving account if the ledger has just refused a payment."""
        entry = self.engine.registry[identifier]
        if entry.verdict.status is Status.FAILED:
            self.account_check.on_failed(entry.request)

    def _watch_destination(self, request: Request) -> None:
        """Watch the destination of this request; nothing that came before it was made can be for
        it."""
        # A refund goes to the payer's account, and is seen in the history of the shop's.
        refund = refunded_identifier(request.spec)
        to = next(iter(request.spec.signers), None) if refund else request.spec.destination
        if (
            self._account_watch is None
            or to is None
            or not can_receive_payment(request)
            or not address.is_classic_address(to)
        ):
            return
        now, final = self.clock.now(), self.engine.registry[request.identifier].verdict.final
        since = now if final else max(request.created_at, now - _MAX_LOOK_BACK)
        self._account_watch.watch(to, since)

    def _resume(self, request: Request) -> None:
        """Take up a request that an earlier run left unfinished."""
        identifier = request.identifier
        if request.uuid is None:
            if request.create_failure is None:
                self.tasks.start(self._creation.resume(request), f"recover {identifier}")
            return
        if not request.resolved:
            urgent = request.step >= Step.OPENED
            self._reader.fetch(identifier, Priority.EXPIRY if urgent else Priority.CONNECTED)
        self._follow_up(identifier)

    def _on_merged(self, request: Request, is_new: bool) -> None:
        """Another process or till wrote about this request."""
        self._watch_destination(request)
        self._unmatched.on_told(request)
        if is_new and self._account_watch is not None:
            self.tasks.start(self._account_watch.match_again(request), "payments of no request")
        if request.uuid is not None:
            self._follow_up(request.identifier)
        elif (
            is_new
            and request.create_failure is None
            and self._remote.is_followed_here(request.identifier)
        ):
            work = self._creation.resume_later(request)
            self.tasks.start(work, f"recover {request.identifier}")

    def _current_row(self, identifier: str) -> RequestRow:
        return self.engine.registry.present_row(identifier)
