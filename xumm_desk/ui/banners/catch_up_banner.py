"""Banners about requests that were unfinished at the start: how they ended, what was not reread.

Holds the first sale back until they were read, or until waiting any longer helps nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Signal

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.status import FINAL, Status
from xumm_desk.core.verdict import wording
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _

from .banner import BannerStack, Severity

CATCH_UP: Final = "away"
NOT_REREAD: Final = "earlier"
PATIENCE: Final = 10.0
"""Seconds for which the first sale waits at most."""

_NAMED: Final = 6
_FIRST: Final = (Status.CHECK, Status.EXPIRED_OPENED, Status.UNVERIFIED, Status.FAILED, Status.PAID)


class CatchUpBanner(QObject):
    """Follows what was unfinished at the start. `block` is called with why no sale may begin, "" if
    one may."""

    _over = Signal()

    def __init__(
        self,
        desk: Desk,
        *,
        start: StartTask,
        bars: BannerStack,
        block: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._start, self._bars, self._block = desk, start, bars, block
        self._status_by_identifier: dict[str, Status] = {}
        self._counts: Counter[Status] = Counter()
        self._changed: dict[str, RequestRow] = {}
        self._holding = self._seen = self._hidden = False
        self._over.connect(self._stop_waiting)
        block(_("Reading the journal…"))

    def begin(self, before: Sequence[RequestRow]) -> None:
        """The journal was read: these requests were unfinished in it."""
        for one in before:
            name = one.identifier
            self._status_by_identifier[name] = (self._desk.row(name) or one).verdict.status
        self._counts = Counter(self._status_by_identifier.values())
        self._update_banner()
        self._holding = self._desk.catch_up_state().remaining > 0
        self.tick()
        if self._holding:
            self._start(self._wait(), "earlier requests")

    def tick(self) -> None:
        """Update the banner."""
        self._count()
        state = self._desk.catch_up_state()
        if self._holding:
            self._block(
                _(
                    "Reading an earlier request again…",
                    plural="Reading {n} earlier requests again — {remaining} left",
                    n=state.total,
                    remaining=state.remaining,
                )
            )
            return
        self._block("")
        if not state.remaining or self._hidden:
            self._bars.remove(NOT_REREAD)
            return
        self._bars.show_banner(
            NOT_REREAD,
            _(
                "{n} earlier request could not be read again yet.",
                plural="{n} earlier requests could not be read again yet.",
                n=state.remaining,
            ),
            _(
                "It may still be paid. Reading goes on; a new request for the same amount or"
                " reference as it asks first.",
                plural="They may still be paid. Reading goes on; a new request for the same amount"
                " or reference as one of them asks first.",
                n=state.remaining,
            ),
            _("Hide"),
        )

    def hide(self, key: str) -> None:
        """The person has closed a banner."""
        if key == CATCH_UP:
            self._seen = True
        else:
            self._hidden = True
        self._bars.remove(key)

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """These requests have changed."""
        if not self._status_by_identifier or self._seen:
            return
        self._changed.update((row.identifier, row) for row in rows)
        # A banner whose counts change with every event would lay out the whole window each time:
        # many changes are counted once a second.
        if len(self._status_by_identifier) <= _NAMED:
            self._count()

    async def _wait(self) -> None:
        try:
            await self._desk.wait_caught_up(PATIENCE)
        finally:
            if shiboken6.isValid(self):
                self._over.emit()

    def _stop_waiting(self) -> None:
        self._holding = False
        self.tick()

    def _count(self) -> None:
        """See what has changed since."""
        changed = False
        arrived, self._changed = self._changed, {}
        for name, row in arrived.items():
            before, status = self._status_by_identifier.get(name), row.verdict.status
            if before is None or before is status:
                continue
            self._status_by_identifier[name] = status
            self._counts[before] -= 1
            self._counts[status] += 1
            changed = True
        if changed:
            self._update_banner()

    def _update_banner(self) -> None:
        count = len(self._status_by_identifier)
        if not count or self._seen:
            return
        self._bars.show_banner(
            CATCH_UP,
            _(
                "While you were away: 1 request was unfinished when the desk closed.",
                plural="While you were away: {n} requests were unfinished when the desk closed.",
                n=count,
            ),
            _("Now: {list}.", list=Sentences(self._items(), " · ")),
            _("Seen", context="button"),
            Severity.NEUTRAL,
        )

    def _items(self) -> list[str]:
        """Each by name where they are few, else how many of each; what needs a person first."""
        if len(self._status_by_identifier) <= _NAMED:
            order = sorted(
                self._status_by_identifier, key=lambda name: _rank(self._status_by_identifier[name])
            )
            return [
                Message("{identifier}: {status}", identifier=name, status=self._label(name))
                for name in order
            ]
        some = sorted((status for status, count in self._counts.items() if count), key=_rank)
        return [
            Message(
                "{status}: {count}",
                count=formats.whole_number(self._counts[status]),
                status=wording.status_label(status),
            )
            for status in some
        ]

    def _label(self, name: str) -> str:
        row = self._desk.row(name)
        if row is None:
            return wording.status_label(self._status_by_identifier[name])
        return wording.row_label(row.request, row.verdict)


def _rank(status: Status) -> tuple[int, bool, str]:
    place = _FIRST.index(status) if status in _FIRST else len(_FIRST)
    return place, status not in FINAL, status.value
