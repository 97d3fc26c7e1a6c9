"""Whether this till reads an account's history, or another till of the shop does it for all.

A till of no shop reads for itself, and so does one that does not hear from the shop's database any
more: two that read do no harm, since both find the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.core.replication.takeover import LIFE, RENEW
from xumm_desk.engine.runtime.ports import Clock

_PATIENCE: Final = LIFE + RENEW
"""Seconds for which another till is believed to read after the database said so last."""
_FIRST: Final = 5.0
"""Seconds after which a till reads an account of which the database has said nothing."""
_YIELDED: Final = 30.0
"""Seconds for which a till whose nodes do not answer leaves the reading to others."""


class HistoryReading:
    """Used on the loop's thread, but for `wanted`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.in_shop = False
        """Whether this till belongs to a shop."""
        self.on_wanted: Callable[[], None] = lambda: None
        """Called when other accounts are to be read."""
        self._accounts: frozenset[str] = frozenset()
        # Accounts that others may read before this till does, and until when (monotonic).
        self._yielded: dict[str, float] = {}
        self._wanted: frozenset[str] = frozenset()
        self._here: frozenset[str] = frozenset()
        # Until when another till reads an account, or may be about to (monotonic).
        self._elsewhere: dict[str, float] = {}
        self._others = False

    def wanted(self) -> frozenset[str]:
        """The accounts that this till would read for all; may be called on any thread."""
        return self._wanted

    def join_shop(self) -> None:
        """This till belongs to a shop, whose database is about to say who reads what."""
        self.in_shop = True
        for account in self._accounts:
            self._elsewhere.setdefault(account, self._clock.monotonic() + _FIRST)
        self._want()

    def add(self, account: str) -> None:
        """Payments to this account are looked for."""
        self._accounts |= {account}
        if self.in_shop:
            self._elsewhere.setdefault(account, self._clock.monotonic() + _FIRST)
            self._want()

    def reads(self, account: str) -> bool:
        """Whether this till is to read the account now."""
        if not self.in_shop or account in self._here:
            return True
        return self._clock.monotonic() >= self._elsewhere.get(account, 0.0)

    def seconds_left(self) -> float | None:
        """After how many seconds this till is to read an account that another one reads now, unless
        it hears of that again; None where it reads all."""
        now = self._clock.monotonic()
        left = [self._elsewhere[one] - now for one in self._accounts if not self.reads(one)]
        return min(left, default=None)

    def show(self, view: ShopView) -> bool:
        """The shop looks like this now; whether it changes what this till reads."""
        now, before = self._clock.monotonic(), [self.reads(one) for one in self._accounts]
        self._here = view.reads if view.connected else self._here
        self._others = view.callers > 0
        if view.connected:
            for account in view.read_elsewhere:
                self._elsewhere[account] = now + _PATIENCE
            self._want()
        return before != [self.reads(one) for one in self._accounts]

    def note_unread(self, account: str) -> None:
        """No node answers this till for the account: another one may do better."""
        if account in self._here and self._others:
            now = self._clock.monotonic()
            self._yielded[account] = now + _YIELDED
            self._here -= {account}
            self._elsewhere[account] = now + _PATIENCE
            self._want()

    def _want(self) -> None:
        now = self._clock.monotonic()
        self._yielded = {one: until for one, until in self._yielded.items() if until > now}
        wanted = self._accounts - self._yielded.keys()
        if wanted != self._wanted:
            self._wanted = wanted
            self.on_wanted()
