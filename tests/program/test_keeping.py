"""A damaged journal, a daily copy and a restored one, in the whole program by its own buttons."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from xumm_desk.simulator import Simulator
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import copies
from xumm_desk.ui.keeping.journal_dialog import JournalDialog
from xumm_desk.ui.keeping.letting_go_dialogs import ArchiveDialog, EraseDialog
from xumm_desk.ui.keeping.work_dialog import WorkDialog

from .conftest import ProgramUnderTest, Run, opened, platform


async def _sales(shop: ProgramUnderTest, *amounts: str) -> None:
    await shop.ready()
    for amount in amounts:
        before = len(shop.rows())
        shop.charge(amount)
        await shop.until(partial(_more_than, shop, before), "the sale")
        await shop.ready()


def _more_than(shop: ProgramUnderTest, count: int) -> bool:
    return len(shop.rows()) > count


def dialog(shop: ProgramUnderTest) -> WorkDialog | None:
    """The dialog that is open."""
    return next(iter(shop.window.findChildren(WorkDialog)), None)


async def _do(shop: ProgramUnderTest) -> WorkDialog:
    """Press the dialog's button and wait until it says what came of it."""
    await shop.until(lambda: dialog(shop) is not None, "the dialog")
    work = dialog(shop)
    assert work is not None
    work.action_button.click()
    await shop.until(lambda: work.close_button.text() == "Close", "the end of the work")
    return work


def test_a_damaged_journal_is_salvaged_by_a_button(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"

    async def day() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await _sales(shop, "1.5", "2.5")
            whole = file.read_bytes()
            damaged = whole[:4096] + b"\xee" * 8192 + whole[12288:]
            file.write_bytes(damaged)
            await look(sim, damaged)

    async def look(sim: Simulator, damaged: bytes) -> None:
        async with opened(sim, tmp_path) as shop:
            await shop.until(lambda: "is damaged" in shop.bar("start"), "the bar")
            bar = shop.window.banners.banner("start")
            assert bar is not None
            bar.button.click()
            work = await _do(shop)
            assert "kept as" in work.words.text()
            await shop.ready()
            await shop.until(lambda: len(shop.rows()) == 2, "open sales that are followed")
            assert shop.bar("start") == ""
            [kept] = tmp_path.glob("journal-damaged-*.sqlite3")  # noqa: ASYNC240 - see above
            assert kept.read_bytes() == damaged
            work.close_button.click()
            await _sales(shop, "3.5")
        assert verify_chain(file).whole

    run(day)


def test_a_copy_is_made_and_restored_in_the_window(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"

    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await _sales(shop, "1.5")
            shop.window.locked.journal()
            await shop.until(lambda: shop.window.findChildren(JournalDialog), "the list")
            [listed] = shop.window.findChildren(JournalDialog)
            listed.copy_button.click()
            await shop.until(lambda: listed.table.rowCount() == 1, "the copy")
            assert listed.problem.text() == ""
            assert not listed.restore_button.isEnabled()
            listed.table.selectRow(0)
            await _sales(shop, "2.5")
            listed.restore_button.click()
            work = await _do(shop)
            assert "Everything could be read: 2 requests" in work.words.text()
            await shop.ready()
            await shop.until(lambda: len(shop.rows()) == 2, "both sales")
            work.close_button.click()
            await asyncio.sleep(0)
        assert verify_chain(file).whole
        assert len(copies.list_copies(copies.folder_of(file))) == 1

    run(day)


def test_old_requests_are_archived_and_a_customer_erased_in_the_window(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "journal.sqlite3"

    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await _sales(shop, "1.5")
            [row] = shop.rows()
            shop.window.locked.journal()
            await shop.until(lambda: shop.window.findChildren(JournalDialog), "the list")
            [listed] = shop.window.findChildren(JournalDialog)
            listed.archive_button.click()
            await shop.until(lambda: shop.window.findChildren(ArchiveDialog), "the dialog")
            [old] = shop.window.findChildren(ArchiveDialog)
            await shop.until(lambda: "nothing to archive" in old.planned.text(), "the count")
            assert not old.action_button.isEnabled()
            old.cancel_button.click()
            listed.erase_button.click()
            await shop.until(lambda: shop.window.findChildren(EraseDialog), "the dialog")
            [asked] = shop.window.findChildren(EraseDialog)
            assert not asked.action_button.isEnabled()
            asked.what.set_text(row.identifier)
            asked.action_button.click()
            work = await _do(shop)
            assert "Nothing was erased. 1 request stays as it is" in " ".join(
                work.words.text().split()
            )
            await shop.ready()
            await shop.until(lambda: len(shop.rows()) == 1, "the sale")
            work.close_button.click()
            await asyncio.sleep(0)
        assert verify_chain(file).whole

    run(day)
