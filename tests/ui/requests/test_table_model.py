"""The table's model: upserts, order, search, counts, and what the cells say."""

from __future__ import annotations

import gc
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ui import sample_rows
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow, SocketState
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows import memory_rows
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.table_model import ROW_ROLE, RequestTableModel


@pytest.fixture
def clock() -> sample_rows.Clock:
    return sample_rows.Clock()


@pytest.fixture
def table(clock: sample_rows.Clock) -> Iterator[RequestTableModel]:
    model = RequestTableModel(clock)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester
    gc.collect()


def names(table: RequestTableModel) -> list[str]:
    return [str(table.index(i, Column.REFERENCE).data()) for i in range(table.rowCount())]


def cell(table: RequestTableModel, identifier: str, column: Column) -> str:
    return str(table.index_of(identifier, column).data())


def later(row: RequestRow, seconds: float = 1.0) -> RequestRow:
    """The same request in a newer state."""
    assert row.last_heard_at is not None
    return replace(row, last_heard_at=row.last_heard_at + timedelta(seconds=seconds))


class TestUpsert:
    def test_newest_rows_come_first(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert names(table)[:2] == ["1049", "1048"]
        assert table.total == table.rowCount() == len(sample_rows.rows())

    def test_a_new_row_goes_on_top_and_moves_no_other(self, table: RequestTableModel) -> None:
        rows = list(sample_rows.rows())
        sample_rows.show(table, rows[:-1])
        before = names(table)
        mark = QPersistentModelIndex(table.index_of("1047"))
        sample_rows.show(table, rows[-1:])
        assert names(table) == [rows[-1].identifier, *before]
        assert mark.data(ROW_ROLE).identifier == "1047"

    def test_changes_are_reported_in_contiguous_spans(self, table: RequestTableModel) -> None:
        rows = list(sample_rows.many(100))
        sample_rows.show(table, rows)
        told: list[tuple[int, int]] = []

        def note(first: QModelIndex, last: QModelIndex) -> None:
            told.append((first.row(), last.row()))

        table.dataChanged.connect(note)
        changed = [later(rows[99 - place]) for place in (3, 4, 5, 50, 98)]
        random.Random(1).shuffle(changed)
        sample_rows.show(table, changed)
        assert told == [(3, 5), (50, 50), (98, 98)]

    def test_what_did_not_change_is_not_reported(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        told: list[int] = []
        table.dataChanged.connect(lambda first: told.append(first.row()))
        sample_rows.show(table, sample_rows.rows())
        assert told == []

    def test_a_change_never_moves_a_row(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        table.sort(Column.STATUS, Qt.SortOrder.AscendingOrder)
        before = names(table)
        paid = replace(
            sample_rows.row(Status.WAITING), verdict=sample_rows.row(Status.PAID).verdict
        )
        sample_rows.show(table, [paid])
        assert names(table) == before
        table.sort_again()
        assert names(table) != before

    def test_whatever_the_batches_every_row_is_there_once(self, table: RequestTableModel) -> None:
        rows = list(sample_rows.many(60))
        chance = random.Random(7)
        chance.shuffle(rows)
        for batch in itertools.batched(rows, 7) if hasattr(itertools, "batched") else [rows]:
            sample_rows.show(table, batch)
        assert names(table) == [f"day-{n:05d}" for n in reversed(range(60))]

    def test_a_flood_costs_what_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        model = RequestTableModel(sample_rows.Clock())
        rows = list(sample_rows.many(5000))
        sample_rows.show(model, rows)
        looked_at: list[str] = []
        for name in ("sort_key", "filter_groups", "search_fields"):
            right = getattr(memory_rows, name)

            def counted(row: RequestRow, *args: Any, right: Any = right) -> Any:
                looked_at.append(row.identifier)
                return right(row, *args)

            monkeypatch.setattr(memory_rows, name, counted)
        changed = [later(row) for row in rows[::25]]
        sample_rows.show(model, changed)
        assert looked_at
        assert set(looked_at) <= {row.identifier for row in changed}


class TestOrder:
    @pytest.mark.parametrize("column", list(Column))
    @pytest.mark.parametrize("order", list(Qt.SortOrder))
    def test_every_column_sorts(
        self, table: RequestTableModel, column: Column, order: Qt.SortOrder
    ) -> None:
        sample_rows.show(table, sample_rows.rows())
        mark = QPersistentModelIndex(table.index_of("1044", Column.TAG))
        table.sort(column, order)
        assert sorted(names(table)) == sorted(r.identifier for r in sample_rows.rows())
        assert (mark.data(ROW_ROLE).identifier, mark.column()) == ("1044", Column.TAG)

    def test_by_status_what_needs_a_person_comes_first(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        table.sort(Column.STATUS, Qt.SortOrder.AscendingOrder)
        shown = [table.index(i, 0).data(ROW_ROLE).verdict.status for i in range(4)]
        assert shown == [Status.CHECK, Status.CHECK, Status.EXPIRED_OPENED, Status.UNVERIFIED]

    def test_a_new_row_follows_the_chosen_order(self, table: RequestTableModel) -> None:
        rows = {r.identifier: r for r in sample_rows.rows()}
        late = rows.pop("1040")
        sample_rows.show(table, rows.values())
        table.sort(Column.REFERENCE, Qt.SortOrder.AscendingOrder)
        sample_rows.show(table, [late])
        assert names(table) == sorted(names(table), key=str.casefold)


class TestFilter:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("1043", {"1043"}),
            ("bicycle BELL", {"1037"}),
            ("12.708", {"1037"}),
            ("4294967295", {"Invoice-2026-000123456789/Müller&Söhne"}),
            ("müller", {"Invoice-2026-000123456789/Müller&Söhne"}),
            (sample_rows.keys("bert")[2], {"1043"}),
            ("no such thing", set()),
        ],
    )
    def test_search_finds(self, table: RequestTableModel, text: str, found: set[str]) -> None:
        sample_rows.show(table, sample_rows.rows())
        table.set_filter(text)
        assert set(names(table)) == found
        assert table.filtered
        table.set_filter("")
        assert table.rowCount() == table.total

    def test_search_finds_transactions_and_uuids(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        request = sample_rows.row(Status.PAID).request
        for text in (request.txid, request.uuid):
            assert text is not None
            table.set_filter(text[:20].lower())
            assert names(table) == [request.identifier]

    def test_counts_are_live(self, table: RequestTableModel) -> None:
        told: list[dict[Group, int]] = []
        table.counted.connect(told.append)
        sample_rows.show(table, sample_rows.rows())
        total = len(sample_rows.rows())
        assert table.counts[Group.ALL] == total
        # Two checks, one expired but opened, one unverified, one refused by the ledger.
        assert table.counts[Group.ATTENTION] == 5
        waiting = table.counts[Group.WAITING]
        sample_rows.show(
            table,
            [
                replace(
                    sample_rows.row(Status.WAITING), verdict=sample_rows.row(Status.PAID).verdict
                )
            ],
        )
        assert table.counts[Group.WAITING] == waiting - 1
        assert len(told) == 2

    def test_a_row_that_leaves_its_group_stays_until_settled(
        self, table: RequestTableModel
    ) -> None:
        sample_rows.show(table, sample_rows.rows())
        table.set_filter(group=Group.WAITING)
        assert "1048" in names(table)
        moved = replace(
            sample_rows.row(Status.WAITING), verdict=sample_rows.row(Status.PAID).verdict
        )
        sample_rows.show(table, [moved])
        assert "1048" in names(table)
        table.drop_unmatched(keep="1048")
        assert "1048" in names(table)
        table.drop_unmatched()
        assert "1048" not in names(table)

    def test_a_row_that_enters_the_group_appears(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        table.set_filter(group=Group.PAID)
        moved = replace(
            sample_rows.row(Status.WAITING), verdict=sample_rows.row(Status.PAID).verdict
        )
        sample_rows.show(table, [moved])
        assert names(table)[0] == "1048"


class TestWords:
    def test_time_left_is_counted_at_the_moment_of_asking(
        self, table: RequestTableModel, clock: sample_rows.Clock
    ) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1048", Column.LEFT) == "04:31"
        clock.passed = 60
        assert cell(table, "1048", Column.LEFT) == "03:31"

    def test_time_over_is_never_called_expired(
        self, table: RequestTableModel, clock: sample_rows.Clock
    ) -> None:
        sample_rows.show(table, sample_rows.rows())
        clock.passed = 300
        assert cell(table, "1048", Column.LEFT) == "time is up — checking"
        assert cell(table, "1048", Column.STATUS) == "Waiting"

    def test_time_over_with_a_phone_on_it_counts_up(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1037", Column.LEFT) == "+02:10"

    def test_ends_show_their_age(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1043", Column.LEFT) == "10 min"
        assert cell(table, "1049", Column.LEFT) == "–"

    def test_a_lost_link_says_when_it_was_true(self, table: RequestTableModel) -> None:
        sample_rows.show(
            table, [replace(sample_rows.row(Status.WAITING), socket_state=SocketState.LOST)]
        )
        assert cell(table, "1048", Column.STATUS) == "Waiting · as of 14:04:17"

    def test_tag_zero_is_a_tag(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1046", Column.TAG) == "0"
        assert cell(table, "open-amount", Column.TAG) == "–"

    def test_amounts(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1048", Column.AMOUNT) == "5.208334"
        assert cell(table, "1045", Column.AMOUNT) == "12.5"
        assert cell(table, "1045", Column.ASSET) == "EUR"
        assert cell(table, "hex-currency", Column.ASSET) == "SOLO"
        assert cell(table, "open-amount", Column.AMOUNT) == "any"
        assert cell(table, "signin-77", Column.AMOUNT) == "–"

    def test_the_payer_is_who_signed(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        account = sample_rows.keys("bert")[2]
        assert cell(table, "1043", Column.PAYER) == f"{account[:6]}…{account[-5:]}"
        assert table.index_of("1043", Column.PAYER).data(Qt.ItemDataRole.ToolTipRole) == account
        assert cell(table, "1048", Column.PAYER) == "–"

    def test_every_cell_speaks_and_explains_itself(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        for place in range(table.rowCount()):
            for column in Column:
                index = table.index(place, column)
                spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
                assert spoken.startswith(columns.TITLES[column] + ": ")
                assert isinstance(index.data(Qt.ItemDataRole.ToolTipRole), str)

    def test_times_are_local_with_utc_in_the_tooltip(self, table: RequestTableModel) -> None:
        sample_rows.show(table, sample_rows.rows())
        assert cell(table, "1048", Column.TIME) == "14:03:51"
        tip = table.index_of("1048", Column.TIME).data(Qt.ItemDataRole.ToolTipRole)
        assert tip == "Created 2026-03-14 14:03:51 CET (2026-03-14 13:03:51 UTC)"
