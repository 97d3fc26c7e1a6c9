"""What is said of a till of the shop: its state, when it was seen, what of it is not here yet."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import AWAY, ON_THE_WAY, ShopView, TillView
from xumm_desk.core.replication.takeover import LIFE
from xumm_desk.core.replication.wording import name_order
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.time_format import ago_text

NOTHING: Final = "–"


class TillState(Enum):
    """How a till or a monitor is; the value is what the list calls it."""

    LIVE = Message("Live", context="till")
    BEHIND = Message("Live, behind")
    FOLLOWED_HERE = Message("Not live, followed here")
    FOLLOWED = Message("Not live, followed by another till")
    UNFOLLOWED = Message("Not live, followed by nobody")
    NOT_USED = Message("Not in use")
    NEVER_SEEN = Message("Never seen")
    OPEN = Message("Open", context="monitor")
    CLOSED = Message("Closed", context="monitor")
    UNKNOWN = Message("Unknown now")


_WELL: Final = (Shape.DOT, Tone.NEUTRAL)
_REST: Final = (Shape.RING, Tone.NEUTRAL)
_LOOK: Final = (Shape.TRIANGLE, Tone.ATTENTION)

LOOKS: Final[dict[TillState, tuple[Shape, Tone]]] = {
    TillState.LIVE: _WELL,
    TillState.BEHIND: _LOOK,
    TillState.FOLLOWED_HERE: _LOOK,
    TillState.FOLLOWED: _LOOK,
    TillState.UNFOLLOWED: _LOOK,
    TillState.NOT_USED: _REST,
    TillState.NEVER_SEEN: _REST,
    TillState.OPEN: _WELL,
    TillState.CLOSED: _REST,
    TillState.UNKNOWN: (Shape.DASH, Tone.NEUTRAL),
}

ROLES: Final[dict[TillRole, str]] = {
    TillRole.TILL: Message("Till"),
    TillRole.MONITOR: Message("Monitor"),
}


def listed(health: ShopHealth, now: float) -> list[TillView]:
    """The tills of the shop as they are at the monotonic second `now`, by name, "2" before "10":
    those in use, others, and monitors; without those that left."""
    passed = max(0.0, now - health.answered_at) if health.answered_at is not None else 0.0
    members = (one for one in health.view.tills if not one.left)
    aged = [
        one if one.seen_ago is None else replace(one, seen_ago=one.seen_ago + passed)
        for one in members
    ]
    return sorted(aged, key=_order)


def state_of(till: TillView, *, lost: bool) -> TillState:
    """How the till is; `lost` says that the database has not answered for long."""
    if till.seen_ago is None:
        return TillState.NEVER_SEEN
    if till.followed_here:
        return TillState.FOLLOWED_HERE
    if till.role is TillRole.TILL and not (till.alive or till.is_used):
        return TillState.NOT_USED
    if lost:
        return TillState.UNKNOWN
    if till.role is TillRole.MONITOR:
        # It keeps no lease of its life, it only reports.
        return TillState.OPEN if till.seen_ago <= 2 * LIFE else TillState.CLOSED
    if till.alive:
        return TillState.BEHIND if till.lacking > ON_THE_WAY else TillState.LIVE
    return TillState.FOLLOWED if till.followed else TillState.UNFOLLOWED


def seen_text(seen_ago: float | None) -> str:
    """When it was seen last."""
    if seen_ago is None:
        return _("never")
    seconds = max(0, int(seen_ago))
    return _("{seconds} s ago", seconds=seconds) if seconds < 60 else ago_text(seconds)


def behind_text(till: TillView) -> str:
    """How many of its facts are not here yet."""
    if not till.lacking:
        return NOTHING
    count = formats.whole_number(till.lacking)
    return _("{count} fact", plural="{count} facts", n=till.lacking, count=count)


def behind_sentence(till: TillView) -> str:
    """The same in full."""
    if not till.lacking:
        return _("All facts of this till are here.")
    missing = Message(
        "{n} fact of this till is in the shop's database and not here yet.",
        plural="{n} facts of this till are in the shop's database and not here yet.",
        n=till.missing,
    )
    behind = Message(
        "{n} fact waits at this till to be sent.",
        plural="{n} facts wait at this till to be sent.",
        n=till.behind,
    )
    return tr(Sentences([missing if till.missing else "", behind if till.behind else ""]))


def name_of(till: TillView) -> str:
    """Its name, safe in a line of other words."""
    return as_written(" ".join(till.name.split())) or NOTHING


def summary(view: ShopView, *, lost: bool) -> str:
    """The tills in one line."""
    monitor, count, used = view.role is TillRole.MONITOR, _live(view), len(view.used)
    if lost:
        return _("Tills: unknown now") if monitor else _("Other tills: unknown now")
    if not used:
        return _("No till in use") if monitor else _("No other till in use")
    if monitor:
        return _("Tills: {count} of {used} live", count=count, used=used)
    return _("Other tills: {count} of {used} live", count=count, used=used)


def short_summary(view: ShopView, *, lost: bool) -> str:
    """The same where there is no room."""
    if lost:
        return NOTHING
    return _("{count}/{used}", count=_live(view), used=len(view.used))


def _live(view: ShopView) -> int:
    return sum(one.alive for one in view.used)


def _order(till: TillView) -> tuple[bool, bool, list[tuple[int, str]], str]:
    is_monitor = till.role is TillRole.MONITOR
    is_rest = not is_monitor and (till.seen_ago is None or till.seen_ago > AWAY)
    return is_monitor, is_rest, name_order(till.name), till.till
