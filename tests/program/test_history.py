"""The whole program on a journal with more requests than are taken into memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from store.history import stories

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.engine.runtime import release
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.ui.desk_view import REQUESTS
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.table_model import RequestTableModel

from .conftest import Run, opened, platform

SALES = 450


async def _fill(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    for number in range(1, SALES + 1):
        spec = stories.sale_spec(number)
        stories.write_intent(journal, spec, number)
        stories.write_payment(journal, spec, number + 0.5, f"{number:064X}")
    await journal.durable()
    await journal.close()


def test_every_request_that_ever_was_is_in_the_table(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def day() -> None:
        async with platform() as sim:
            await _fill(tmp_path / "journal.sqlite3")
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                board = shop.board
                board.show_view(REQUESTS)
                table, view = board.table, board.pane.view
                await shop.until(lambda: table.rowCount() == SALES, "all sales")
                await shop.until(lambda: table.counts[Group.ALL] == SALES, "their number")
                assert len(shop.rows()) < SALES
                oldest = table.index(SALES - 1, 0)
                view.scrollTo(oldest)
                view.setCurrentIndex(oldest)
                await shop.until(lambda: view.current() is not None, "the facts of the oldest")
                row = view.current()
                assert row is not None
                assert row.identifier == "sale-1"
                assert board.request_actions.row is not None
                assert board.request_actions.row.identifier == "sale-1"
                assert table.rowCount() == SALES
                # What nobody looks at leaves memory, and nothing on the screen moves.
                for name, value in (("KEPT", 2), ("QUIET", 1e-9)):
                    monkeypatch.setattr(release, name, value)
                await shop.until(lambda: board.history.is_whole, "a whole history")
                board.memory_release.look()
                board.memory_release.look()
                await shop.until(lambda: len(table._memory.rows) == 2, "lines instead of rows")
                assert {row.identifier for row in shop.rows()} == {"sale-1", f"sale-{SALES}"}
                assert (table.rowCount(), table.counts[Group.ALL]) == (SALES, SALES)
                assert view.current() is not None
                board.pane.search.setText("table 240")
                await shop.until(lambda: table.rowCount() == 1, "what was searched for")
                await shop.until(lambda: table.past_at_line(0) is not None, "its line")
                past = table.past_at_line(0)
                assert past is not None
                assert past.identifier == "sale-240"
                board.pane.search.clear()
                await shop.until(lambda: table.rowCount() == SALES, "all of them again")

    run(day)


def test_own_filters_and_new_columns_are_of_every_request(run: Run, tmp_path: Path) -> None:
    """By the real index, on its own threads."""
    table_24 = SavedFilter("Tables 24…", HistoryQuery(text="table 24"))
    of_anna = SavedFilter("Anna", HistoryQuery(cashiers=frozenset({"Anna"})))
    gone = SavedFilter("Gone", HistoryQuery(tills=frozenset({"sold"})))

    async def day() -> None:
        async with platform() as sim:
            await _fill(tmp_path / "journal.sqlite3")
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                board = shop.board
                board.show_view(REQUESTS)
                pane, table = board.pane, board.table
                await shop.until(lambda: table.rowCount() == SALES, "all sales")
                for one in (table_24, of_anna, gone):
                    pane.saved.counts._store.save(one)
                counts = pane.saved.counts
                await shop.until(lambda: len(counts.counts) == 3, "the numbers")
                # 24 and 240 to 249, and two that cost 24 and 24.5 XRP.
                assert counts.counts == {"Tables 24…": 13, "Anna": SALES, "Gone": 0}
                button = pane.filters.saved.button("Tables 24…")
                assert button is not None
                button.click()
                await shop.until(lambda: table.rowCount() == 13, "what it finds")
                pane.clear_filters()
                await shop.until(lambda: table.rowCount() == SALES, "all of them again")
                pane.view.sortByColumn(Column.PRICE, Qt.SortOrder.AscendingOrder)
                await shop.until(lambda: _first(table) == "sale-1", "the cheapest first")
                pane.view.sortByColumn(Column.LAST_EVENT, Qt.SortOrder.DescendingOrder)
                await shop.until(lambda: _first(table) == f"sale-{SALES}", "the last one first")
                cell = table.index(0, Column.PRICE).data()
                assert cell == f"€\u00a0{SALES}.00"

    run(day)


def _first(table: RequestTableModel) -> str:
    """The identifier in the first line; "" while it is read."""
    table.show_lines(0, 0)
    row, past = table.row_at_line(0), table.past_at_line(0)
    return row.identifier if row is not None else past.identifier if past is not None else ""
