"""The lines of a report: what they say, and which requests they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from xumm_desk.core.history.history_lines import IndexProgress
from xumm_desk.core.history.summary import Kind, RequestSummary
from xumm_desk.core.money.amount import IssuedAmount
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.line import ReportLine, Section
from xumm_desk.core.report.periods import Length, Span, period_of
from xumm_desk.core.report.report_lines import report_lines
from xumm_desk.core.status import Status

from .summaries import ISSUERS, ROW, figures_of, whole_span

DAY = whole_span(period_of(Length.DAY, date(2026, 10, 26)))
"""The day after the one of 25 hours."""
EARLIER = whole_span(DAY.period.before())


def lines(
    now: Sequence[RequestSummary],
    before: Sequence[RequestSummary] = (),
    spans: tuple[Span, Span] = (DAY, EARLIER),
) -> dict[str, ReportLine]:
    figures = PeriodFigures(
        figures_of(now, spans[0]), figures_of(before, spans[1]), IndexProgress(0, 0, 0)
    )
    return {line.key: line for line in report_lines(figures, *spans)}


def at(hour: int, span: Span = DAY) -> RequestSummary:
    """A paid sale in the hour of this number of the day."""
    return replace(ROW, created_at=span.slots[hour].since + timedelta(minutes=5))


def test_takings_are_what_was_sold_less_what_was_paid_back() -> None:
    back = replace(at(3), kind=Kind.REFUND, price=None, tip=None)
    found = lines([at(1), at(2), back], [at(1, EARLIER)])
    net = found["net EUR"]
    assert (net.section, net.main, net.label) == (Section.TAKINGS, True, "Takings, EUR")
    assert (net.now.text, net.before.text) == ("€\u00a06.20", "€\u00a03.10")
    assert net.difference.words == "€\u00a03.10 more (+100 %)"
    assert found["tips EUR"].now.text == "€\u00a00.20"
    assert found["refunds"].now.text == "1"
    assert found["refunds unpriced"].now.text == "1"
    assert found["received MAINNET XRP "].now.text == "2.000002"
    assert found["refunded MAINNET XRP "].now.text == "1.000001"


def test_what_never_happened_has_no_line() -> None:
    found = lines([], [])
    assert set(found) >= {"requests", "doubt", "refunds"}
    assert not {"net EUR", "unpriced", "status paid", "refund doubts"} & set(found)


def test_each_figure_leads_to_the_requests_of_its_own_period() -> None:
    paid, declined = at(1), replace(at(2), status=Status.DECLINED, delivered=())
    yesterday = at(1, EARLIER)
    found = lines([paid, declined], [yesterday])
    everything = [paid, declined, yesterday]

    def led(key: str, *, before: bool = False) -> list[RequestSummary]:
        query = (found[key].before if before else found[key].now).query
        assert query is not None
        return [row for row in everything if query.matches(row)]

    assert led("requests") == [paid, declined]
    assert led("requests", before=True) == [yesterday]
    assert led("sold EUR") == [paid]
    assert led("status declined") == [declined]
    assert led("sales 1") == [paid]
    assert led("sales 1", before=True) == [yesterday]


def test_an_hour_that_the_clock_showed_twice_is_compared_with_its_like() -> None:
    found = lines([at(2), at(3)], [at(2, EARLIER), at(3, EARLIER), at(3, EARLIER)])
    assert EARLIER.slots[3].again
    assert found["sales 2"].counts == (1, 1)
    assert found["sales 3"].counts == (1, 0)  # the hour from three o'clock
    long_day = lines([at(3, EARLIER)], [], (EARLIER, whole_span(EARLIER.period.before())))
    assert long_day["sales 3"].before.query is None
    assert long_day["sales 3"].difference.words == ""


def test_the_days_of_a_month_are_compared_by_their_number() -> None:
    november = whole_span(period_of(Length.MONTH, date(2026, 11, 3)))
    october = whole_span(november.period.before())
    found = lines([], [at(30, october)], (november, october))
    assert len([key for key in found if key.startswith("sales ")]) == 30
    assert found["sales 29"].counts == (0, 0)


def test_currencies_that_are_called_alike_are_told_apart() -> None:
    paid = [IssuedAmount("USD", issuer * 4, Decimal(5)) for issuer in ISSUERS]
    found = lines([replace(at(1), asked=money, delivered=(money,)) for money in paid])
    labels = {line.label for key, line in found.items() if key.startswith("received")}
    assert labels == {"Received, USD · rOnerOne…", "Received, USD · rTworTwo…"}
    asked = [line.now.query for key, line in found.items() if key.startswith("received")]
    assert [query.assets for query in asked if query is not None] == [
        {"USD." + "rOne" * 4},
        {"USD." + "rTwo" * 4},
    ]


def test_times_without_any_are_a_dash() -> None:
    found = [line for line in lines([]).values() if line.section is Section.TIMES]
    assert len(found) == 6
    assert {line.now.text for line in found} == {"–"}


def test_each_figure_is_of_the_network_of_the_shop() -> None:
    query = lines([])["requests"].now.query
    assert query is not None
    assert query.networks == {"MAINNET"}
