"""Look at the shop's receiving account, and say what cannot arrive there.

It is asked about at the start, when the address or the accepted assets change, after a payment to
it failed, when a person asks, and now and then in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from xumm_desk.core.account import account_findings
from xumm_desk.core.account.account_state import AccountState, Unknown
from xumm_desk.core.account.finding import Finding, Kind, Severity
from xumm_desk.core.message import Message
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import AccountStateApi

_NAME: Final = "account check"


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What is known of the account at `address` ("" while none is set), the gravest first.

    `found_at` (UTC) is when a node last answered, None before the first answer. While no node
    answers, the findings of that time stay, with one more that says so.
    """

    address: str = ""
    findings: tuple[Finding, ...] = ()
    found_at: datetime | None = None

    @property
    def severity(self) -> Severity:
        """How grave the gravest finding is; unknown before the first."""
        if self.address and not self.findings:
            return Severity.UNKNOWN
        return account_findings.gravest(self.findings)


Listener = Callable[[AccountReport], None]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is asked about."""

    address: str
    assets: tuple[AcceptedAsset, ...]
    uses_tags: bool


class AccountCheck:
    """Keeps a report about one account up to date; `states` is None where no node is set up."""

    def __init__(self, engine: Engine, states: AccountStateApi | None) -> None:
        self._engine = engine
        self._states = states
        self._subject = _Subject("", (), False)
        self._report = AccountReport()
        self._listeners: list[Listener] = []
        # Set when there is a reason to ask before its time, and when it must be at once.
        self._wake, self._at_once = asyncio.Event(), asyncio.Event()
        # Persons who wait for an answer to a question that has not begun yet.
        self._waiting: list[asyncio.Future[None]] = []
        self._running = False

    @property
    def report(self) -> AccountReport:
        """What is known now."""
        return self._report

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every report that differs from the last; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def blocking_reason(self, asset: AcceptedAsset, charged: Amount | None = None) -> str:
        """Why nothing may be charged in `asset`, or not as much as `charged`; "" if it may be."""
        return account_findings.blocking_reason(self._report.findings, asset, charged)

    def start(self) -> None:
        """Begin to ask, once there is an address."""
        if not self._running:
            self._running = True
            self._engine.tasks.keep_running(self._run, _NAME)

    def use(self, address: str, assets: Sequence[AcceptedAsset], uses_tags: bool) -> None:
        """Look at this classic address ("" for none), for these assets; `uses_tags` says whether
        each sale has a destination tag. The same as before changes nothing."""
        subject = _Subject(address, tuple(assets), uses_tags)
        if subject == self._subject:
            return
        self._subject = subject
        if not address:
            self._publish(AccountReport())
        elif self._states is None:
            now = self._engine.clock.now()
            self._publish(AccountReport(address, account_findings.no_node(), now))
        else:
            self._publish(AccountReport(address))
        self._ask_at_once()

    async def check_now(self) -> AccountReport:
        """Ask because a person wants to know; returns the new report."""
        if self._running and self._states is not None and self._subject.address:
            answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(answered)
            self._ask_at_once()
            await answered
        return self._report

    def on_failed(self, request: Request) -> None:
        """The ledger has refused the payment of `request`: the account's settings may be why."""
        ledger = request.ledger
        if (
            request.spec.destination == self._subject.address
            and ledger is not None
            and (ledger.result or "").startswith("tec")
        ):
            self._wake.set()

    async def findings_for(
        self, address: str, assets: Sequence[AcceptedAsset], uses_tags: bool
    ) -> tuple[Finding, ...]:
        """What would be found at this classic address, for settings that are not saved yet. The
        report, and what may be charged, stay as they are."""
        if self._states is None:
            return account_findings.no_node()
        state = await self._states.account_state(address, assets)
        return account_findings.receiving_findings(state, assets, uses_tags=uses_tags)

    async def destination_findings(
        self, account: str, asset: AcceptedAsset, *, has_tag: bool = False
    ) -> tuple[Finding, ...]:
        """What a refund of `asset` to `account` may meet, the gravest first; `has_tag` says that a
        person has given its destination tag."""
        if self._states is None:
            unasked = AccountState(account, Unknown(Message("no ledger node is set up")))
            return account_findings.destination_findings(unasked, asset)
        state = await self._states.account_state(account, [asset])
        return account_findings.destination_findings(state, asset, has_tag=has_tag)

    def _ask_at_once(self) -> None:
        self._at_once.set()
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            self._at_once.clear()
            await self._ask()
            if await self._is_set_within(self._wake, self._pause()):
                # Payments that fail one after the other are one reason to ask.
                await self._is_set_within(self._at_once, self._engine.timing.account_check_delay)

    @staticmethod
    async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True

    def _pause(self) -> float:
        """Seconds until the next question where nothing calls for it earlier."""
        timing, report = self._engine.timing, self._report
        if any(one.kind in (Kind.NOT_ASKED, Kind.ASSET_UNKNOWN) for one in report.findings):
            return timing.account_check_retry
        if report.severity is Severity.BLOCKS:
            return timing.account_check_blocked
        return timing.account_check_interval

    async def _ask(self) -> None:
        waiting, self._waiting = self._waiting, []
        subject = self._subject
        try:
            if self._states is not None and subject.address:
                state = await self._states.account_state(subject.address, subject.assets)
                if subject == self._subject:  # else it is an answer to an old question
                    self._publish(self._judged(state))
        finally:
            for answered in waiting:
                if not answered.done():
                    answered.set_result(None)

    def _judged(self, state: AccountState) -> AccountReport:
        subject, before = self._subject, self._report
        found = account_findings.receiving_findings(
            state, subject.assets, uses_tags=subject.uses_tags
        )
        if isinstance(state.root, Unknown) and before.found_at is not None:
            kept = [one for one in before.findings if one.kind is not Kind.NOT_ASKED]
            merged = sorted([*kept, *found], key=lambda one: one.severity.value)
            return replace(before, findings=tuple(merged))
        at = None if isinstance(state.root, Unknown) else self._engine.clock.now()
        return AccountReport(subject.address, found, at)

    def _publish(self, report: AccountReport) -> None:
        if report == self._report:
            return
        self._report = report
        for listener in tuple(self._listeners):
            listener(report)
