"""What a till knows of its shop: whether the database answers, and how far each till is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .shop_state import TillRole

BULK: Final = 2000
"""So many facts of others that are missing mean catching up: what they say is not news."""


@dataclass(frozen=True, slots=True)
class TillView:
    """Another till as the database knows it: seconds since it was seen by the database's clock,
    None where it never was; `missing` facts of it are not here yet, `behind` of its own are not in
    the database as far as it has said."""

    till: str
    name: str
    role: TillRole
    seen_ago: float | None
    missing: int
    behind: int
    alive: bool
    followed_here: bool


@dataclass(frozen=True, slots=True)
class ShopView:
    """The shop as this till sees it. `problem` is a sentence, "" while the database answers;
    `unsent` own facts are not in the database yet."""

    connected: bool = False
    problem: str = ""
    unsent: int = 0
    tills: tuple[TillView, ...] = ()

    @property
    def followed(self) -> frozenset[str]:
        """The tills whose requests are followed here, because they do not live."""
        return frozenset(one.till for one in self.tills if one.followed_here)

    @property
    def callers(self) -> int:
        """How many other tills live, and call the platform with the same key."""
        return sum(one.alive for one in self.tills)

    @property
    def missing(self) -> int:
        """How many facts of others are not here yet."""
        return sum(one.missing for one in self.tills)
