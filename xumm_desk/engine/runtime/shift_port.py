"""The protocol of the shifts of a journal; `store/shifts` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xumm_desk.core.shift.document import ClosedShift, ShiftDocument
from xumm_desk.core.shift.report import OpenShift, Progress
from xumm_desk.core.shift.share import ShiftRules


class ShiftJournal(Protocol):
    """Shifts on disk; all methods raise `JournalError`."""

    async def read_open(self, rules: ShiftRules, progress: Progress | None = None) -> OpenShift:
        """The open shift up to the last fact on disk; `progress` is called in another thread."""
        ...

    async def add(self, shift: ShiftDocument) -> bool:
        """Write a closed shift, durable when this returns; False if it was closed meanwhile."""
        ...

    async def closed(self, limit: int) -> Sequence[ClosedShift]:
        """The last `limit` closed shifts, newest first."""
        ...

    async def document(self, number: int) -> ShiftDocument | None:
        """One closed shift, as it was written."""
        ...
