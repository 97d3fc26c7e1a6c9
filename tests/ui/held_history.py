"""A history whose answers come when a test says so, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from xumm_desk.core.history.history_lines import HistoryLines
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.status import Status

from .fake_desk import Held
from .fake_history import FakeHistory


class HeldHistory(FakeHistory):
    """Answers what it knew when it was asked, once `release` says so."""

    def __init__(self, rows: Iterable[RequestSummary] = ()) -> None:
        super().__init__(rows)
        self.holds = True
        self._held: list[Held] = []

    def release(self, number: int = 0) -> None:
        """Give one of the answers that wait."""
        if self._held:
            self._held.pop(number % len(self._held)).release()

    @property
    def waiting(self) -> int:
        """How many answers wait."""
        return len(self._held)

    async def _hold(self) -> None:
        if self.holds:
            self._held.append(Held())
            await self._held[-1]

    async def lines(self, *given: Any, **more: Any) -> HistoryLines:
        found = await super().lines(*given, **more)
        await self._hold()
        return found

    async def counts(self, known: Sequence[str] = ()) -> dict[tuple[Status, bool], int]:
        found = await super().counts(known)
        await self._hold()
        return found

    async def keys_of(self, identifiers: Sequence[str]) -> dict[str, int]:
        found = await super().keys_of(identifiers)
        await self._hold()
        return found
