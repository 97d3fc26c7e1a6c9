"""Decide whether a signed statement is believed, when the next one is read, and what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from xumm_desk.core.message import Message

from .statement import ReleaseStatement
from .version_number import parse_version

INTERVAL: Final = timedelta(days=1)
"""At least this long from one reading to the next."""

SPREAD: Final = timedelta(hours=2)
"""At most so much later, by chance: all tills must not ask at one moment."""

_CLOCK: Final = timedelta(days=1)
"""By so much the clocks of this computer and of the signer may differ."""

ON: Final = "on"
OFF: Final = "off"
FORBIDDEN: Final = "forbidden"
"""Values of the setting `version_notice`; "" is that nobody has chosen yet, which is off too. A
person who looks after the tills may write "forbidden" into the settings file: then no window offers
it."""

CHOICES: Final = frozenset({"", ON, OFF, FORBIDDEN})


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What is remembered. `tried_at` is when the last reading began, whatever came of it; `body`
    the signed file that was believed last, b"" for none; `hidden` the version whose notice a person
    has hidden."""

    tried_at: datetime | None = None
    body: bytes = b""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class UpdateNotice:
    """There is a newer version than `own`. `unsafe` says that `own` must no longer be used."""

    version: str
    released: date
    notes: str
    own: str
    minimum_safe: str
    unsafe: bool


def refusal(statement: ReleaseStatement, now: datetime, believed: ReleaseStatement | None) -> str:
    """Why a signed statement that was read at `now` is ignored, "" if it is believed. `believed` is
    the last one that was."""
    if now > statement.expires:
        return Message("it expired at {time}", time=statement.expires.isoformat())
    if statement.issued > now + _CLOCK:
        return Message("it was issued in the future, at {time}", time=statement.issued.isoformat())
    if believed is None or statement == believed:
        return ""
    if statement.issued <= believed.issued:
        return Message(
            "it is older than the one known already, of {time}", time=believed.issued.isoformat()
        )
    return ""


def notice_for(statement: ReleaseStatement, own: str) -> UpdateNotice | None:
    """What to tell a person who runs version `own`; None if that is not older."""
    mine, newest = parse_version(own), parse_version(statement.version)
    oldest = parse_version(statement.minimum_safe)
    if mine is None or newest is None or oldest is None or mine >= newest:
        return None
    return UpdateNotice(
        statement.version,
        statement.released,
        statement.notes,
        own,
        statement.minimum_safe,
        unsafe=mine < oldest,
    )


def next_reading(tried_at: datetime, chance: float) -> datetime:
    """When the next statement may be read; `chance` is from 0 to 1."""
    return tried_at + INTERVAL + SPREAD * chance
