"""What `shop status` shows: the database, the tills and who follows whom, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from xumm_desk.cli.text_columns import columns, pad
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.replication import takeover
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_state import Lease, TillRole, TillState
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr

_ROLES: Final[Mapping[TillRole, str]] = {
    TillRole.TILL: Message("till"),
    TillRole.MONITOR: Message("monitor"),
}


@dataclass(slots=True)
class ShopStatus:
    """What the database and this journal say. `unsent` and `missing` are None and empty where no
    journal was read; `missing` counts by till the facts that are not here."""

    shop: str
    place: str
    problem: str = ""
    tills: Sequence[TillState] = ()
    leases: Sequence[Lease] = ()
    own: Sequence[str] = ()
    is_monitor: bool = False
    unsent: int | None = None
    missing: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All of it as one object."""
        alive = takeover.living(self.leases)
        return {
            "shop": self.shop,
            "database": self.place,
            "connected": not self.problem,
            **({"problem": self.problem} if self.problem else {}),
            "unsent": self.unsent,
            "missing": sum(self.missing.values()),
            "tills": [
                {
                    "till": one.till,
                    "name": one.name,
                    "role": one.role.value,
                    "own": one.till in self.own,
                    "facts": one.number,
                    "seen_seconds": one.seen_seconds,
                    "facts_behind": one.facts_behind,
                    "missing_here": self.missing.get(one.till, 0),
                    "alive": one.till in alive,
                    "followed_by": self._follower(one.till),
                    "version": one.version,
                    "joined": one.joined,
                    "left": one.left,
                }
                for one in self.tills
            ],
            "leases": [
                {"name": one.name, "holder": one.holder, "seconds_left": one.seconds_left}
                for one in self.leases
            ],
        }

    def sentences(self) -> Iterator[str]:
        """The same for a person."""
        shop, place = isolate(self.shop), self.place
        if self.problem:
            yield Message(
                "{shop}: the database at {place} does not serve this till.", shop=shop, place=place
            )
        else:
            yield Message("{shop}: the database at {place} answers.", shop=shop, place=place)
        if self.unsent is not None:
            yield Message(
                "{n} fact of this till is not in the database yet.",
                plural="{n} facts of this till are not in the database yet.",
                n=self.unsent,
            )
        if self.missing:
            yield Message(
                "{n} fact of others is not here yet.",
                plural="{n} facts of others are not here yet.",
                n=sum(self.missing.values()),
            )
        if self.tills:
            yield from _table([_titles(), *map(self._row, self.tills)])

    def _row(self, one: TillState) -> tuple[str, ...]:
        return (
            isolate(one.name) + ("*" if one.till in self.own else ""),
            tr(_ROLES[one.role]),
            self._seen(one),
            formats.whole_number(one.number) if one.role is TillRole.TILL else "",
            formats.whole_number(one.facts_behind) if one.facts_behind else "",
            self._followed(one),
            one.version,
            one.till,
        )

    def _seen(self, one: TillState) -> str:
        if one.left:
            return _("removed")
        if not one.joined:
            return _("has not joined")
        if one.seen_seconds is None:
            return _("never")
        return _ago(int(one.seen_seconds))

    def _followed(self, one: TillState) -> str:
        if one.till in takeover.living(self.leases):
            return _("itself")
        follower = self._follower(one.till)
        names = {other.till: isolate(other.name) for other in self.tills}
        return names.get(follower, follower) if follower else ""

    def _follower(self, till: str) -> str | None:
        name = takeover.follow_lease(till)
        return next((one.holder for one in self.leases if one.name == name), None)


def place_of(address: ShopAddress) -> str:
    """Where the database is, as text."""
    return hosts_text(address.hosts, address.ports)


def hosts_text(hosts: Sequence[str], ports: Sequence[int]) -> str:
    """Hosts with their ports."""
    return ", ".join(f"{host}:{port}" for host, port in zip(hosts, ports, strict=False))


def _titles() -> tuple[str, ...]:
    return (
        _("NAME"), _("ROLE"), _("SEEN"), _("FACTS"), _("BEHIND"), _("FOLLOWED BY"), _("VERSION"),
        _("ID"),
    )  # fmt: skip


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (pad(cell, width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _ago(seconds: int) -> str:
    if seconds < 120:
        return _("{seconds} s ago", seconds=max(0, seconds))
    if seconds < 7200:
        return _("{minutes} min ago", minutes=seconds // 60)
    if seconds < 172_800:
        return _("{hours} h ago", hours=seconds // 3600)
    return _("{n} day ago", plural="{n} days ago", n=seconds // 86_400)
