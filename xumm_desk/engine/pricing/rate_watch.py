"""Keep exchange rates fresh while somebody needs prices, and quote from what is known now.

Platform and second source are asked together, about once a minute, after the calls that sales need.
An answer that holds no usable number takes the rate away at once; a call that fails lets the last
one grow old, up to the shop's limit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.amount import Amount, AmountError
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing import conversion, rate_check, wording
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.ledger_prices import LedgerPrice
from xumm_desk.core.pricing.platform_rates import is_sensible, parse_rates
from xumm_desk.core.pricing.quote import Quote, Rate, RateRefusal, RateSource, WayOut
from xumm_desk.core.pricing.rate_check import RateState
from xumm_desk.core.pricing.rate_readings import (
    FailedReading,
    PlatformReading,
    Reading,
    Readings,
    SecondReading,
    TypedRate,
)
from xumm_desk.core.pricing.rate_settings import RatePolicy, SecondSource
from xumm_desk.core.state.timing import backoff
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import LedgerPriceApi

_KEY: Final = "rates"

_SETTINGS: Final = frozenset(
    {FailureKind.KEYS_REJECTED, FailureKind.APP_DISABLED, FailureKind.REFUSED}
)
"""Failures that only another setting mends; asking sooner would not help."""

_FAR: Final = Decimal("0.2")
"""A typed rate that is this far from the last one known is probably a slip."""


class RateWatch:
    """The rates of one shop. Nothing is asked before `use` and after `release`."""

    def __init__(
        self,
        engine: Engine,
        ledger: LedgerPriceApi | None,
        clock_ahead: Callable[[], timedelta | None],
    ) -> None:
        """`clock_ahead` returns how far this computer's clock is ahead of the platform's."""
        self._engine = engine
        self._ledger = ledger
        self._clock_ahead = clock_ahead
        self._shop_currency = ""
        self._assets: tuple[AcceptedAsset, ...] = ()
        self._policy = RatePolicy()
        # The currency that the platform is asked about; "" where no rate is needed.
        self._currency = ""
        self._used = False
        self._readings = Readings()
        self._asking = self._asking_second = False
        self._asked_at: float | None = None
        self._failures = 0
        self._listeners: list[Callable[[], None]] = []

    def use(self, shop_currency: str, assets: Sequence[AcceptedAsset], policy: RatePolicy) -> None:
        """Keep the rates of these assets in the shop's currency fresh from now on."""
        currency = rate_check.asked_currency(shop_currency, tuple(assets))
        before = (self._shop_currency, self._currency, self._policy.second)
        if before != (shop_currency, currency, policy.second):
            self._readings = self._readings.typed_only()
            self._asked_at, self._failures = None, 0
        self._shop_currency, self._assets = shop_currency, tuple(assets)
        self._currency, self._policy, self._used = currency, policy, True
        if not currency:
            self._engine.calls.cancel(_KEY)
        elif self._asking:
            pass  # the answer plans the next question
        elif self._is_due():
            self._schedule(Priority.CONNECTED, 0.0)
        else:
            self._schedule(Priority.POLL, self._engine.timing.rate_interval)
        self._notify()

    def release(self) -> None:
        """Ask no more: nobody needs prices. What is known stays, and grows old."""
        self._used = False
        self._engine.calls.cancel(_KEY)

    def refresh(self) -> None:
        """Ask now, because a person wants it."""
        if self._used and self._currency and not self._asking:
            self._schedule(Priority.PERSON, 0.0)

    @property
    def in_use(self) -> bool:
        """Whether rates are kept fresh at the moment."""
        return self._used

    @property
    def asking(self) -> bool:
        """Whether an answer of the platform is on its way."""
        return self._asking

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a rate or a reason changed, not when one only grew older;
        returns what ends that."""
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    def state(self, asset: AcceptedAsset) -> RateState:
        """Rate, age, source and agreement now, or why the rate must not be used."""
        return self._state(asset, self._readings)

    def worst(self) -> RateState | None:
        """The accepted asset whose rate is refused, else the one whose rate is oldest; None while
        nobody needs a rate that the platform has."""
        if not (self._used and self._currency):
            return None
        asked = [
            one for one in self._assets if rate_check.asked_currency(self._shop_currency, (one,))
        ]
        states = [self.state(one) for one in asked]
        return max(states, key=lambda one: (one.refusal is not None, one.age or 0.0), default=None)

    def quote(self, price: FiatAmount, asset: AcceptedAsset) -> Quote | RateRefusal:
        """What `price` is in `asset` by what is known now; asks sooner where that is old."""
        if self._used and self._currency and self._is_due() and not self._asking:
            self._schedule(Priority.CONNECTED, self._gap())
        return rate_check.quote_for(price, self.state(asset))

    def worth_now(self, paid: Amount, asset: AcceptedAsset) -> FiatAmount | RateRefusal:
        """What an amount is worth now in the shop's currency, such as a payment that came late."""
        state = self.state(asset)
        if state.refusal is not None:
            return state.refusal
        assert state.rate is not None
        try:
            return conversion.worth(paid, state.rate.price, self._shop_currency, asset)
        except AmountError as error:
            return RateRefusal(error.args[0], WayOut.OTHER_ASSET)

    def set_typed(self, asset: AcceptedAsset, price: Decimal | None) -> str:
        """Use a rate that a person typed, in the shop's currency, until it is too old or taken
        back with None; "" or why it cannot be used."""
        if price is None:
            self._readings = self._readings.without_typed(asset.key)
            self._notify()
            return ""
        if not is_sensible(price):
            return Message("The rate must be a number above zero that can be a price.")
        clock = self._engine.clock
        rate = Rate(price, self._shop_currency, RateSource.TYPED, clock.now())
        self._add(TypedRate(clock.monotonic(), asset.key, rate))
        return ""

    def typed_warning(self, asset: AcceptedAsset, price: Decimal) -> str:
        """A sentence to confirm where a typed rate is far from the last one known, else ""."""
        automatic = self._automatic(asset)
        known = automatic.rate
        if known is None or not is_sensible(price):
            return ""
        low, high = sorted((price, known.price))
        if high - low <= low * _FAR:
            return ""
        return wording.typed_differs(price, known, automatic.age or 0.0)

    def _automatic(self, asset: AcceptedAsset) -> RateState:
        """The state without what was typed."""
        return self._state(asset, self._readings.without_typed(asset.key))

    def _state(self, asset: AcceptedAsset, readings: Readings) -> RateState:
        clock = self._engine.clock
        return rate_check.rate_state(
            asset,
            self._shop_currency,
            readings,
            self._policy,
            now=clock.monotonic(),
            wall=clock.now(),
        )

    # Asking.

    def _is_due(self) -> bool:
        """Whether the platform's rate is older than a minute, or there is none."""
        platform = self._readings.platform
        if platform is None:
            return True
        age = self._engine.clock.monotonic() - platform.asked_at
        return age > self._engine.timing.rate_interval

    def _gap(self) -> float:
        """Seconds until a quote may ask again: a till that is looked at every second must not."""
        if self._asked_at is None:
            return 0.0
        gap = self._engine.timing.rate_retry * 2.0 ** min(self._failures, 2)
        return max(0.0, self._asked_at + gap - self._engine.clock.monotonic())

    def _schedule(self, urgency: Priority, after: float) -> None:
        self._engine.calls.schedule(_KEY, urgency, self._read, after)

    async def _read(self, _about: str) -> None:
        currency = self._currency
        if not (self._used and currency):
            return
        clock = self._engine.clock
        asked_at, at = clock.monotonic(), clock.now()
        self._asking, self._asked_at = True, asked_at
        self._start_second(asked_at)
        try:
            answer = await self._engine.platform.rates(currency)
        finally:
            self._asking = False
        self._engine.note_platform_answer(answer)
        if currency != self._currency:
            self._schedule(Priority.CONNECTED, 0.0)
            return
        if isinstance(answer, ApiAnswer):
            self._add(PlatformReading(asked_at, at, parse_rates(answer.value, currency)))
        else:
            way_out = WayOut.SETTINGS if answer.kind in _SETTINGS else WayOut.TYPE_RATE
            self._add(FailedReading(asked_at, answer.message, way_out))
        if self._used:
            self._schedule(Priority.POLL, self._pause(answer))

    def _pause(self, answer: ApiAnswer | Failure) -> float:
        """Seconds until the next question by itself."""
        timing = self._engine.timing
        if isinstance(answer, Failure) and answer.kind in _SETTINGS:
            self._failures += 1
            return timing.rate_interval
        if isinstance(answer, ApiAnswer) and self._is_usable():
            self._failures = 0
            return timing.rate_interval
        chance = random.random()  # noqa: S311 - spreads calls
        pause = backoff(self._failures, chance, timing.rate_retry, timing.rate_interval)
        self._failures += 1
        asked_for = answer.retry_after if isinstance(answer, Failure) else None
        return max(pause, asked_for or 0.0)

    def _is_usable(self) -> bool:
        """Whether the newest answer serves at least one asset."""
        states = (self._automatic(one) for one in self._assets)
        return any(
            one.rate is not None and one.rate.source is RateSource.PLATFORM
            for one in states
            if one.refusal is None
        )

    def _start_second(self, asked_at: float) -> None:
        second = self._policy.second
        if second is None or self._asking_second:
            return
        if self._ledger is None:
            words = Message("No ledger node is set up.")
            self._add(FailedReading(asked_at, words, of_second=True))
            return
        self._asking_second = True
        work = self._read_second(self._ledger, second, asked_at)
        self._engine.tasks.start(work, "second rate")

    async def _read_second(
        self, ledger: LedgerPriceApi, source: SecondSource, asked_at: float
    ) -> None:
        try:
            found = await ledger.price(source)
        finally:
            self._asking_second = False
        if source != self._policy.second:
            if self._used and self._currency:
                self._start_second(self._engine.clock.monotonic())
            return
        if isinstance(found, str):
            self._add(FailedReading(asked_at, found, of_second=True))
        else:
            self._add(self._second_reading(found, source, asked_at))

    def _second_reading(
        self, found: LedgerPrice, source: SecondSource, asked_at: float
    ) -> SecondReading:
        wall = self._engine.clock.now()
        age = 0.0
        if found.published is not None:
            right = wall - (self._clock_ahead() or timedelta(0))
            age = max(0.0, (right - found.published).total_seconds())
        return SecondReading(
            asked_at,
            asked_at - age,
            found.published or wall,
            found.price,
            found.currency,
            source.source,
        )

    def _add(self, reading: Reading) -> None:
        known = self._readings
        self._readings = known.add(reading)
        if self._readings != known:
            self._notify()

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()
