"""Times and durations as text: local time on the screen, UTC beside it."""

from __future__ import annotations

import time
from datetime import datetime


def clock_text(seconds: float) -> str:
    """A duration as a clock shows it: "04:31", "1:04:31", "3 d 04 h"."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24:02d} h"
    minutes, last = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{last:02d}" if hours else f"{minutes:02d}:{last:02d}"


def age_text(seconds: float) -> str:
    """An age as people say it."""
    minutes = max(0, int(seconds)) // 60
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def local_time(at: datetime, now: datetime) -> str:
    """A time of day, with the date when it was another day; local."""
    # Not through `astimezone`: called for every row of every page.
    here, today = time.localtime(at.timestamp()), time.localtime(now.timestamp())
    if here[:3] == today[:3]:
        return f"{here.tm_hour:02d}:{here.tm_min:02d}:{here.tm_sec:02d}"
    return time.strftime("%d %b %H:%M", here)


def local_and_utc(at: datetime | None, what: str) -> str:
    """A moment in local time and in UTC, "" for none."""
    if at is None:
        return ""
    return f"{what} {at.astimezone():%Y-%m-%d %H:%M:%S} ({at:%Y-%m-%d %H:%M:%S} UTC)"
