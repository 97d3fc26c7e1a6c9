"""Which sales the till shows: all that are open, and the last ones that ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow

LAST: Final = 5
"""How many sales that ended are shown."""

MOST_UNSEEN: Final = 100
"""Sales whose end nobody has seen: at a desk where nobody looks at the till they would only grow.
What needs a person is in the work list besides."""


class TillSales:
    """The sales of one till by their newest rows; other requests are left alone."""

    def __init__(self, till: str) -> None:
        self.till = till
        # The status last seen of every sale of this till, None for requests that are none.
        self._statuses: dict[str, Status | None] = {}
        # Not final yet, by identifier.
        self._open: dict[str, RequestRow] = {}
        # The newest that ended, at most `LAST`, and those whose end nobody has seen.
        self._ended: dict[str, RequestRow] = {}
        # Ended while another sale was shown, and not looked at since.
        self._unseen: set[str] = set()

    def load(self, rows: Iterable[RequestRow]) -> None:
        """Take over what the journal holds; nothing of it is news."""
        self._take(rows)
        self._forget_old()

    def update(self, rows: Iterable[RequestRow], shown: str = "") -> list[RequestRow]:
        """Take over changed rows; returns those sales whose status is news. `shown` is the one that
        a person looks at."""
        news = self._take(rows)
        self._unseen.update(
            row.identifier for row in news if row.verdict.final and row.identifier != shown
        )
        self._forget_old()
        return news

    def _take(self, rows: Iterable[RequestRow]) -> list[RequestRow]:
        """Sort the rows into open and ended; returns those of another status than before."""
        changed = []
        for row in rows:
            name, status = row.identifier, row.verdict.status
            if name not in self._statuses:
                before = None
                if not self._is_ours(row):
                    self._statuses[name] = None
                    continue
            elif (before := self._statuses[name]) is None:
                continue
            self._statuses[name] = status
            into, out_of = (
                (self._ended, self._open) if row.verdict.final else (self._open, self._ended)
            )
            out_of.pop(name, None)
            into[name] = row
            if status is not before:
                changed.append(row)
        return changed

    def row(self, identifier: str) -> RequestRow | None:
        """One of them."""
        return self._open.get(identifier) or self._ended.get(identifier)

    def note_seen(self, identifier: str) -> None:
        """A person looked at how it ended."""
        self._unseen.discard(identifier)
        self._forget_old()

    def is_unseen(self, identifier: str) -> bool:
        """Whether it ended and nobody has looked."""
        return identifier in self._unseen

    def open(self) -> list[RequestRow]:
        """Those that are not final, newest first."""
        return sorted(self._open.values(), key=_created, reverse=True)

    def ended(self) -> list[RequestRow]:
        """Those that ended, unseen ones first, else newest first."""
        rows = sorted(self._ended.values(), key=_created, reverse=True)
        return sorted(rows, key=lambda row: row.identifier not in self._unseen)

    def _is_ours(self, row: RequestRow) -> bool:
        sale = sale_of(row.request.spec)
        return sale is not None and sale.till == self.till

    def _forget_old(self) -> None:
        unseen = [row for row in self._ended.values() if row.identifier in self._unseen]
        for row in sorted(unseen, key=_created, reverse=True)[MOST_UNSEEN:]:
            self._unseen.discard(row.identifier)
        seen = [row for row in self._ended.values() if row.identifier not in self._unseen]
        for row in sorted(seen, key=_created, reverse=True)[LAST:]:
            del self._ended[row.identifier]


def _created(row: RequestRow) -> datetime:
    return row.request.created_at
