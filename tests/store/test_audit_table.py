"""What persons did is written down in order and stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xumm_desk.core.audit import AuditEntry, AuditKind
from xumm_desk.store.journal import SqliteJournal

pytestmark = pytest.mark.anyio
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


async def test_entries_survive_a_restart_and_the_newest_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    for number, kind in enumerate((AuditKind.WRONG_PIN, AuditKind.UNLOCKED, AuditKind.REFUNDED)):
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        await journal.add_audit(kind.value, "Ada", f"#{number}", AT + timedelta(minutes=number))
        await journal.close()
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    try:
        assert await journal.audit(2) == [
            AuditEntry("refunded", "Ada", "#2", AT + timedelta(minutes=2)),
            AuditEntry("unlocked", "Ada", "#1", AT + timedelta(minutes=1)),
        ]
    finally:
        await journal.close()


async def test_any_name_can_be_written(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.open(asyncio.get_running_loop())
    try:
        await journal.add_audit("unlocked", "half \ud83d of a pair", "', --", AT)
        [entry] = await journal.audit(10)
        assert entry.detail == "', --"
    finally:
        await journal.close()
