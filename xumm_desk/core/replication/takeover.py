"""Decide which tills' requests to take over: those whose lease has run out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from .shop_state import Lease

LIFE: Final = 10.0
"""Seconds that a lease says its holder lives, by the database's clock."""
RENEW: Final = 3.0
"""Seconds after which it is renewed: two renewals may fail."""

_LIVING: Final = "till:"
_FOLLOWING: Final = "follow:"
READING: Final = "history:"
_RENEWED: Final = (_LIVING, _FOLLOWING, READING)
"""What leases begin with that are renewed as long as their holder lives."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """Leases to ask for, and those to give back."""

    take: tuple[str, ...]
    give_back: tuple[str, ...]


def life_lease(till: str) -> str:
    """The name of the lease that says that the till lives."""
    return f"{_LIVING}{till}"


def follow_lease(till: str) -> str:
    """The name of the lease of who follows the till's requests in its place."""
    return f"{_FOLLOWING}{till}"


def refund_lease(sale: str) -> str:
    """The name of the lease of who refunds the sale."""
    return f"refund:{sale}"


def held_by(leases: Iterable[Lease], own: str) -> tuple[str, ...]:
    """The names of what `own` holds until its facts are in the database, such as a refund's."""
    return tuple(
        one.name
        for one in leases
        if one.holder == own and one.seconds_left > 0 and not one.name.startswith(_RENEWED)
    )


def living(leases: Iterable[Lease]) -> frozenset[str]:
    """The tills that live."""
    return frozenset(
        one.holder for one in leases if one.seconds_left > 0 and one.name == life_lease(one.holder)
    )


def followed_by(leases: Iterable[Lease], own: str) -> frozenset[str]:
    """The tills whose requests `own` follows in their place."""
    return frozenset(
        one.name.removeprefix(_FOLLOWING)
        for one in leases
        if one.holder == own and one.seconds_left > 0 and one.name.startswith(_FOLLOWING)
    )


def followed_by_any(leases: Iterable[Lease]) -> frozenset[str]:
    """The tills whose requests somebody follows in their place."""
    return frozenset(
        one.name.removeprefix(_FOLLOWING)
        for one in leases
        if one.seconds_left > 0 and one.name.startswith(_FOLLOWING)
    )


def takeover(own: str, selling: Collection[str], leases: Collection[Lease]) -> Takeover:
    """What `own` should do about the other `selling` tills: renew what it follows and take what
    nobody does, as long as the till does not live; and give back what belongs to one that does."""
    alive = living(leases)
    held: Mapping[str, str] = {one.name: one.holder for one in leases if one.seconds_left > 0}
    take = tuple(
        follow_lease(till)
        for till in sorted(selling)
        if till != own and till not in alive and held.get(follow_lease(till), own) == own
    )
    ours = [follow_lease(till) for till in sorted(followed_by(leases, own))]
    return Takeover(take, tuple(name for name in ours if name not in take))
