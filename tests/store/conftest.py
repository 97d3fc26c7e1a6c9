"""Fixtures: a plain asyncio loop, and a journal in a real file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from xumm_desk.store.journal import SqliteJournal


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the journal is made for its loop."""
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is, in a folder whose name would break a careless URI."""
    return tmp_path / "a #1 %20 ? shop" / "journal.sqlite3"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    """An open journal in an empty file."""
    opened = SqliteJournal(path)
    opened.open(asyncio.get_running_loop())
    yield opened
    await opened.close()
