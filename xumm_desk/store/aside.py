"""The journal, with what a person said about payments of nobody.

Knows the two statements of it, run by the journal's writer; must not know why somebody says so.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from . import receipts
from .journal import SqliteJournal


class ShopJournal(SqliteJournal):
    """The journal that the desk works with."""

    async def put_aside(self, txid: str, aside: bool, at: datetime) -> None:
        """Note that a person put a payment aside, or brought it back; on disk when this returns.

        Raises:
            JournalError: it could not be written.
        """

        def run(db: sqlite3.Connection) -> None:
            self._look(db)
            receipts.put_aside(db, txid, aside, at)

        await self._run(run)

    async def aside(self) -> dict[str, datetime]:
        """The payments that are put aside, and since when (UTC)."""
        return await self._run(receipts.aside)
