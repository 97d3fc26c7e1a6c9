"""The list of sales: whatever order rows come in, open sales are listed and no end is missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ui.sample_rows import row
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.till.till_sales import LAST, MOST_UNSEEN, TillSales

from .sales import sale_row

STATUSES = (Status.WAITING, Status.OPENED, Status.PAID, Status.CHECK, Status.DECLINED)


def changes() -> st.SearchStrategy[list[tuple[int, Status]]]:
    return st.lists(st.tuples(st.integers(1, 8), st.sampled_from(STATUSES)), max_size=40)


def names(rows: list[RequestRow]) -> set[str]:
    return {one.identifier for one in rows}


@given(changes())
def test_the_newest_state_decides_where_a_sale_stands(told: list[tuple[int, Status]]) -> None:
    sales = TillSales("")
    newest: dict[str, Status] = {}
    for number, status in told:
        one = sale_row(status, number)
        sales.update([one])
        newest[one.identifier] = status
    still_open = {n for n, status in newest.items() if status in (Status.WAITING, Status.OPENED)}
    assert names(sales.open()) == still_open
    assert names(sales.ended()) <= set(newest) - still_open


@given(changes())
def test_an_end_that_nobody_has_seen_stays_listed(told: list[tuple[int, Status]]) -> None:
    sales = TillSales("")
    unseen: dict[str, bool] = {}
    for number, status in told:
        one = sale_row(status, number)
        news = sales.update([one])
        if one.verdict.final and news:
            unseen[one.identifier] = True
        elif not one.verdict.final:
            unseen.pop(one.identifier, None)
    assert set(unseen) <= names(sales.ended())


def test_at_a_desk_where_nobody_looks_the_newest_ends_are_kept() -> None:
    sales = TillSales("")
    rows = [sale_row(Status.PAID, number) for number in range(1, MOST_UNSEEN + 40)]
    for number, one in enumerate(rows):
        at = one.request.created_at + timedelta(minutes=number)
        rows[number] = replace(one, request=replace(one.request, created_at=at))
        sales.update([rows[number]])
    newest = names(rows[-MOST_UNSEEN:])
    assert newest <= names(sales.ended())
    assert len(sales.ended()) <= MOST_UNSEEN + LAST
    assert {name for name in names(rows) if sales.is_unseen(name)} == newest


def test_what_the_journal_holds_is_no_news() -> None:
    sales = TillSales("")
    sales.load([sale_row(Status.PAID, number) for number in range(1, 20)])
    assert len(sales.ended()) == LAST
    assert not any(sales.is_unseen(one.identifier) for one in sales.ended())


def test_an_old_sale_that_becomes_a_check_is_news() -> None:
    sales = TillSales("")
    sales.load([sale_row(Status.PAID, number) for number in range(1, 20)])
    changed = sale_row(Status.CHECK, 1)
    assert sales.update([changed]) == [changed]
    assert sales.is_unseen("sale-1")
    assert sales.ended()[0] is changed
    sales.note_seen("sale-1")
    assert not sales.is_unseen("sale-1")


def test_the_sale_that_is_looked_at_is_seen() -> None:
    sales = TillSales("")
    sales.update([sale_row(Status.WAITING, 1)])
    assert sales.update([sale_row(Status.PAID, 1)], shown="sale-1")
    assert not sales.is_unseen("sale-1")


def test_the_same_row_again_is_no_news() -> None:
    sales = TillSales("")
    sales.update([sale_row(Status.PAID, 1)], shown="sale-1")
    again = replace(sale_row(Status.PAID, 1), last_heard_at=None)
    assert sales.update([again]) == []


def test_other_requests_and_other_tills_are_left_alone() -> None:
    sales = TillSales("2")
    assert sales.update([row(Status.PAID), sale_row(Status.PAID, 1, till="1")]) == []
    assert sales.ended() == sales.open() == []
    sales.update([sale_row(Status.OPENED, 2, till="2")])
    assert names(sales.open()) == {"sale-2"}
