"""Sample shops: what a till or a monitor sees of twenty tills, and of what goes wrong there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ui import sample_rows
from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.engine.shop_watch import ShopHealth

PROBLEM = Message(
    "The shop's database at {host} does not answer ({reason}). Every sale is kept on its till and"
    " is sent when the database is back. Check the network and the server.",
    host="db.cafe-uno.example",
    reason="timeout expired",
)
LONG = "Garden terrace, second counter on the left behind the big fig tree (only in summer)"


def till(number: int, **changes: Any) -> TillView:
    """One that lives and is up to date, with `changes`."""
    made = TillView(
        f"id-{number:02d}",
        f"Till {number}",
        TillRole.TILL,
        number % 4 + 0.4,
        0,
        0,
        alive=True,
        followed_here=False,
    )
    return replace(made, **changes)


def shop(*tills: TillView, **changes: Any) -> ShopView:
    """What a monitor sees while the database answers, with `changes`."""
    return replace(ShopView(connected=True, tills=tills, role=TillRole.MONITOR), **changes)


def twenty(**changes: Any) -> ShopView:
    """Twenty tills, of which two do not live and some are in other ways special, and monitors."""
    special: dict[int, dict[str, Any]] = {
        4: {"missing": 12},
        7: {"alive": False, "seen_ago": 194.0, "followed": True, "missing": 3},
        9: {"name": LONG},
        12: {"alive": False, "seen_ago": 41.0},
        13: {"missing": 48_120, "behind": 1_300},
        16: {"name": "مقهى الحديقة 16"},
    }
    tills = [till(number, **special.get(number, {})) for number in range(20, 0, -1)]
    others = [
        till(21, name="Back office", role=TillRole.MONITOR, alive=False, seen_ago=2.0),
        till(22, name="Kitchen", role=TillRole.MONITOR, alive=False, seen_ago=7_300.0),
        till(23, name="Christmas market", alive=False, seen_ago=29 * 86_400.0),
        till(24, name="New till", alive=False, seen_ago=None),
        till(25, name="Sold", alive=False, seen_ago=900.0, left=True),
    ]
    return shop(*tills, *others, **changes)


def health(view: ShopView, answered: float | None = 2.0, since: float = 600.0) -> ShopHealth:
    """It was told `answered` seconds ago, None for never."""
    now = sample_rows.MONO
    return ShopHealth(view, None if answered is None else now - answered, now - since)
