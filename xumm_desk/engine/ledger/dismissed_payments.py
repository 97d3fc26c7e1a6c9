"""Payments of nobody that a person has put aside: dust, a refund, money between own accounts.

Knows which they are; must not know what is shown of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from xumm_desk.engine.runtime.ports import Clock


class DismissedStore(Protocol):
    """Where that is kept."""

    async def set_dismissed(self, txid: str, aside: bool, at: datetime) -> None:
        """Note it; on disk when this returns."""
        ...

    async def dismissed(self) -> dict[str, datetime]:
        """What is put aside, and since when (UTC)."""
        ...


class DismissedPayments:
    """Puts payments aside and brings them back."""

    def __init__(self, shelf: DismissedStore, clock: Clock) -> None:
        self._store, self._clock = shelf, clock
        self._since: dict[str, datetime] = {}

    async def load(self) -> None:
        """Read what was put aside before."""
        self._since = await self._store.dismissed()

    def since(self) -> Mapping[str, datetime]:
        """Their transactions, and since when (UTC)."""
        return self._since

    async def dismiss(self, txid: str, aside: bool) -> None:
        """Put one aside, or bring it back."""
        at = self._clock.now()
        await self._store.set_dismissed(txid, aside, at)
        if aside:
            self._since[txid] = at
        else:
            self._since.pop(txid, None)
