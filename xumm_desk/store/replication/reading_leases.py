"""Hold the leases by which one till of the shop reads an account's history for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xumm_desk.core.replication.account_reading import readers, reading_lease, to_read
from xumm_desk.core.replication.shop_state import Lease
from xumm_desk.core.replication.takeover import LIFE

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

WantedAccounts = Callable[[], frozenset[str]]
"""The accounts whose history this till would read; called on another thread than the loop's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The accounts that this till reads for all, and those that another one reads."""

    here: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


class ReadingLeases:
    """Those of one connection; raises `ShopDatabaseError`."""

    def __init__(self, wanted: WantedAccounts) -> None:
        self._wanted = wanted
        self._asked: frozenset[str] = frozenset()
        self._here: frozenset[str] = frozenset()

    def are_due(self) -> bool:
        """Whether other accounts are to be read than when it was asked last."""
        return self._wanted() != self._asked

    def keep(self, shop: ShopDatabase, own: str, leases: Sequence[Lease]) -> Reading:
        """Renew what this till reads, take what nobody does, and give back what it does not read
        any more; `leases` are those of the shop."""
        wanted = self._asked = self._wanted()
        for account in sorted(self._here - wanted):
            shop.give_back_lease(reading_lease(account))
        self._here = frozenset(
            account
            for account in to_read(own, wanted, leases)
            if shop.take_lease(reading_lease(account), LIFE)
        )
        others = {account for account, till in readers(leases).items() if till != own}
        return Reading(self._here, frozenset(others) - self._here)

    def give_back(self, shop: ShopDatabase) -> None:
        """Let another till go on."""
        for account in sorted(self._here):
            shop.give_back_lease(reading_lease(account))
        self._here = frozenset()
