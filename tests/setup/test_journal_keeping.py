"""Keeping the journal beside a desk: one copy a day, one thing at a time, and values for errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from store.keeping.shop_journal import NOW, content, fill, name_of

from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.keeping.reports import JournalCopy, RebuildReport
from xumm_desk.setup.config import Config, GivenOptions
from xumm_desk.setup.journal_keeping import STOPPED, JournalKeeping
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import copies

pytestmark = pytest.mark.anyio


class Shop:
    """A journal and what keeps it; the day is what the test says."""

    def __init__(self, folder: Path) -> None:
        self.path = fill(folder / "journal.sqlite3", 6)
        self.day = date(2026, 3, 1)
        self.events: list[str] = []
        self.keeping = JournalKeeping(
            lambda: _config(folder),
            without_desk=self._without_desk,
            today=lambda: self.day,
            now=lambda: NOW,
        )

    async def _without_desk(self, work: Callable[[], Awaitable[Any]]) -> Any:
        self.events.append("closed")
        try:
            return await work()
        finally:
            self.events.append("opened")

    def days(self) -> list[date]:
        """The days of which there is a copy."""
        return [one.day for one in copies.list_copies(copies.folder_of(self.path))]


def _config(folder: Path) -> Config:
    return GivenOptions(
        api="https://127.0.0.1/api",
        chose_api=True,
        ledger="none",
        network="TESTNET",
        folder=folder,
        practice=False,
        credentials=None,
    ).for_reading()


@pytest.fixture
async def shop(tmp_path: Path) -> Shop:
    return await asyncio.to_thread(_made, tmp_path)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _made(folder: Path) -> Shop:
    return Shop(folder)


async def test_each_day_has_one_copy_also_after_a_missed_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    waited = asyncio.Event()
    go_on = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        waited.set()
        await go_on.wait()
        go_on.clear()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    running = asyncio.ensure_future(shop.keeping.run_daily(lambda: 14, said.append))

    async def round_() -> None:
        await waited.wait()
        waited.clear()
        go_on.set()
        await waited.wait()

    await round_()
    assert shop.days() == [date(2026, 3, 1)]
    await round_()
    assert shop.days() == [date(2026, 3, 1)]
    shop.day += timedelta(days=3)
    await round_()
    assert shop.days() == [date(2026, 3, 4), date(2026, 3, 1)]
    assert said == ["", "", ""]
    running.cancel()


async def test_a_copy_that_fails_is_a_sentence(shop: Shop) -> None:
    copies.folder_of(shop.path).write_text("a file in the way")
    said = await shop.keeping.copy_now(14)
    assert "Today's copy of the journal was not made" in said


async def test_a_copy_under_way_is_stopped_before_the_journal_is_exchanged(shop: Shop) -> None:
    began, held = threading.Event(), threading.Event()

    def hold(_done: int, _all: int) -> None:
        began.set()
        held.wait(60)

    copying = asyncio.ensure_future(shop.keeping.copy_now(14, hold))
    await asyncio.to_thread(began.wait, 60)
    salvaging = asyncio.ensure_future(shop.keeping.salvage("Ann", lambda _done, _all: None))
    await asyncio.sleep(0)
    held.set()
    report = await salvaging
    assert await copying == ""
    assert isinstance(report, RebuildReport)
    assert report.whole
    assert shop.days() == []
    assert shop.events == ["closed", "opened"]
    assert verify_chain(shop.path).whole


async def test_what_a_person_stops_changes_nothing(shop: Shop) -> None:
    before = content(shop.path)

    def stop(_done: int, _all: int) -> None:
        shop.keeping.stop()

    assert await shop.keeping.erase(name_of(2), ErasureChoices(), "Ann", stop) == STOPPED
    assert content(shop.path) == before
    assert verify_chain(shop.path).whole


async def test_an_error_is_a_sentence_and_the_desk_opens_again(shop: Shop) -> None:
    missing = copies.copy_path(copies.folder_of(shop.path), shop.day)
    said = await shop.keeping.restore(
        JournalCopy(missing, shop.day, 0), "Ann", lambda _done, _all: None
    )
    assert "There is no copy" in str(said)
    assert shop.events == ["closed", "opened"]
