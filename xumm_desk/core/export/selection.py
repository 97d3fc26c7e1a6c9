"""Which requests are exported: a range of times, statuses, or given identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message
from xumm_desk.core.status import Status

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted; an empty one wants everything.

    `since` and `until` (UTC) bound the time at which a request was created: from the first, up to
    but without the second. `identifiers` limits it to these and is their order; None for all.
    `query` is a question to the history, such as the filter of a view.
    """

    since: datetime | None = None
    until: datetime | None = None
    statuses: frozenset[Status] = frozenset()
    identifiers: tuple[str, ...] | None = None
    query: HistoryQuery | None = None

    def takes_time(self, created_at: datetime) -> bool:
        """Whether a request that was created then is wanted."""
        if self.since is not None and created_at < self.since:
            return False
        return self.until is None or created_at < self.until

    def takes_status(self, status: Status) -> bool:
        """Whether a request of this status is wanted."""
        return not self.statuses or status in self.statuses


def parse_moment(text: str, *, end: bool = False) -> datetime | None:
    """A day or a time in ISO 8601; None for anything else. Without an offset it is a local time,
    which the caller places. With `end` a day means its end: the beginning of the next one."""
    typed = text.strip()
    try:
        found = datetime.fromisoformat(typed)
        whole_day = len(typed) == len("2026-11-30") or (typed.isdigit() and len(typed) == 8)
        return found + _DAY if end and whole_day else found
    except (ValueError, OverflowError):
        return None


def parse_statuses(texts: Iterable[str]) -> frozenset[Status] | str:
    """The statuses named in these texts, divided by commas; a sentence where one is unknown."""
    found = set()
    for name in (part.strip().lower() for text in texts for part in text.split(",")):
        if not name:
            continue
        try:
            found.add(Status(name))
        except ValueError:
            known = ", ".join(status.value for status in Status)
            return Message(
                "There is no status {name}. Use some of {known}.", name=name[:40], known=known
            )
    return frozenset(found)
