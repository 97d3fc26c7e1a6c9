"""What every request lives through under load: its name, its events, its end, and when.

Pure functions, so that server and contenders agree without talking.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

NETWORK: Final = "TESTNET"
SHOP: Final = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
EXPIRE_MINUTES: Final = 24 * 60

SLOT: Final = 0.25
"""Seconds for which one page of the table stays in view while events come."""

PAGE: Final = 12
"""Rows of a page that are sure to be in view; their events are measured up to the paint."""


class Kind(IntEnum):
    """The events of one request, in their order; each changes the row."""

    OPENED = 0
    PRE_SIGNED = 1
    DISPATCHED = 2
    END = 3


STEPS: Final = {
    "opened": Kind.OPENED + 1,
    "pre_signed": Kind.PRE_SIGNED + 1,
    "dispatched": Kind.DISPATCHED + 1,
    "signed": Kind.END + 1,
    "expired": Kind.END + 1,
}
"""How far the frame of each word brings a request, in the count of those who keep no more."""


class End(Enum):
    """How the server means a request to end."""

    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired after opening"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: nanoseconds after the phase's beginning, whose it is, and whether it only repeats
    an earlier one, as the platform does (P§5.1)."""

    after: int
    index: int
    again: bool = False


def uuid_of(index: int) -> str:
    """The platform's id of the request with this number."""
    return f"{index:08x}-bec4-4000-8000-{index:012x}"


def index_of(uuid: str) -> int:
    """The number of the request with this platform id."""
    return int(uuid[:8], 16)


def identifier_of(index: int) -> str:
    """Our own name of the request with this number."""
    return f"bench-{index:05d}"


def end_of(index: int) -> End:
    """How the request with this number ends. Few are signed: each signature costs the desk some
    10 ms of checking, whatever the number of sockets."""
    if index % 100 == 7:
        return End.SIGNED
    return End.EXPIRED if index % 3 == 1 else End.DECLINED


def place_of(index: int, count: int) -> int:
    """Where the table shows the request: newest first."""
    return count - 1 - index


def slots(count: int, rate: int) -> int:
    """How many pages are turned while each of `count` requests gets one event."""
    return max(1, round(count / (rate * SLOT)))


def page(slot: int, count: int) -> range:
    """The requests on the page that is in view during `slot`."""
    first = min(slot * PAGE, max(0, count - PAGE))
    last = min(first + PAGE, count)
    return range(count - last, count - first)


def steady(count: int, rate: int, seed: int, repeats: int = 1) -> list[Event]:
    """One event for each request in random order, followed by repetitions of events that were, so
    that there are `repeats` for each request and `rate` a second."""
    firsts = _firsts(count, rate // repeats, seed)
    if repeats == 1:
        return firsts
    dice = random.Random(seed)
    made, step = list(firsts), int(1e9 * repeats / rate)
    for place, event in enumerate(firsts):
        for number in range(1, repeats):
            earlier = firsts[dice.randint(0, place)]
            made.append(Event(event.after + number * step // repeats, earlier.index, again=True))
    return sorted(made, key=lambda event: event.after)


def _firsts(count: int, rate: int, seed: int) -> list[Event]:
    """Those of the page in view come while it is in view, neither just after it was turned nor
    just before."""
    dice = random.Random(seed)
    number = slots(count, rate)
    pages = [list(page(slot, count)) for slot in range(number)]
    in_view = {index for one in pages for index in one}
    others = [index for index in range(count) if index not in in_view]
    dice.shuffle(others)
    made: list[Event] = []
    taken: set[int] = set()
    share, at = len(others) / number, 0.0
    for slot, shown in enumerate(pages):
        begin = slot * SLOT
        for index in shown:
            if index not in taken:
                taken.add(index)
                after = begin + SLOT * (0.2 + 0.6 * dice.random())
                made.append(Event(int(after * 1e9), index))
        hidden = others[int(at) : int(at + share) if slot < number - 1 else len(others)]
        at += share
        width = SLOT / max(1, len(hidden))
        made += [
            Event(int((begin + place * width) * 1e9), index) for place, index in enumerate(hidden)
        ]
    return sorted(made, key=lambda event: event.after)
