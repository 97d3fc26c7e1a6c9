"""Sentences about a shop: what a lost database means, and which tills do not live."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences

from .shop_state import TillRole
from .shop_view import ShopView, TillView

_DIGITS: Final = re.compile(r"([0-9]+)")
_NAMED: Final = 3
"""Tills that are named in a sentence; more are counted."""


def name_order(name: str) -> list[tuple[int, str]]:
    """What to sort names by as people do: "Till 2" before "Till 10"."""
    parts = _DIGITS.split(name.casefold())
    return [(int(one[:18]), "") if one.isdecimal() else (-1, one) for one in parts if one]


def sales_go_on(view: ShopView) -> str:
    """What it means that the database is away: it never holds up a sale."""
    if view.role is TillRole.MONITOR:
        return Message(
            "The tills go on selling. What they sell is not shown here until it is back."
        )
    others = Message("What other tills sell is not shown until then.")
    if not view.unsent:
        return Sentences([Message("Sales go on, and are kept here until it is back."), others])
    waits = Message(
        "Sales go on; {n} fact waits here until it is back.",
        plural="Sales go on; {n} facts wait here until it is back.",
        n=view.unsent,
    )
    return Sentences([waits, others])


def dead_tills(dead: Sequence[TillView]) -> str:
    """Which tills do not live, and whether their open requests are followed all the same."""
    first = sorted(dead, key=lambda one: name_order(one.name))[:_NAMED]
    names = Sentences([isolate(one.name) for one in first], ", ")
    if len(dead) > _NAMED:
        who = Message(
            "{count} tills do not live, among them {tills}.", count=len(dead), tills=names
        )
    elif len(dead) > 1:
        who = Message("These tills do not live: {tills}.", tills=names)
    else:
        who = Message("The till {till} does not live.", till=names)
    if all(one.followed or one.followed_here for one in dead):
        return Sentences([who, Message("Other tills follow what is open there.")])
    return Sentences([who, Message("Nobody follows all that is open there.")])
