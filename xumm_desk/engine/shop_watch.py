"""What this till knows of its shop, since when, and who is told when that changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.engine.runtime.ports import Clock

LOST: Final = 30.0
"""Seconds without an answer after which the shop's database counts as lost: a standby that takes
its place is found within fifteen."""


@dataclass(frozen=True, slots=True)
class ShopHealth:
    """The shop as it was seen last, and when, in monotonic seconds: `answered_at` the database told
    it, None where it never did, `since` this till has tried."""

    view: ShopView
    answered_at: float | None
    since: float

    def silent(self, now: float) -> float:
        """For how many seconds the database has not answered."""
        return max(0.0, now - (self.since if self.answered_at is None else self.answered_at))

    def is_lost(self, now: float) -> bool:
        """Whether nothing is known any more of what other tills do now."""
        return self.silent(now) > LOST


class ShopWatch:
    """Used on the loop's thread. `view` is None for a till of no shop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.health: ShopHealth | None = None
        self._listeners: list[Callable[[ShopView], None]] = []

    @property
    def view(self) -> ShopView | None:
        """The shop as it was seen last."""
        return self.health.view if self.health is not None else None

    def covered(self) -> frozenset[str]:
        """The tills of which is known that somebody follows their requests now."""
        health = self.health
        if health is None or health.answered_at is None or health.is_lost(self._clock.monotonic()):
            return frozenset()
        return health.view.covered

    def on_view(self, listener: Callable[[ShopView], None]) -> None:
        """Call `listener` with each view from now on."""
        self._listeners.append(listener)

    def show(self, view: ShopView) -> None:
        """The shop looks like this now."""
        now, before = self._clock.monotonic(), self.health
        answered = before.answered_at if before is not None else None
        self.health = ShopHealth(
            view,
            now if view.connected else answered,
            before.since if before is not None else now,
        )
        for listener in self._listeners:
            listener(view)
