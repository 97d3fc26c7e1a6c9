"""Sums that SQLite makes are those of the rows that they lead to, to the last drop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from core.report.summaries import ISSUERS, ROW, figures_of, month, rows_of, summaries, whole_span
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xumm_desk.core.history.summary import Kind, RequestSummary
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.report.figures import Figures, Spread
from xumm_desk.core.report.line import ReportLine
from xumm_desk.core.report.periods import Length, Span, period_of
from xumm_desk.core.report.report_lines import report_lines
from xumm_desk.core.shift.money import EXACT, ZERO, asset_of, quantity
from xumm_desk.core.status import Status
from xumm_desk.store import database
from xumm_desk.store.history import history_queries, index_table, report_queries

MONTH = month()
EARLIER = whole_span(MONTH.period.before())
SUMS = [one.name for one in fields(Figures) if not one.name.startswith("to_")]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An index without facts, which each example fills anew."""
    with closing(database.connect(tmp_path_factory.mktemp("index") / "j.sqlite3")) as made:
        made.execute("PRAGMA synchronous = OFF")
        yield made


def fill(db: sqlite3.Connection, rows: Sequence[RequestSummary]) -> None:
    """Let the index hold these and nothing else."""
    db.execute("BEGIN")
    db.execute("DELETE FROM request_index")
    for row in rows:
        index_table.write(db, row)
    db.execute("COMMIT")


def total(values: Sequence[Decimal]) -> Decimal:
    """Their exact sum."""
    found = ZERO
    for value in values:
        found = EXACT.add(found, value)
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(summaries(), max_size=12).map(rows_of))
def test_sums_of_sqlite_are_those_of_the_rows(
    db: sqlite3.Connection, rows: list[RequestSummary]
) -> None:
    fill(db, rows)
    found = report_queries.compare(db, MONTH, EARLIER, "MAINNET")
    for figures, span in ((found.now, MONTH), (found.before, EARLIER)):
        expected = figures_of(rows, span)
        for name in SUMS:
            assert getattr(figures, name) == getattr(expected, name), name


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(summaries(), max_size=12).map(rows_of))
def test_every_figure_is_the_sum_of_the_rows_that_it_leads_to(
    db: sqlite3.Connection, rows: list[RequestSummary]
) -> None:
    fill(db, rows)
    found = report_queries.compare(db, MONTH, EARLIER, "MAINNET")
    for line in report_lines(found, MONTH, EARLIER):
        for figure, figures, span in (
            (line.now, found.now, MONTH),
            (line.before, found.before, EARLIER),
        ):
            if figure.query is not None:
                led = list(history_queries.summaries(db, figure.query, descending=False))
                assert {row.key for row in led} == {
                    row.key for row in rows if figure.query.matches(row)
                }
                check(line, figures, span, led)


def check(line: ReportLine, figures: Figures, span: Span, led: list[RequestSummary]) -> None:
    """Whether the rows that the line leads to add up to what `figures` say."""
    kind, _, name = line.key.partition(" ")
    income = [row for row in led if row.kind is not Kind.REFUND]
    match kind:
        case "received" | "refunded":
            sums = figures.received if kind == "received" else figures.refunded
            brought = [money for row in led for money in row.delivered]
            for asset, whole in sums.values.items():
                if f"{asset.network} {asset.code} {asset.issuer}" == name:
                    alike = [one for one in brought if asset_of("MAINNET", one) == asset]
                    assert total([quantity(one) for one in alike]) == whole
        case "net" | "sold" | "tips" | "back":
            again = figures_of(led, span)
            for one in ("sold", "tips", "paid_back") if kind == "net" else (_SUMS_OF[kind],):
                expected = getattr(figures, one).values.get(name.split()[0], ZERO)
                if line.slot is None:
                    assert getattr(again, one).values.get(name.split()[0], ZERO) == expected
        case "requests":
            assert len(led) == figures.outcomes.total()
        case "status":
            assert len(led) == figures.outcomes[Status(name)]
        case "doubt":
            assert len(led) == figures.doubts + figures.refund_doubts
        case "refund":
            assert len(led) == figures.refund_doubts
        case "refunds":
            assert len(led) == (figures.refunds_unpriced if name else figures.refunds)
        case "unpriced":
            assert len(led) == figures.unpriced
        case "doubted" if len(name) == 3:
            prices = [row.price for row in income if row.price is not None]
            worth = [price.value for price in prices if price.currency == name]
            assert total(worth) == figures.doubted.values.get(name, ZERO)
        case "sales":
            assert len(led) == figures.slots[int(name)].sales


_SUMS_OF = {"sold": "sold", "tips": "tips", "back": "paid_back"}


def test_nearly_all_sales_are_added_by_sqlite_alone(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    declined = replace(ROW, status=Status.DECLINED, delivered=())
    partly = replace(ROW, delivered=(XrpAmount(5),), status=Status.CHECK, needs_person=True)
    fill(db, rows_of([ROW, ROW, declined, partly, replace(ROW, needs_person=True)]))
    read = list(report_queries._money_rows(db, MONTH, "MAINNET", "()"))
    assert [row.delivered for row in read] == [(XrpAmount(5),), ()]


def test_no_sum_is_too_large_for_sqlite(db: sqlite3.Connection) -> None:
    """More than all XRP there is, a hundred times, at the highest price."""
    huge = XrpAmount(10**17)
    price = FiatAmount("KWD", Decimal(10**12))
    rows = rows_of([replace(ROW, asked=huge, delivered=(huge,), price=price, tip=price)] * 120)
    fill(db, rows)
    found = report_queries.figures(db, MONTH, "MAINNET")
    assert list(found.received.values.values()) == [Decimal(120 * 10**17)]
    assert found.sold.values == found.tips.values == {"KWD": Decimal(120 * 10**12)}


def test_a_line_of_a_newer_program_is_counted_as_one_to_look_at(db: sqlite3.Connection) -> None:
    fill(db, rows_of([replace(ROW, delivered=())]))
    db.execute("UPDATE request_index SET status = 'frozen', kind = 'gift', delivered = '[{'")
    found = report_queries.figures(db, MONTH, "MAINNET")
    assert found.outcomes == {Status.CHECK: 1}
    assert found.payments == 0


def test_a_shop_of_any_network_counts_all(db: sqlite3.Connection) -> None:
    fill(db, rows_of([ROW, replace(ROW, network="TESTNET")]))
    assert report_queries.figures(db, MONTH, "").outcomes == {Status.PAID: 2}
    assert report_queries.figures(db, MONTH, "MAINNET").outcomes == {Status.PAID: 1}


def test_the_time_to_the_scan_begins_with_the_code(db: sqlite3.Connection) -> None:
    """The platform took five seconds to make it."""
    fill(db, rows_of([ROW, replace(ROW, opened_at=None), replace(ROW, kind=Kind.REFUND)]))
    code = (ROW.created_at + timedelta(seconds=5)).isoformat()
    db.execute(
        "INSERT INTO requests (identifier, status, created_at) VALUES ('r1', 'paid', ?)", (code,)
    )
    intent = ROW.created_at.isoformat()
    for kind, at in (("intent", intent), ("created", code), ("created", "later")):
        db.execute(
            "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
            " VALUES ('r1', ?, 'desk', ?, '{}', x'00')",
            (at, kind),
        )
    found = report_queries.figures(db, MONTH, "MAINNET")
    second = timedelta(seconds=1)
    assert found.to_scan == Spread(1, second, second)
    assert found.to_signature == Spread(1, 8 * second, 8 * second)
    assert found.to_ledger == Spread(2, 4 * second, 4 * second)


@pytest.mark.parametrize(
    ("after", "text", "seconds"),
    [
        (0.5, '{"signed": true}', 8.5),
        (0.5, '{"signed":true, "x": 1}', 8.5),
        (31, '{"signed": true}', 8),
        (0.5, '{"signed": false}', 8),
        (0.5, '{"signed": tru', 8),
        (0.5, '["signed"]', 8),
    ],
)
def test_a_message_at_the_moment_of_the_signature_is_closer_than_the_platforms_second(
    db: sqlite3.Connection, after: float, text: str, seconds: float
) -> None:
    name = f"{after} {text}"
    fill(db, [replace(ROW, identifier=name)])
    assert ROW.signed_at is not None
    at = (ROW.signed_at + timedelta(seconds=after)).isoformat()
    db.execute(
        "INSERT INTO requests (identifier, status, created_at) VALUES (?, 'paid', ?)", (name, at)
    )
    db.execute(
        "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
        " VALUES (?, ?, 'socket', 'frame', ?, x'00')",
        (name, at, text),
    )
    found = report_queries.figures(db, MONTH, "MAINNET")
    assert found.to_signature.median == timedelta(seconds=seconds)
    assert found.to_ledger.median == timedelta(seconds=12 - seconds)


ONCE = "0C" * 32


@pytest.mark.parametrize(
    ("statuses", "months", "received"),
    [
        ((Status.CHECK, Status.CHECK), (0, 0), 1),
        ((Status.CHECK, Status.PAID), (0, 0), 1),
        ((Status.CHECK, Status.CHECK), (-1, 0), 0),
        ((Status.CHECK, Status.PAID), (0, -1), 0),
        ((Status.CHECK, Status.EXPIRED), (0, 0), 2),
    ],
)
def test_a_transaction_of_two_requests_is_received_once(
    db: sqlite3.Connection,
    statuses: tuple[Status, Status],
    months: tuple[int, int],
    received: int,
) -> None:
    """Both still need a person; that one of no money at all names it changes nothing."""
    name = f"{statuses} {months}"
    rows = [
        replace(
            ROW,
            key=key,
            identifier=f"{name} {key}",
            status=status,
            needs_person=status is Status.CHECK,
            txid=ONCE,
            created_at=ROW.created_at + timedelta(days=31 * month),
            delivered=() if status is Status.EXPIRED else ROW.delivered,
        )
        for key, (status, month) in enumerate(zip(statuses, months, strict=True), 1)
    ]
    lone = replace(rows[0], key=77, identifier=f"{name} lone", txid="1D" * 32)
    fill(db, [*rows, lone] if received == 2 else rows)
    for row in rows:
        db.execute(
            "INSERT INTO requests (identifier, status, created_at) VALUES (?, 'check', '')",
            (row.identifier,),
        )
        db.execute(
            "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
            " VALUES (?, '', 'platform', 'answer', ?, x'00')",
            (row.identifier, f'{{"response": {{"txid": "{ONCE.lower()}"}}}}'),
        )
    found = report_queries.figures(db, MONTH, "MAINNET")
    money = ROW.delivered[0]
    expected = {asset_of("MAINNET", money): received * quantity(money)} if received else {}
    assert found.received.values == expected
    assert found.payments == received
    doubts = [row for row in rows if row.needs_person and row.created_at >= ROW.created_at]
    assert found.doubts == len(doubts) + (received == 2)


def test_a_day_is_summed_without_looking_at_the_others(db: sqlite3.Connection) -> None:
    """The index of times is used, whatever network nearly all requests are of."""
    day = whole_span(period_of(Length.DAY, date(2026, 10, 25)))
    plans: list[str] = []

    class Watched:
        def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
            plan = db.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(str(row[3]) for row in plan if " r " in str(row[3]) + " ")
            return db.execute(statement, values)

    report_queries.figures(Watched(), day, "MAINNET")  # type: ignore[arg-type]
    searched = [plan for plan in plans if "SEARCH r" in plan]
    assert len(searched) == 5
    assert all("request_index_created" in plan for plan in searched)


def test_payments_without_a_price_are_found_for_every_reason(db: sqlite3.Connection) -> None:
    other = IssuedAmount("USD", ISSUERS[0], Decimal(3))
    rows = rows_of(
        [
            ROW,
            replace(ROW, price=None, tip=None),
            replace(ROW, asked=None),
            replace(ROW, delivered=(other,)),
            replace(ROW, delivered=(other, XrpAmount(7))),
            replace(ROW, price=None, delivered=()),
            replace(ROW, price=None, tip=None, kind=Kind.REFUND),
        ]
    )
    fill(db, rows)
    db.execute("UPDATE request_index SET currency = 'euro' WHERE key = 1")
    found = report_queries.compare(db, MONTH, EARLIER, "MAINNET")
    lines = {line.key: line for line in report_lines(found, MONTH, EARLIER)}
    for key, expected in (("unpriced", [1, 2, 3, 4]), ("refunds unpriced", [7])):
        query = lines[key].now.query
        assert query is not None
        led = history_queries.summaries(db, query, descending=False)
        assert [row.key for row in led] == expected
        assert lines[key].now.text == str(len(expected))
        assert history_queries.count(db, query) == len(expected)
