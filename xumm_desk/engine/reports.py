"""Reports: the figures of a day, a week or a month, beside those of the period before."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Span

from .runtime.ports import Journal

log = logging.getLogger(__name__)

_PATIENCE: Final = 10.0
"""Seconds for which figures wait until the index knows what was written last. In a flood, or while
the disk is full, they come without it, and say so."""


class Reports:
    """The figures of one journal, for a shop of `network`, "" for any."""

    def __init__(self, journal: Journal, network: str) -> None:
        self._journal, self._network = journal, network

    async def compare(self, now: Span, before: Span, patience: float = _PATIENCE) -> PeriodFigures:
        """The figures of both periods, with all that was recorded before. What is missing in them
        stands in their `progress`. Raises `JournalError`."""
        try:
            async with asyncio.timeout(patience):
                await self._journal.catch_up_index()
        except (TimeoutError, JournalError) as error:
            # A full disk takes no index either; what is really broken, the figures say.
            log.info("the index is behind (%s): the figures lack the newest requests", error)
        return await self._journal.history.compare(now, before, self._network)
