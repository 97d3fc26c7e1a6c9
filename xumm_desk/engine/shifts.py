"""Shifts: what the open one brought so far, closing it, and the closed ones.

A shift is one of the whole journal, with sums by till and cashier in it: several tills on one
journal take money for one shop, and a payment belongs to exactly one shift.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.shift import document
from xumm_desk.core.shift.document import ClosedShift, ShiftDocument
from xumm_desk.core.shift.report import Closing, Progress, ShiftReport
from xumm_desk.core.shift.share import ShiftRules
from xumm_desk.version import __version__

from .runtime.ports import Clock, Journal

LIST_LIMIT: Final = 400
"""Closed shifts that are listed: a year of them, and more."""

ALREADY_CLOSED: Final = Message(
    "Another window or program has just closed this shift. Nothing was done; the next shift is"
    " shown now."
)


@dataclass(frozen=True, slots=True)
class ShiftPlace:
    """Where a shift is closed: the shop's name, the till, and whether it is practice."""

    shop: str = ""
    till: str = ""
    practice: bool = False


class Shifts:
    """The shifts of one journal. Every method raises `JournalError`, a sentence for a person, if
    the disk does not take or give something."""

    def __init__(self, journal: Journal, clock: Clock, *, ledger: bool, network: str) -> None:
        self._journal, self._clock = journal, clock
        self._rules = ShiftRules(ledger, network)

    async def open_report(self, progress: Progress | None = None) -> ShiftReport:
        """The open shift with everything that was recorded before. `progress` is called in another
        thread: the first shift of an old journal takes its time."""
        await self._journal.durable()
        return (await self._journal.shifts.read_open(self._rules, progress)).report

    async def close(
        self,
        place: ShiftPlace,
        operator: str,
        *,
        notes: Mapping[str, str] | None = None,
        translate: Callable[[str], str] = str,
        to_local: Callable[[datetime], datetime] = datetime.astimezone,
    ) -> ShiftDocument | str:
        """Close the open shift, durable when this returns; or why not.

        Args:
            operator: the name of the person who closes it.
            notes: what a person wrote about unresolved things, by key.
            translate: makes words of the printed lines, which then never change.
            to_local: gives a time (UTC) in the shop's zone.
        """
        await self._journal.durable()
        found = await self._journal.shifts.read_open(self._rules)
        closing = Closing(
            operator=operator,
            at=self._clock.now(),
            shop=place.shop,
            till=place.till,
            practice=place.practice,
            program=__version__,
            notes=notes,
        )
        shift = document.close(
            found.report,
            closing,
            claims=found.claims,
            dismissals_to=found.dismissals_to,
            translate=translate,
            to_local=to_local,
        )
        return shift if await self._journal.shifts.add(shift) else ALREADY_CLOSED

    async def closed(self) -> Sequence[ClosedShift]:
        """The closed shifts, newest first."""
        return await self._journal.shifts.closed(LIST_LIMIT)

    async def document(self, number: int) -> ShiftDocument | None:
        """One closed shift, as it was written."""
        return await self._journal.shifts.document(number)
