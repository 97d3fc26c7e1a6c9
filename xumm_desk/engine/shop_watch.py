"""What this till knows of its shop, since when, who is told of a change, and what only one till may
do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_view import BULK, ShopView
from xumm_desk.core.replication.takeover import refund_lease
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


_AWAY: Final = Message(
    "The shop's database does not answer, so nobody knows what other tills have refunded. Nothing"
    " was done. Refund when it is back; sales go on meanwhile."
)
_BEHIND: Final = Message(
    "This till is still taking in what other tills have done, so it does not know all refunds yet."
    " Nothing was done. Refund when it is done; the tills of the shop are listed behind the lamp."
)
_ELSEWHERE: Final = Message(
    "Another till of the shop is refunding this sale, or went away while it did. Nothing was done."
    " Look again in a minute; if that till does not come back, start it again."
)


class ShopWatch:
    """Used on the loop's thread. `view` is None for a till of no shop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.health: ShopHealth | None = None
        self.hold: Callable[[str], Awaitable[bool]] | None = None
        """Takes a lease that one till alone has, with all that others know up to then; raises
        `ShopDatabaseError`. Set while the shop's database is spoken to."""
        self._listeners: list[Callable[[ShopView], None]] = []
        self._past_listeners: list[Callable[[], None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether the shop's database answers."""
        return self.view is not None and self.view.connected

    async def why_not_refunded(self, sale: str) -> str:
        """Why a refund of this sale must not be made now; "" if this till alone may, knowing the
        refunds of all others, or where there is no shop."""
        if self.hold is None:
            return ""
        if self.view is None or not self.view.connected:
            return _AWAY
        if self.view.missing > BULK:
            return _BEHIND
        try:
            return "" if await self.hold(refund_lease(sale)) else _ELSEWHERE
        except ShopDatabaseError:
            return _AWAY

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

    def on_past(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever another till has told of its past, which is in the journal and
        not in memory."""
        self._past_listeners.append(listener)

    def tell_past(self) -> None:
        """Another till has told of its past."""
        for listener in self._past_listeners:
            listener()

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
