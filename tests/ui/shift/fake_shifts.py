"""The shifts of a journal in memory, behind the engine's own `Shifts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, cast

from core.shift.pure_journal import PureJournal
from core.shift.sample_shift import sample_journal

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.shift.document import ClosedShift, ShiftDocument
from xumm_desk.core.shift.report import OpenShift, Progress
from xumm_desk.core.shift.share import ShiftRules
from xumm_desk.engine.runtime.ports import Clock, Journal
from xumm_desk.engine.shifts import Shifts


class FakeShiftJournal:
    """Keeps closed shifts in a list. `refusal` is raised by every method while it is set."""

    def __init__(self, journal: PureJournal) -> None:
        self.journal = journal
        self.refusal: JournalError | None = None
        self.closed_elsewhere = False

    @property
    def shifts(self) -> FakeShiftJournal:
        """Itself: the journal has nothing else."""
        return self

    async def durable(self) -> None:
        """All of it is in memory."""
        if self.refusal is not None:
            raise self.refusal

    async def read_open(self, _rules: ShiftRules, progress: Progress | None = None) -> OpenShift:
        """The open shift."""
        await self.durable()
        if progress is not None:
            progress(1, 1)
        return OpenShift(self.journal.report())

    async def add(self, shift: ShiftDocument) -> bool:
        """Close it, unless the test says that another program has."""
        if self.closed_elsewhere:
            self.closed_elsewhere = False
            self.journal.close(shift.closed_at, "Somebody")
            return False
        self.journal.closed.append(shift)
        return True

    async def closed(self, _limit: int) -> Sequence[ClosedShift]:
        """The closed shifts, newest first."""
        await self.durable()
        return [
            ClosedShift(one.number, one.closed_at, one.operator, one.hash)
            for one in reversed(self.journal.closed)
        ]

    async def document(self, number: int) -> ShiftDocument | None:
        """One closed shift."""
        return next((one for one in self.journal.closed if one.number == number), None)


class FixedClock:
    """The time that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """That time."""
        return self.at

    def monotonic(self) -> float:
        """No time passes."""
        return 0.0


NOW: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


def fake_shifts(
    journal: PureJournal | None = None, at: datetime = NOW
) -> tuple[Shifts, FakeShiftJournal]:
    """The engine's shifts over a journal in memory: a sample day without one."""
    stored = FakeShiftJournal(journal or sample_journal())
    clock: Clock = FixedClock(at)
    shifts = Shifts(cast(Journal, stored), clock, ledger=True, network="MAINNET")
    return shifts, stored
