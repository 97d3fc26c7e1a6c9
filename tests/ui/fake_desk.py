"""A desk over sample rows, for tests of windows; the real desk is tested in `tests/engine`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from core.shift.pure_journal import PureJournal
from PySide6.QtCore import QObject, Signal

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.decision.rules import completed, why_not_decided
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing import conversion, rate_check
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import Quote, Rate, RateRefusal, RateSource, WayOut
from xumm_desk.core.pricing.rate_check import RateState
from xumm_desk.core.refund.refund import RefundOrder, make_refund
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Settings
from xumm_desk.core.state.decisions import Decision
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import apply_fact
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Application, CancelAnswer, Failure, FailureKind
from xumm_desk.engine.catch_up import CatchUpState
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.health import Health
from xumm_desk.engine.lamp_watch import LampWatch
from xumm_desk.engine.ledger.account_check import AccountReport
from xumm_desk.engine.returning_customers import KnownCustomer, Push, RememberResult
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.shop_watch import ShopWatch
from xumm_desk.ui.settings.context import ShopTools

from . import sample_rows
from .fake_history import FakeHistory
from .report.fake_reports import FakeReports
from .shift.fake_shifts import fake_shifts


class Held:
    """Something to await that is done when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[Coroutine[Any, Any, Any]] = []

    def __await__(self) -> Generator[Held, None, None]:
        yield self

    def release(self) -> None:
        """Let whatever awaits this go on."""
        waiting, self.waiting = self.waiting, []
        for coroutine in waiting:
            run_now(coroutine, "")


def run_now(coroutine: Coroutine[Any, Any, Any], _name: str) -> None:
    """Run a coroutine to its end, or until it awaits a `Held`."""
    try:
        while True:
            awaited = coroutine.send(None)
            if isinstance(awaited, Held):
                awaited.waiting.append(coroutine)
                return
    except StopIteration:
        return


class StartedWork:
    """Holds what was started until the test runs it."""

    def __init__(self) -> None:
        self.waiting: list[Coroutine[Any, Any, None]] = []

    def start(self, work: Coroutine[Any, Any, None], _name: str) -> None:
        """Start nothing yet."""
        self.waiting.append(work)

    def run(self) -> None:
        """Let everything that was started come to its end."""
        while self.waiting:
            work = self.waiting.pop(0)
            with pytest.raises((StopIteration, OSError)):
                work.send(None)


async def keys_never_tested(_key: str, _secret: str) -> Failure:
    """A test of keys that no test of the window needs."""
    return Failure(FailureKind.SERVER_ERROR, "not asked")


class FakeDismissed:
    """Which payments were dismissed."""

    def __init__(self) -> None:
        self.known: dict[str, datetime] = {}
        self.refusal: Exception | None = None

    def since(self) -> dict[str, datetime]:
        """When each was dismissed, by txid."""
        return self.known

    async def dismiss(self, txid: str, dismissed: bool) -> None:
        """Dismiss one, or bring it back."""
        if self.refusal is not None:
            raise self.refusal
        if dismissed:
            self.known[txid] = sample_rows.NOW
        else:
            self.known.pop(txid)


class FakeAccountCheck:
    """What a test says of the receiving account."""

    def __init__(self) -> None:
        self.report = AccountReport()
        self.listeners: list[Callable[[AccountReport], None]] = []
        self.asked = 0
        self.answered = Held()
        self.used: list[tuple[object, ...]] = []
        self.blocked: dict[str, str] = {}
        self.payer_findings: tuple[Finding, ...] = ()
        self.looked_at: list[tuple[str, str, bool]] = []
        self.looked: list[tuple[object, ...]] = []
        self.typed_findings: tuple[Finding, ...] = ()

    def use(self, *values: object) -> None:
        """Note the call."""
        self.used.append(values)

    def blocking_reason(self, asset: AcceptedAsset, _charged: Amount | None = None) -> str:
        """What the test has set for this asset."""
        return self.blocked.get(asset.key, "")

    def on_change(self, listener: Callable[[AccountReport], None]) -> Callable[[], None]:
        """Subscribe to changes."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def show(self, report: AccountReport) -> None:
        """Change the report, as the engine does."""
        self.report = report
        for listener in self.listeners:
            listener(report)

    async def destination_findings(
        self, account: str, asset: AcceptedAsset, *, has_tag: bool = False
    ) -> tuple[Finding, ...]:
        """What the test has set of a payer's account."""
        self.looked_at.append((account, asset.key, has_tag))
        return self.payer_findings

    async def findings_for(self, *subject: object) -> tuple[Finding, ...]:
        """What the test has set for an address that is typed."""
        self.looked.append(subject)
        return self.typed_findings

    async def check_now(self) -> AccountReport:
        """Note the call, and wait until the test releases `answered`."""
        self.asked += 1
        await self.answered
        return self.report


class FakeRates:
    """The rates that a test sets, by the key of an asset; without one an asset has none."""

    def __init__(self, clock: sample_rows.Clock) -> None:
        self._clock = clock
        self.by_asset: dict[str, RateState] = {}
        self.used: list[tuple[str, tuple[AcceptedAsset, ...]]] = []
        self.refreshed = 0
        self.listeners: list[Callable[[], None]] = []

    def use(self, currency: str, assets: Sequence[AcceptedAsset], _policy: object) -> None:
        """Note the call."""
        self.used.append((currency, tuple(assets)))

    def release(self) -> None:
        """Note the call."""
        self.used.clear()

    def refresh(self) -> None:
        """Note the call."""
        self.refreshed += 1

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Subscribe to changes."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def set_rate(self, asset: AcceptedAsset, currency: str, price: str, age: float = 18.0) -> None:
        """The platform's rate of this asset is `age` seconds old."""
        rate = Rate(Decimal(price), currency, RateSource.PLATFORM, self._clock.now())
        self.by_asset[asset.key] = RateState(asset, currency, rate, age)
        self._changed()

    def refuse(self, asset: AcceptedAsset, currency: str, reason: str, way_out: WayOut) -> None:
        """There is no rate that may be used."""
        refusal = RateRefusal(reason, way_out)
        self.by_asset[asset.key] = RateState(asset, currency, refusal=refusal)
        self._changed()

    def state(self, asset: AcceptedAsset) -> RateState:
        """What was set; prices in the asset itself need nothing."""
        if asset.key in self.by_asset:
            return self.by_asset[asset.key]
        same = Rate(Decimal(1), asset.currency, RateSource.SAME, self._clock.now())
        return RateState(asset, asset.currency, same)

    def quote(self, price: FiatAmount, asset: AcceptedAsset) -> Quote | RateRefusal:
        """By the state that was set."""
        return rate_check.quote_for(price, self.state(asset))

    def worth_now(self, paid: Amount, asset: AcceptedAsset) -> FiatAmount | RateRefusal:
        """By the state that was set."""
        state = self.state(asset)
        if state.refusal is not None or state.rate is None:
            return state.refusal or RateRefusal("No rate.", WayOut.REFRESH)
        return conversion.worth(paid, state.rate.price, state.currency, asset)

    def set_typed(self, asset: AcceptedAsset, price: Decimal | None) -> str:
        """Use it at once."""
        self.set_rate(asset, "EUR", str(price), 0.0)
        return ""

    def typed_warning(self, _asset: AcceptedAsset, price: Decimal) -> str:
        """A hundred is far from every rate of a test."""
        return "That is far from the last rate." if price > 99 else ""

    def _changed(self) -> None:
        for listener in tuple(self.listeners):
            listener()


class FakeCustomers:
    """The returning customers that a test sets; each has the token `TOKEN`."""

    TOKEN = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"

    def __init__(self) -> None:
        self.available = True
        self.checking = False
        self.trouble = self.refusal = ""
        self.people: list[KnownCustomer] = []
        self.result = RememberResult(True)
        self.asked: list[tuple[str, str, bool]] = []
        self.opened = Held()
        self.hold = False
        self.push: Push | None = None
        self.listeners: list[Callable[[], None]] = []

    def known(self) -> Sequence[KnownCustomer]:
        """What the test has set."""
        return tuple(self.people)

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Subscribe to changes."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def show(self, *people: KnownCustomer) -> None:
        """Change the list, as the engine does."""
        self.people = list(people)
        for listener in tuple(self.listeners):
            listener()

    async def open(self) -> str:
        """At once, or when the test releases `opened`."""
        if self.hold:
            await self.opened
        return self.refusal

    async def remember(
        self, identifier: str, nickname: str, *, replace_other: bool = False
    ) -> RememberResult:
        """Note the call."""
        self.asked.append((identifier, nickname, replace_other))
        if self.result.done:
            until = sample_rows.NOW + timedelta(days=30)
            self.show(*self.people, KnownCustomer(nickname, until))
        return self.result

    async def forget(self, nickname: str) -> str:
        """Remove it, unless the test refuses that."""
        if not self.refusal:
            self.show(*(one for one in self.people if one.nickname != nickname))
        return self.refusal

    def address(self, spec: RequestSpec, nickname: str) -> RequestSpec | str:
        """With a token, for one who is in the list."""
        if not any(one.nickname == nickname for one in self.people):
            return "This customer is not remembered any more."
        return replace(spec, user_token=self.TOKEN)

    def push_of(self, _request: object) -> Push | None:
        """What the test has set."""
        return self.push


class FakePrinter(QObject):
    """Notes what it is asked to print."""

    finished = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.printed: list[tuple[str, bool]] = []
        self.refunds: list[tuple[str, str]] = []

    def print_row(
        self, row: RequestRow, *, by_person: bool = True, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Note the row."""
        self.refunds.append((refund_of, refunded))
        self.printed.append((row.identifier, by_person))

    def save_pdf(
        self, row: RequestRow, path: Path, *, refund_of: str = "", refunded: str = ""
    ) -> None:
        """Note the file."""
        self.printed.append((f"{row.identifier} {path.name}", True))
        self.refunds.append((refund_of, refunded))

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True)
class FakeChoice:
    """A printer that a test has."""

    value: str
    label: str


class FakeTools:
    """What `printing` does for the settings, as a test sets it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printers: list[FakeChoice] = []
        self.refusal = ""
        self.tested: list[Settings] = []
        self.test_answer = ("The receipt was printed.", True)

    def as_tools(self) -> ShopTools:
        """The callables that the window is given."""
        return ShopTools(
            printer_choices=lambda: self.printers,
            store_logo=self._store,
            logo_path=lambda name: str(self.folder / name) if name else "",
            print_test=self._test,
        )

    def _store(self, source: Path) -> tuple[str, str]:
        if self.refusal:
            return "", self.refusal
        (self.folder / "shop-logo.png").write_bytes(source.read_bytes())
        return "shop-logo.png", ""

    def _test(self, settings: Settings, done: Callable[[str, bool], None]) -> None:
        self.tested.append(settings)
        done(*self.test_answer)


class FakeDesk:
    """The methods that the window calls. Tests set what they answer and read what was called."""

    def __init__(self, rows: Sequence[RequestRow] = ()) -> None:
        self.clock = sample_rows.Clock()
        self.history = FakeHistory()
        self.reports = FakeReports(self.history)
        self.created: list[RequestSpec] = []
        self.numbers = 0
        self.audited: list[tuple[AuditKind, str, str]] = []
        self.refunded: list[RefundOrder] = []
        self.refund_refusal = ""
        self.cancelled: list[str] = []
        self.decided: list[tuple[str, Decision]] = []
        self.decide_refusal = ""
        self.refreshed: list[str] = []
        self.problems: tuple[FieldError, ...] = ()
        self.cancel_answer: CancelAnswer | Failure = CancelAnswer(True, "OK")
        self.present_health = sample_rows.health()
        self.shop = ShopWatch(self.clock)
        self.lamps = LampWatch(self.clock, Timing(), self.health)
        self.measured = 0
        self.catch_up = CatchUpState()
        self.caught_up = Held()
        self.payments: tuple[UnmatchedPayment, ...] = ()
        self.assigned: list[tuple[str, str]] = []
        self.assign_refusal: str | Exception = ""
        self.dismissed = FakeDismissed()
        self.account_check = FakeAccountCheck()
        self.rates = FakeRates(self.clock)
        self.customers = FakeCustomers()
        self.shifts, self.shift_journal = fake_shifts(PureJournal())
        self._rows = {row.identifier: row for row in rows}
        self.listeners: list[Callable[[Sequence[RequestRow]], None]] = []
        self.unmatched_listeners: list[Callable[[Sequence[UnmatchedPayment]], None]] = []

    def as_desk(self) -> Desk:
        """This object, for constructors that want a desk."""
        return cast(Desk, self)

    async def measure_disk(self) -> None:
        """Somebody asks how full the disk is."""
        self.measured += 1

    def rows(self) -> Sequence[RequestRow]:
        """All rows."""
        return tuple(self._rows.values())

    async def load(self, identifier: str) -> bool:
        """Nothing is loaded that is not there."""
        return identifier in self._rows

    def row(self, identifier: str) -> RequestRow | None:
        """One row."""
        return self._rows.get(identifier)

    def on_rows(self, listener: Callable[[Sequence[RequestRow]], None]) -> Callable[[], None]:
        """Subscribe to changes."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def show(self, *rows: RequestRow) -> None:
        """Change rows, as the engine does."""
        for row in rows:
            self._rows[row.identifier] = row
        for listener in self.listeners:
            listener(rows)

    def health(self) -> Health:
        """What the test has set."""
        return replace(self.present_health, shop=self.shop.health)

    def refresh(self, identifier: str) -> None:
        """Note the call."""
        self.refreshed.append(identifier)

    async def facts(self, identifier: str) -> Sequence[Fact]:
        """The facts of the sample row."""
        found = [s for s in sample_rows.samples() if s.row.identifier == identifier]
        return found[0].facts if found else ()

    async def check(self, _spec: RequestSpec) -> tuple[FieldError, ...]:
        """What the test has set."""
        return self.problems

    async def create(self, spec: RequestSpec) -> RequestRow:
        """Note the call; the row is one that waits."""
        self.created.append(spec)
        row = sample_rows.row(Status.WAITING)
        return replace(row, request=replace(row.request, spec=spec))

    async def refund(self, order: RefundOrder) -> RequestRow | str:
        """Note the order, and refuse it as the test has set; else its row waits for a signature."""
        self.refunded.append(order)
        if self.refund_refusal:
            return self.refund_refusal
        sold = self._rows[order.refund_of].request
        spec = make_refund(sold, order)
        assert isinstance(spec, RequestSpec), spec
        row = sample_rows.row(Status.WAITING)
        made = replace(row, request=replace(row.request, spec=spec))
        self._rows[made.identifier] = made
        return made

    async def allocate_sale_number(self, _till: str, _series: str) -> int:
        """One count for all, from 1."""
        self.numbers += 1
        return self.numbers

    def catch_up_state(self) -> CatchUpState:
        """What the test has set."""
        return self.catch_up

    async def wait_caught_up(self, _patience: float) -> CatchUpState:
        """Wait until the test releases `caught_up`."""
        await self.caught_up
        return self.catch_up

    def unmatched(self) -> Sequence[UnmatchedPayment]:
        """The payments that the test has set."""
        return self.payments

    def on_unmatched(
        self, listener: Callable[[Sequence[UnmatchedPayment]], None]
    ) -> Callable[[], None]:
        """Subscribe to changes."""
        self.unmatched_listeners.append(listener)
        return lambda: self.unmatched_listeners.remove(listener)

    def show_unmatched(self, *payments: UnmatchedPayment) -> None:
        """Change the unmatched payments, as the engine does."""
        self.payments = payments
        for listener in self.unmatched_listeners:
            listener(payments)

    async def assign(self, txid: str, identifier: str) -> str:
        """Assign a payment, or refuse it as the test has set."""
        if isinstance(self.assign_refusal, Exception):
            raise self.assign_refusal
        if not self.assign_refusal:
            self.assigned.append((txid, identifier))
            self.show_unmatched(*(one for one in self.payments if one.txid != txid))
        return self.assign_refusal

    async def decide(self, identifier: str, decision: Decision) -> str:
        """Record it as the engine does, unless the test or the rules refuse it."""
        row = self._rows[identifier]
        refused = self.decide_refusal or why_not_decided(decision, row.request, row.verdict)
        if refused:
            return refused
        made = completed(decision, row.request, row.verdict)
        self.decided.append((identifier, made))
        fact = make_fact(self.clock.now(), Source.OPERATOR, FactKind.DECISION, made.to_json())
        self.show(replace(row, request=apply_fact(row.request, fact)))
        return ""

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Note the call."""
        self.cancelled.append(identifier)
        return self.cancel_answer

    async def add_audit(self, kind: AuditKind, who: str, detail: str = "") -> None:
        """Note what is written down."""
        self.audited.append((kind, who, detail))

    async def ping(self) -> Application | Failure:
        """The sample shop's application."""
        return Application("Café Uno", "", False)

    def __getattr__(self, name: str) -> Any:
        """Methods that a test does not look at do nothing."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_a, **_k: ()
