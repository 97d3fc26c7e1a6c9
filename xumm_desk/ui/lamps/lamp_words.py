"""Names, looks and words of lamps."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.health.lamp import LampLevel, LampName, LampReading
from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape

SHORT_NAMES: Final[dict[LampName, str]] = {
    LampName.PLATFORM: Message("API"),
    LampName.LIVE: Message("Live", context="lamp"),
    LampName.LEDGER: Message("Ledger"),
    LampName.RATE: Message("Rate", context="lamp"),
    LampName.SHOP: Message("Shop"),
    LampName.CALLS: Message("Calls"),
    LampName.DISK: Message("Disk"),
    LampName.CLOCK: Message("Clock"),
}

FULL_NAMES: Final[dict[LampName, str]] = {
    LampName.PLATFORM: Message("Platform (API)"),
    LampName.LIVE: Message("Live updates"),
    LampName.LEDGER: Message("Ledger nodes"),
    LampName.RATE: Message("Exchange rate"),
    LampName.SHOP: Message("Shop's database and tills"),
    LampName.CALLS: Message("Calls left at the platform"),
    LampName.DISK: Message("Disk of the journal"),
    LampName.CLOCK: Message("Clock of this computer"),
}

LEVEL_NAMES: Final[dict[LampLevel, str]] = {
    LampLevel.UNKNOWN: Message("not recorded"),
    LampLevel.UNUSED: Message("not needed"),
    LampLevel.WELL: Message("well"),
    LampLevel.WARNING: Message("warning"),
    LampLevel.HARM: Message("serious"),
}

LOOKS: Final[dict[LampLevel, tuple[Shape, Tone]]] = {
    LampLevel.UNKNOWN: (Shape.DASH, Tone.NEUTRAL),
    LampLevel.UNUSED: (Shape.RING, Tone.NEUTRAL),
    # Green is reserved for paid money, so a lamp without a warning is neutral.
    LampLevel.WELL: (Shape.DOT, Tone.NEUTRAL),
    LampLevel.WARNING: (Shape.TRIANGLE, Tone.ATTENTION),
    LampLevel.HARM: (Shape.OCTAGON, Tone.HARM),
}


def age_text(good_at: float | None, now: float) -> str:
    """The age of the last good sign in a few letters, "" where there was none."""
    if good_at is None:
        return ""
    seconds = max(0, int(now - good_at))
    if seconds < 60:
        return _("{seconds} s", seconds=seconds)
    return (
        _("{minutes} min", minutes=seconds // 60)
        if seconds < 7200
        else _("{hours} h", hours=seconds // 3600)
    )


def label(name: LampName, reading: LampReading) -> str:
    """Name and state, without the age."""
    return _("{name} {state}", name=SHORT_NAMES[name], state=reading.word)


def explanation(reading: LampReading, now: float) -> str:
    """What it means, what to do and when the last good sign was: for tooltip and screen reader."""
    return tr(Sentences([reading.meaning, reading.action, last_good(reading, now)]))


def last_good(reading: LampReading, now: float) -> str:
    """When the last good sign was, as a sentence; "" where there was none."""
    age = age_text(reading.good_at, now)
    return Message("Last good sign: {age} ago.", age=age) if age else ""
