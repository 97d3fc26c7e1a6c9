"""What a till knows of its shop: whether the database answers, and how far each till is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .shop_state import TillRole

BULK: Final = 2000
"""So many facts of others that are missing mean catching up: what they say is not news."""

ON_THE_WAY: Final = 100
"""So many facts are always on their way in a shop that sells; more are behind."""

AWAY: Final = 86_400.0
"""Seconds after which a till that was not seen is taken for one that nobody uses now."""


@dataclass(frozen=True, slots=True)
class TillView:
    """Another till as the database knows it: seconds since it was seen by the database's clock,
    None where it never was; `missing` facts of it are not here yet, `behind` of its own are not in
    the database as far as it has said. `followed` says whether any till follows its requests in its
    place, `left` that it is no member of the shop any more."""

    till: str
    name: str
    role: TillRole
    seen_ago: float | None
    missing: int
    behind: int
    alive: bool
    followed_here: bool
    followed: bool = False
    left: bool = False

    @property
    def lacking(self) -> int:
        """How many of its facts are not here yet, wherever they are."""
        return self.missing + self.behind

    @property
    def is_used(self) -> bool:
        """Whether it is a till that should live: it sells, and was seen within a day."""
        return (
            self.role is TillRole.TILL
            and not self.left
            and self.seen_ago is not None
            and self.seen_ago <= AWAY
        )


@dataclass(frozen=True, slots=True)
class ShopView:
    """The shop as this till sees it. `problem` is a sentence, "" while the database answers;
    `unsent` own facts are not in the database yet. `role` is what this program is in the shop,
    `tills` are the others.
    `reads` are the accounts whose history this till reads for all, `read_elsewhere` those that
    another till reads."""

    connected: bool = False
    problem: str = ""
    unsent: int = 0
    tills: tuple[TillView, ...] = ()
    role: TillRole = TillRole.TILL
    reads: frozenset[str] = frozenset()
    read_elsewhere: frozenset[str] = frozenset()

    @property
    def followed(self) -> frozenset[str]:
        """The tills whose requests are followed here, because they do not live."""
        return frozenset(one.till for one in self.tills if one.followed_here)

    @property
    def callers(self) -> int:
        """How many other tills live, and call the platform with the same key."""
        return sum(one.alive for one in self.tills)

    @property
    def covered(self) -> frozenset[str]:
        """The tills whose requests somebody follows: they live, or another till does it."""
        return frozenset(
            one.till for one in self.tills if one.alive or one.followed or one.followed_here
        )

    @property
    def missing(self) -> int:
        """How many facts of others are not here yet."""
        return sum(one.missing for one in self.tills)

    @property
    def lacking(self) -> int:
        """How many facts of others are not here yet, or wait at the till that has them."""
        return sum(one.lacking for one in self.tills if not one.left)

    @property
    def used(self) -> tuple[TillView, ...]:
        """The other tills that should live."""
        return tuple(one for one in self.tills if one.is_used)
