"""What the shop's database says of tills and leases, by its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TillRole(Enum):
    """What a login of the shop may do."""

    TILL = "till"
    """Write its own facts, read all."""
    MONITOR = "monitor"
    """Read all, write nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` is the id of the till and `instance` the run of its program which hold the lease
    `name` for `seconds_left` more."""

    name: str
    holder: str
    instance: str
    seconds_left: float


@dataclass(frozen=True, slots=True)
class TillState:
    """A till or monitor of the shop.

    `seen_seconds` ago it reported last, None before its first report, with `facts_behind` facts to
    send or read. `number` is its newest fact in the database. `joined` is False while its one-time
    code is unused; `left` is True once it was removed.
    """

    till: str
    name: str
    role: TillRole
    number: int
    seen_seconds: float | None = None
    facts_behind: int = 0
    version: str = ""
    joined: bool = False
    left: bool = False
