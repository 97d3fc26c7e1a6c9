"""The index of the history: it says what the facts say, whatever stopped it in between."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ui import sample_rows

from store import builders
from store.builders import take_back
from xumm_desk.core.history.query import HistoryQuery, Order, asset_key
from xumm_desk.core.history.summary import Kind, RefundMark, RequestSummary, summarise
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.store import database
from xumm_desk.store.history import history_queries, indexing
from xumm_desk.store.journal import SqliteJournal

from . import stories

pytestmark = pytest.mark.anyio


async def everything(journal: SqliteJournal) -> dict[str, RequestSummary]:
    """All lines of the index, by identifier, once it is up to date."""
    await journal.catch_up_index()
    return {row.identifier: row for row in await journal.history.summaries(HistoryQuery())}


def read(path: Path) -> dict[str, RequestSummary]:
    """The same from a file that is not open."""
    with closing(sqlite3.connect(path)) as db:
        found = history_queries.summaries(db, HistoryQuery(), descending=False)
        return {row.identifier: row for row in found}


async def complete(journal: SqliteJournal) -> None:
    """Return when the writer has made the whole index by itself."""
    while not (await journal.history.progress()).is_complete:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.001)


async def write_shop(journal: SqliteJournal) -> None:
    """A request in each status, and twelve sales at two tills of which one was refunded."""
    await stories.write_samples(journal)
    for number in range(1, 13):
        spec = stories.sale_spec(number, till=str(number % 2 + 1), note="Käse & Brot")
        stories.write_intent(journal, spec, number)
        if number % 3:
            stories.write_payment(journal, spec, number + 0.5, f"{number:064X}")
    refund = stories.refund_spec(4, XrpAmount(500_000), "refund-4")
    stories.write_intent(journal, refund, 20)
    journal.set_status("refund-4", "paid", True)
    await journal.durable()


async def test_each_line_is_what_the_facts_add_up_to(journal: SqliteJournal) -> None:
    samples = await stories.write_samples(journal)
    rows = await everything(journal)
    assert len(rows) == len(samples)
    for sample in samples:
        row, verdict = rows[sample.row.identifier], sample.row.verdict
        assert row == summarise(
            row.key,
            sample.row.request,
            verdict.status,
            finished=verdict.final,
            facts=sample.facts,
        )


async def test_a_sale_has_its_price_and_what_arrived(journal: SqliteJournal) -> None:
    await write_shop(journal)
    rows = await everything(journal)
    sale = rows["sale-4"]
    assert (sale.kind, sale.number, sale.till, sale.cashier) == (Kind.SALE, 4, "1", "Anna")
    assert sale.delivered == (XrpAmount(2_000_000),)
    assert str(sale.price) == str(stories.sale_spec(4) and sale.price)
    assert (sale.payer, sale.txid) == (stories.PAYER, f"{4:064X}")
    assert sale.proven_at is not None
    assert sale.refunded is RefundMark.PART
    assert rows["sale-5"].refunded is RefundMark.NONE
    assert rows["refund-4"].kind is Kind.REFUND
    assert rows["sale-3"].delivered == ()


async def test_the_writer_makes_the_index_by_itself(journal: SqliteJournal) -> None:
    await write_shop(journal)
    await complete(journal)
    count = await journal.history.count(HistoryQuery())
    assert count == len(sample_rows.samples()) + 13
    counts = await journal.history.counts()
    assert sum(counts.values()) == count
    assert counts[Status.PAID, False] == await journal.history.count(
        HistoryQuery(statuses=frozenset({Status.PAID}))
    )


async def test_a_change_of_a_request_is_a_change_of_its_line(journal: SqliteJournal) -> None:
    await write_shop(journal)
    before = await everything(journal)
    counts = await journal.history.counts()
    stories.write_payment(journal, stories.sale_spec(3), 30, "AB" * 32)
    after = await everything(journal)
    assert before["sale-3"].status is Status.CREATING
    assert after["sale-3"].status is Status.PAID
    assert after["sale-3"].key == before["sale-3"].key
    assert len(after) == len(before)
    found = await journal.history.count(HistoryQuery(text="abab"))
    assert found == 1
    moved = await journal.history.counts()
    assert moved[Status.PAID, False] == counts[Status.PAID, False] + 1
    assert sum(moved.values()) == sum(counts.values())


async def test_the_counts_leave_out_what_is_in_memory(journal: SqliteJournal) -> None:
    await write_shop(journal)
    await journal.catch_up_index()
    whole = await journal.history.counts()
    less = await journal.history.counts(["sale-1", "sale-4", "nobody"])
    assert less[Status.PAID, False] == whole[Status.PAID, False] - 2
    assert sum(less.values()) == sum(whole.values()) - 2


async def test_an_older_journal_is_indexed_step_by_step_whatever_ends_a_step(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await write_shop(journal)
    whole = await everything(journal)
    await journal.close()
    take_back(path, 8)
    with closing(database.connect(path)) as db:
        before = indexing.progress(db)
        assert (before.behind, before.whole) == (len(whole), len(whole))
        seen = [before.behind]
        for stop_after in itertools.cycle((1, 3, 2)):
            left = itertools.count(1)
            more = indexing.step(db, lambda left=left, n=stop_after: next(left) >= n)  # type: ignore[misc]
            seen.append(indexing.progress(db).behind)
            if not more:
                break
        assert seen == sorted(seen, reverse=True)
        assert seen[-1] == 0
    assert read(path) == whole


async def test_a_step_that_is_rolled_back_changed_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await write_shop(journal)
    whole = await everything(journal)
    await journal.close()
    take_back(path, 8)
    real = indexing._write_line
    calls = itertools.count()

    def failing(db: sqlite3.Connection, identifier: str, **more: bool) -> None:
        if next(calls) % 7 == 6:
            raise sqlite3.OperationalError("disk I/O error")
        real(db, identifier, **more)

    monkeypatch.setattr(indexing, "_write_line", failing)
    with closing(database.connect(path)) as db:
        for _ in range(200):
            left = itertools.count(1)
            try:
                if not indexing.step(db, lambda left=left: next(left) >= 5):  # type: ignore[misc]
                    break
            except sqlite3.OperationalError:
                continue
        assert indexing.progress(db).is_complete
    assert read(path) == whole


async def test_the_index_waits_for_a_full_disk_and_goes_on(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._RETRY", 0.01)
    real, full = indexing.step, True

    def step(db: sqlite3.Connection, stop: object) -> bool:
        if full:
            raise sqlite3.OperationalError("database or disk is full")
        return real(db, stop)  # type: ignore[arg-type]

    monkeypatch.setattr(indexing, "step", step)
    await write_shop(journal)
    assert journal.error == ""
    full = False
    await complete(journal)


async def test_a_request_that_cannot_be_described_keeps_no_other_out(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = summarise

    def failing(key: int, request: Request, status: Status, **more: Any) -> RequestSummary:
        if request.identifier == "sale-3":
            raise ArithmeticError("a slip of the program")
        return real(key, request, status, **more)

    monkeypatch.setattr(indexing, "summarise", failing)
    await write_shop(journal)
    await complete(journal)
    known = {row.identifier for row in await journal.history.summaries(HistoryQuery())}
    assert {"sale-1", "sale-2", "sale-4"} <= known
    assert "sale-3" not in known


async def test_a_line_of_an_earlier_state_does_not_stay(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_shop(journal)
    await complete(journal)
    assert await journal.history.keys_of(["sale-3"])

    def failing(*_: object, **__: object) -> RequestSummary:
        raise ArithmeticError("a slip of the program")

    monkeypatch.setattr(indexing, "summarise", failing)
    stories.write_payment(journal, stories.sale_spec(3), 90, "F3" * 32)
    await journal.durable()
    await complete(journal)
    assert not await journal.history.keys_of(["sale-3"])


async def test_a_fault_of_the_index_does_not_end_the_writing(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def failing(*_: object) -> bool:
        tried.set()
        raise ArithmeticError("a slip of the program")

    with monkeypatch.context() as patched:
        patched.setattr(indexing, "step", failing)
        await write_shop(journal)
        assert await asyncio.to_thread(tried.wait, 240.0)
    assert journal.error == ""
    journal.append("later", builders.intent("later"), urgent=True)
    await journal.durable()
    await complete(journal)
    assert await journal.history.count(HistoryQuery(text="later"))


async def test_the_journal_knows_a_request_by_its_own_name(journal: SqliteJournal) -> None:
    for name in ("one", "two"):
        journal.append(name, builders.intent("the same in both"), urgent=False)
        journal.set_status(name, "waiting", False)
    await journal.durable()
    await complete(journal)
    rows = await journal.history.summaries(HistoryQuery())
    assert {row.identifier for row in rows} == {"one", "two"}


_TEXTS = st.sampled_from(
    [
        "",
        "sale",
        "SALE-1",
        "table 4",
        "käse",
        "kase brot",
        "2.5",
        "anna",
        "abab",
        "r",
        "x9",
        '"',
        "*",
    ]
)


def _queries(rows: list[RequestSummary]) -> st.SearchStrategy[HistoryQuery]:
    times = st.sampled_from([None, *(row.created_at for row in rows)])

    def some(values: object) -> st.SearchStrategy[frozenset[object]]:
        return st.one_of(
            st.just(frozenset()),
            st.frozensets(st.sampled_from(sorted(set(values), key=str)), max_size=3),  # type: ignore[call-overload]
        )

    return st.builds(
        HistoryQuery,
        text=_TEXTS,
        statuses=some(row.status for row in rows),
        attention=st.booleans(),
        since=times,
        until=times,
        assets=some(asset_key(row.shown_amount) for row in rows),
        tills=some(row.till for row in rows),
        cashiers=some(row.cashier for row in rows),
        kinds=some(row.kind for row in rows),
        networks=some(row.network for row in rows),
    )


async def test_the_index_and_the_memory_answer_alike(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await write_shop(journal)
    rows = list((await everything(journal)).values())
    await journal.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:

        @settings(
            max_examples=150,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(_queries(rows), st.sampled_from(Order), st.booleans())
        def alike(query: HistoryQuery, order: Order, descending: bool) -> None:
            keys = history_queries.keys(db, query, order, descending=descending)
            assert sorted(keys) == sorted(row.key for row in rows if query.matches(row))
            assert len(keys) == history_queries.count(db, query)
            assert list(keys[:3]) == list(
                history_queries.keys(db, query, order, descending=descending, limit=3)
            )
            if order is Order.TIME:
                assert list(keys) == sorted(keys, reverse=descending)

        alike()


async def test_amounts_are_sorted_as_numbers(journal: SqliteJournal) -> None:
    await write_shop(journal)
    await journal.catch_up_index()
    sales = HistoryQuery(kinds=frozenset({Kind.SALE}))
    lines = await journal.history.lines(sales, Order.AMOUNT, descending=False, known=["sale-3"])
    page = await journal.history.page(lines.keys)
    assert [page[key].number for key in lines.keys] == list(range(1, 13))
    assert lines.known == {"sale-3": lines.keys[2]}


async def test_prices_and_last_events_are_sorted_as_what_they_are(journal: SqliteJournal) -> None:
    await write_shop(journal)
    await journal.catch_up_index()
    sales = HistoryQuery(kinds=frozenset({Kind.SALE}))
    by_price = await journal.history.lines(sales, Order.PRICE, descending=False, known=[])
    by_event = await journal.history.lines(sales, Order.LAST_EVENT, descending=True, known=[])
    page = await journal.history.page(by_price.keys)
    assert [page[key].number for key in by_price.keys] == list(range(1, 13))
    times = [page[key].proven_at or page[key].created_at for key in by_event.keys]
    assert times == sorted(times, reverse=True)


async def test_the_values_of_a_column(journal: SqliteJournal) -> None:
    await write_shop(journal)
    await journal.catch_up_index()
    assert await journal.history.values("till") == ["", "1", "2"]
    assert await journal.history.values("cashier") == ["", "Anna"]


async def test_a_closed_history_says_so(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await journal.close()
    with pytest.raises(JournalError, match="is closed"):
        await journal.history.count(HistoryQuery())


async def test_a_writer_without_a_quiet_moment_makes_the_index_all_the_same(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._INDEX_DELAY", 3600.0)
    monkeypatch.setattr("xumm_desk.store.writer_thread._INDEX_LATEST", 0.0)
    monkeypatch.setattr("xumm_desk.store.writer_thread._INDEX_EVERY", 0.0)
    await write_shop(journal)
    while not (await journal.history.progress()).is_complete:
        await journal.ledgers_read()  # work for the writer
    assert await journal.history.keys_of(["sale-3"])
