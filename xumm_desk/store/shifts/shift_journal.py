"""The shifts of an open journal: read the open one, close it, read closed ones back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from xumm_desk.core.shift.document import ClosedShift, ShiftDocument
from xumm_desk.core.shift.report import OpenShift, Progress
from xumm_desk.core.shift.share import ShiftRules

from . import shift_table
from .shift_reader import ShiftReader

T = TypeVar("T")


class RunOnWriter(Protocol):
    """Runs a function on the writer's connection, after all that was queued before."""

    def __call__(self, run: Callable[[sqlite3.Connection], T], /) -> Awaitable[T]: ...


class StoredShifts:
    """Reads with a connection of its own, so that no fact about money waits for a report; `query`
    and `write` run on the writer's connection. All methods raise `JournalError`."""

    def __init__(self, path: Path, query: RunOnWriter, write: RunOnWriter) -> None:
        self._reader = ShiftReader(path)
        self._query, self._write = query, write

    async def read_open(self, rules: ShiftRules, progress: Progress | None = None) -> OpenShift:
        """The open shift up to the last fact on disk; `progress` is called in another thread."""
        return await asyncio.to_thread(self._reader.read, rules, progress)

    async def add(self, shift: ShiftDocument) -> bool:
        """Write a closed shift, durable when this returns; False if it was closed meanwhile."""
        return await self._write(lambda db: shift_table.add(db, shift))

    async def closed(self, limit: int) -> Sequence[ClosedShift]:
        """The last `limit` closed shifts, newest first."""
        return await self._query(lambda db: shift_table.listing(db, limit))

    async def document(self, number: int) -> ShiftDocument | None:
        """One closed shift, as it was written."""
        return await self._query(lambda db: shift_table.read(db, number))
