"""The figures of a history in memory; the real ones are tested in `tests/store/history`."""

from __future__ import annotations

from datetime import datetime

from ui.fake_history import FakeHistory
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Span


class FakeReports:
    """Answers at once, or when a test says so."""

    def __init__(self, history: FakeHistory) -> None:
        self.history = history
        self.asked: list[tuple[Span, Span]] = []
        self.unmatched: list[tuple[datetime, Amount]] = []

    async def compare(self, now: Span, before: Span) -> PeriodFigures:
        """The figures of the history of a test."""
        self.asked.append((now, before))
        found = await self.history.compare(now, before, "MAINNET")
        for figures, span in ((found.now, now), (found.before, before)):
            for at, money in self.unmatched:
                if span.since <= at < span.until:
                    figures.include_unmatched(money)
        return found
