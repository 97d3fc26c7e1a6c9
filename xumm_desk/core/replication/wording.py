"""Sentences about a shop: what a lost database means, and which tills do not live."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences

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
            "The tills go on selling. What they sell is not shown here until the database is back."
        )
    others = Message("What other tills sell is not shown until then.")
    if not view.unsent:
        return Sentences(
            [Message("Sales go on, and are kept here until the database is back."), others]
        )
    waits = Message(
        "Sales go on; {n} fact waits here until the database is back.",
        plural="Sales go on; {n} facts wait here until the database is back.",
        n=view.unsent,
    )
    return Sentences([waits, others])


def dead_tills(dead: Sequence[TillView]) -> str:
    """Which tills do not live, and whether somebody follows what is open there all the same."""
    alone = [one for one in dead if not (one.followed or one.followed_here)]
    not_live = Message("Not live: {tills}.", tills=_names(dead))
    if not alone:
        return Sentences([not_live, Message("Other tills follow what is open there.")])
    if len(alone) == len(dead):
        return Sentences([not_live, Message("Nobody follows what is open there.")])
    some = Message("Nobody follows what is open at {tills}.", tills=_names(alone))
    return Sentences([not_live, some])


def _names(tills: Sequence[TillView]) -> str:
    ordered = sorted(tills, key=lambda one: name_order(one.name))
    names = Sentences([isolate(one.name) for one in ordered[:_NAMED]], LIST_SEPARATOR)
    more = len(tills) - _NAMED
    return Message("{tills} and {count} more", tills=names, count=more) if more > 0 else names
