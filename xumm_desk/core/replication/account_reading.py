"""Decide which till of a shop reads the history of a receiving account for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .shop_state import Lease
from .takeover import READING


def reading_lease(account: str) -> str:
    """The name of the lease of who reads the account's history."""
    return f"{READING}{account}"


def readers(leases: Iterable[Lease]) -> Mapping[str, str]:
    """The till that reads each account of which a till does."""
    return {
        one.name.removeprefix(READING): one.holder
        for one in leases
        if one.seconds_left > 0 and one.name.startswith(READING)
    }


def to_read(own: str, wanted: Collection[str], leases: Iterable[Lease]) -> tuple[str, ...]:
    """The accounts among those `wanted` of which `own` should take or renew the lease."""
    known = readers(leases)
    return tuple(account for account in sorted(wanted) if known.get(account, own) == own)
