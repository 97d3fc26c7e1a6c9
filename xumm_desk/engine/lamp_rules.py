"""Turn the health of the desk into what each lamp says. Pure: times are arguments.

Silence that is normal is no warning: nobody has asked, or nothing is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from xumm_desk.core.health.disk_space import size_text
from xumm_desk.core.health.lamp import LampLevel, LampName, LampReading
from xumm_desk.core.message import Formatted, Message, Sentences
from xumm_desk.core.replication.shop_view import ON_THE_WAY
from xumm_desk.core.replication.wording import dead_tills, sales_go_on

from .health import Health
from .shop_watch import ShopHealth

SOCKETS_SILENT: Final = 40.0
"""Seconds without a message on open sockets, of which each gets one every fifteen, that count as
silent."""

LEDGER_SILENT: Final = 60.0
"""The same for nodes while accounts are watched: they are read every half minute at least."""

DISK_SILENT: Final = 600.0
"""Seconds after which a free space that was measured says nothing any more."""

_LOCAL: Final = frozenset({LampName.SHOP, LampName.DISK})
"""Lamps of what a desk knows that asks neither platform nor ledger."""

_OK: Final = Message("ok")
_NONE: Final = Message("–")
_NODES: Final = Message(
    "Check the network, or set up another node. Do not hand over before a sale is Paid."
)


def lamp_readings(health: Health, now: float) -> Mapping[LampName, LampReading]:
    """All lamps at the monotonic second `now`, in their order; that of the shop only where there is
    one, and of a desk that asks nobody only what it knows by itself."""
    shop = {LampName.SHOP: shop_reading(health.shop, now)} if health.shop is not None else {}
    readings = {
        LampName.PLATFORM: platform_reading(health),
        LampName.LIVE: live_reading(health, now),
        LampName.LEDGER: ledger_reading(health, now),
        LampName.RATE: rate_reading(health),
        **shop,
        LampName.CALLS: calls_reading(health),
        LampName.DISK: disk_reading(health, now),
        LampName.CLOCK: clock_reading(health),
    }
    return {name: one for name, one in readings.items() if health.asks or name in _LOCAL}


def platform_reading(health: Health) -> LampReading:
    """The platform's REST API."""
    at = health.platform_at
    if health.platform_error:
        return LampReading(
            LampLevel.WARNING,
            Message("fails"),
            health.platform_error,
            Message("Check the network. Open requests may still be paid, and are read again."),
            at,
        )
    if at is None:
        return LampReading(LampLevel.UNUSED, _NONE, Message("The platform has not been asked yet."))
    return LampReading(LampLevel.WELL, _OK, Message("The platform answers."), good_at=at)


def live_reading(health: Health, now: float) -> LampReading:
    """The status sockets, all together."""
    count, wanted, at = health.sockets_live, health.sockets_wanted, health.socket_at
    if not wanted:
        idle = Message("No open request needs live updates.")
        return LampReading(LampLevel.UNUSED, _NONE, idle, value=0)
    word = Message("{count} of {wanted}", count=count, wanted=wanted)
    if health.sockets_over_limit and count >= wanted - health.sockets_over_limit:
        return LampReading(
            LampLevel.WARNING,
            word,
            Message(
                "This system lets the program open only {count} live connections. {others} more"
                " requests are asked for in turn instead: their rows are true, but later.",
                count=count,
                others=health.sockets_over_limit,
            ),
            Message("Raise the limit of open files (ulimit -n) to follow all live."),
            at,
            count,
        )
    if count < wanted:
        return LampReading(
            LampLevel.WARNING,
            word,
            Message(
                "Live updates are lost for {lost} of {wanted} requests. They are asked for every"
                " few seconds instead.",
                lost=wanted - count,
                wanted=wanted,
            ),
            Message("Nothing: the connections are made again by themselves."),
            at,
            count,
        )
    if at is None or now - at > SOCKETS_SILENT:
        return LampReading(
            LampLevel.WARNING,
            Message("silent"),
            Message("The live updates are silent. Requests are asked for instead."),
            Message("Nothing: the connections are made again by themselves."),
            at,
            count,
        )
    well = Message("Live updates come for all {wanted} open requests.", wanted=wanted)
    return LampReading(LampLevel.WELL, word, well, good_at=at, value=count)


def ledger_reading(health: Health, now: float) -> LampReading:
    """The ledger nodes."""
    at = health.ledger_at
    if not health.ledger_set_up:
        return LampReading(
            LampLevel.WARNING,
            Message("off"),
            Message(
                "No ledger node is set up. Signed payments stay Unverified and are never Paid."
            ),
            Message("Set up a ledger node."),
        )
    if health.ledger_error:
        meaning = Message("No payment can be proved now: {reason}.", reason=health.ledger_error)
        return LampReading(LampLevel.WARNING, Message("fails"), meaning, _NODES, at)
    if at is None:
        idle = Message("No ledger node was asked yet. Payments are verified before Paid.")
        return LampReading(LampLevel.UNUSED, _NONE, idle)
    if health.ledger_needed and now - at > LEDGER_SILENT:
        meaning = Message("The ledger nodes are silent. Payments may be seen late.")
        return LampReading(LampLevel.WARNING, Message("silent"), meaning, _NODES, at)
    read = (
        Message("The shop's accounts are read up to ledger {index}.", index=_number(index))
        if (index := health.ledger_index) is not None
        else ""
    )
    well = Sentences([Message("Payments are verified on the ledger before Paid."), read])
    return LampReading(LampLevel.WELL, _OK, well, good_at=at)


def rate_reading(health: Health) -> LampReading:
    """Exchange rates of what the shop accepts."""
    at = health.rate_at
    if not health.rate_needed:
        idle = Message("No exchange rate is needed now. The till and refunds ask for them.")
        return LampReading(LampLevel.UNUSED, _NONE, idle, good_at=at)
    if not health.rate_refused:
        said = Message("{rate}.", rate=health.rate_text) if health.rate_text else ""
        return LampReading(LampLevel.WELL, _OK, said, good_at=at)
    if health.rate_awaited:
        return LampReading(
            LampLevel.UNUSED, _NONE, Message("The exchange rate is being asked for.")
        )
    return LampReading(
        LampLevel.WARNING,
        Message("old", context="rate") if at is not None else Message("none", context="rate"),
        health.rate_refused,
        Message("Wait for the next rate, choose another asset, or type a rate at the till."),
        at,
    )


def shop_reading(shop: ShopHealth, now: float) -> LampReading:
    """The database of the shop and its other tills. It never holds up a sale."""
    view, at, lost = shop.view, shop.answered_at, shop.is_lost(now)
    waits = view.unsent
    meaning: str
    if lost or (not view.connected and (at is not None or view.problem)):
        level, word = (
            (LampLevel.HARM, Message("away")) if lost else (LampLevel.WARNING, Message("silent"))
        )
        meaning = Sentences([view.problem or _NO_SHOP, sales_go_on(view)])
        # A problem that was told says itself what to do.
        return LampReading(level, word, meaning, "" if view.problem else _CHECK_SHOP, at, waits)
    if at is None:
        idle = Message("The shop's database has not answered yet.")
        return LampReading(LampLevel.UNUSED, _NONE, idle)
    dead = [one for one in view.used if not one.alive]
    word = _OK
    if view.used:
        count, wanted = len(view.used) - len(dead), len(view.used)
        word = Message("{count} of {wanted}", count=count, wanted=wanted)
    if dead:
        return LampReading(LampLevel.WARNING, word, dead_tills(dead), _CHECK_TILLS, at, waits)
    if waits > ON_THE_WAY:
        meaning = Message(
            "{n} fact of this till waits to be sent to the shop.",
            plural="{n} facts of this till wait to be sent to the shop.",
            n=waits,
        )
        return LampReading(LampLevel.WARNING, Message("sends"), meaning, _CATCHES_UP, at, waits)
    if view.lacking > ON_THE_WAY:
        meaning = Message(
            "{n} fact of other tills is not here yet. What they sell is shown late.",
            plural="{n} facts of other tills are not here yet. What they sell is shown late.",
            n=view.lacking,
        )
        return LampReading(LampLevel.WARNING, Message("behind"), meaning, _CATCHES_UP, at, waits)
    well = Message("The shop's database answers, and all other tills in use are live.")
    return LampReading(LampLevel.WELL, word, well, good_at=at, value=waits)


_NO_SHOP: Final = Message("The shop's database does not answer.")
_CHECK_SHOP: Final = Message("Check the network and the computer of the shop's database.")
_CHECK_TILLS: Final = Message("Look at the list of tills, and start what should run.")
_CATCHES_UP: Final = Message("Nothing: it catches up by itself.")


def calls_reading(health: Health) -> LampReading:
    """The calls which the platform still allows in this minute."""
    left, limit, at = health.calls_left, health.calls_limit, health.calls_at
    word = Message("{left}/{limit}", left=left, limit=limit)
    if health.calls_paused > 0:
        return LampReading(
            LampLevel.WARNING,
            word,
            Message(
                "The platform takes no calls for {seconds} s: there were too many.",
                seconds=int(health.calls_paused) + 1,
            ),
            Message("Wait. What is urgent goes first as soon as it takes calls again."),
            at,
            left,
        )
    left_text = Message("{left} of {limit} calls to the platform left.", left=left, limit=limit)
    if limit > 0 and left * 10 < limit:
        meaning = Sentences([left_text, Message("Urgent questions go first.")])
        wait = Message("Nothing: it allows more calls with every second.")
        return LampReading(LampLevel.WARNING, word, meaning, wait, at, left)
    return LampReading(LampLevel.WELL, word, left_text, good_at=at, value=left)


def disk_reading(health: Health, now: float) -> LampReading:
    """The disk under the journal, and whether the journal can be written."""
    space, at = health.disk, _newest(health.disk_at, health.journal_at)
    free = space.free if space is not None else None
    if health.journal_error:
        return LampReading(
            LampLevel.HARM,
            Message("refuses"),
            health.journal_error,
            Message("Make room on the disk. Nothing new can be created until then."),
            at,
            free,
        )
    if space is None or health.disk_at is None:
        idle = Message("The free space of the disk was not measured yet.")
        return LampReading(LampLevel.UNUSED, _NONE, idle, good_at=at)
    word = size_text(space.free)
    if now - health.disk_at > DISK_SILENT:
        return LampReading(
            LampLevel.WARNING,
            Message("silent"),
            Message("The system does not tell how much room the disk of the journal has."),
            Message("Check whether the disk, or the network drive, still answers."),
            at,
            free,
        )
    sizes = Message(
        "{free} are free on the disk of the journal, which itself takes {journal}.",
        free=word,
        journal=size_text(space.journal),
    )
    if space.level is LampLevel.WELL:
        return LampReading(LampLevel.WELL, word, sizes, good_at=at, value=free)
    return LampReading(space.level, word, sizes, _MAKE_ROOM, at, free)


_MAKE_ROOM: Final = Message(
    "Delete or move other files. On a full disk nothing new can be created."
)


def clock_reading(health: Health) -> LampReading:
    """This computer's clock against the platform's."""
    ahead, at = health.clock_ahead, health.clock_at
    if ahead is None:
        idle = Message("The platform has not told the time yet.")
        return LampReading(LampLevel.UNUSED, _NONE, idle)
    if health.clock_off:
        return LampReading(
            LampLevel.WARNING,
            Message("fast") if ahead > 0 else Message("slow"),
            health.clock_off,
            Message("Set the date and time of this computer."),
            at,
            round(ahead),
        )
    well = Message("The clock of this computer agrees with the platform's.")
    return LampReading(LampLevel.WELL, _OK, well, good_at=at, value=round(ahead))


def _newest(*times: float | None) -> float | None:
    return max((one for one in times if one is not None), default=None)


def _number(value: int) -> str:
    return Formatted(f"{value:,}".replace(",", "\u202f"), Decimal(value))
