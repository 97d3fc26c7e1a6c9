"""Times and durations as text: local time on the screen, UTC beside it."""

from __future__ import annotations

from datetime import UTC, datetime

from xumm_desk.locale import formats
from xumm_desk.locale.translation import _


def clock_text(seconds: float) -> str:
    """A duration as a clock shows it: "04:31", "1:04:31", "3 d 04 h"."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    if hours >= 48:
        return _("{days} d {hours} h", days=hours // 24, hours=f"{hours % 24:02d}")
    minutes, last = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{last:02d}" if hours else f"{minutes:02d}:{last:02d}"


def age_text(seconds: float) -> str:
    """An age as people say it."""
    minutes = max(0, int(seconds)) // 60
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    if minutes < 48 * 60:
        return _("{hours} h", hours=minutes // 60)
    return _("{days} d", days=minutes // 1440)


def ago_text(seconds: float) -> str:
    """How long ago something was, as people say it."""
    minutes = max(0, int(seconds)) // 60
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("{minutes} min ago", minutes=minutes)
    if minutes < 48 * 60:
        return _("{hours} h ago", hours=minutes // 60)
    return _("{days} d ago", days=minutes // 1440)


def local_and_utc(at: datetime | None, what: str) -> str:
    """A moment in local time with its zone and in UTC, "" for none."""
    if at is None:
        return ""
    here = at.astimezone()
    return _(
        "{event} {local} {zone} ({utc} UTC)",
        event=what,
        local=formats.date_and_time(here),
        zone=here.tzname() or "",
        utc=formats.date_and_time(at.astimezone(UTC)),
    )
