"""A history in memory, for tests of windows; the real one is tested in `tests/store/history`."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.report.summaries import figures_of

from xumm_desk.core.history.history_lines import HistoryLines, IndexProgress
from xumm_desk.core.history.query import HistoryQuery, Order, asset_key
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Span
from xumm_desk.core.status import RANK, Status


def _price(row: RequestSummary) -> tuple[str, Decimal]:
    return ("", Decimal(0)) if row.price is None else (row.price.currency, row.price.value)


_SORTED_BY: dict[Order, Callable[[RequestSummary], Any]] = {
    Order.STATUS: lambda row: RANK[row.status],
    Order.TAG: lambda row: -1 if row.tag is None else row.tag,
    Order.PAYER: lambda row: row.payer,
    Order.CASHIER: lambda row: row.cashier,
    Order.PRICE: _price,
    Order.LAST_EVENT: lambda row: max(
        filter(None, (row.created_at, row.opened_at, row.signed_at, row.proven_at))
    ),
}


def _no_key(_row: RequestSummary) -> int:
    return 0


class FakeHistory:
    """Answers at once, out of `rows`."""

    def __init__(self, rows: Iterable[RequestSummary] = ()) -> None:
        self.rows = {row.key: row for row in rows}
        self.behind = 0
        self.refusal: Exception | None = None
        self.pages = 0

    async def lines(
        self,
        query: HistoryQuery,
        order: Order,
        *,
        descending: bool,
        known: Sequence[str],
        limit: int = -1,
    ) -> HistoryLines:
        if self.refusal is not None:
            raise self.refusal
        by: Callable[[RequestSummary], Any] = _SORTED_BY.get(order, _no_key)
        found = [row for row in self.rows.values() if query.matches(row)]
        found.sort(key=lambda row: (by(row), row.key), reverse=descending)
        shown = found if limit < 0 else found[:limit]
        names = set(known)
        return HistoryLines(
            array("q", (row.key for row in shown)),
            {row.identifier: key for key, row in self.rows.items() if row.identifier in names},
            {row.identifier: at for at, row in enumerate(shown) if row.identifier in names},
            whole=limit < 0 or len(shown) < limit,
        )

    async def keys_of(self, identifiers: Sequence[str]) -> dict[str, int]:
        names = set(identifiers)
        return {row.identifier: key for key, row in self.rows.items() if row.identifier in names}

    async def page(self, keys: Sequence[int]) -> dict[int, RequestSummary]:
        self.pages += 1
        return {key: self.rows[key] for key in keys if key in self.rows}

    async def summaries(self, query: HistoryQuery) -> Sequence[RequestSummary]:
        return [row for row in self.rows.values() if query.matches(row)]

    async def count(self, query: HistoryQuery) -> int:
        return sum(map(query.matches, self.rows.values()))

    async def counts(self, known: Sequence[str] = ()) -> dict[tuple[Status, bool], int]:
        names = set(known)
        return dict(
            Counter(
                (row.status, row.needs_person)
                for row in self.rows.values()
                if row.identifier not in names
            )
        )

    async def values(self, column: str) -> Sequence[str]:
        rows = self.rows.values()
        if column == "asset":
            return sorted({asset_key(row.shown_amount) for row in rows})
        return sorted({getattr(row, column) for row in rows})

    async def compare(self, now: Span, before: Span, network: str) -> PeriodFigures:
        if self.refusal is not None:
            raise self.refusal
        figures = [figures_of(self.rows.values(), span, network) for span in (now, before)]
        return PeriodFigures(figures[0], figures[1], await self.progress())

    async def progress(self) -> IndexProgress:
        return IndexProgress(0, self.behind, self.behind)

    def interrupt(self) -> None:
        """Nothing takes long here."""
