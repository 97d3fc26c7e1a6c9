"""Make lines of a report: figures of both periods, how they differ, and which rows are behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.shift.money import ZERO, Asset, money_of

from .differences import (
    Difference,
    asset_difference,
    asset_text,
    count_difference,
    count_text,
    price_difference,
    price_text,
)
from .figures import AssetSums, Figures, PeriodFigures
from .line import Figure, ReportLine, Section
from .periods import Span


class LineMaker:
    """Makes lines of the figures of two periods. `asked` says which requests of the period are
    behind a figure, by the parts of a `HistoryQuery`."""

    def __init__(self, figures: PeriodFigures, now: Span, before: Span) -> None:
        self.figures = figures.now, figures.before
        self.spans = now, before
        network = figures.now.network
        self._network = frozenset({network}) if network else frozenset()

    def count(
        self,
        key: str,
        section: Section,
        label: str,
        of: Callable[[Figures], int],
        *,
        main: bool = False,
        **asked: Any,
    ) -> ReportLine:
        """A line of a number of things."""
        now, before = (of(one) for one in self.figures)
        texts = count_text(now), count_text(before)
        difference = count_difference(now, before)
        return self.line(key, section, label, texts, difference, main=main, **asked)

    def price(
        self,
        key: str,
        section: Section,
        label: str,
        currency: str,
        of: Callable[[Figures], Decimal],
        *,
        main: bool = False,
        **asked: Any,
    ) -> ReportLine:
        """A line of a sum of one currency."""
        now, before = (of(one) for one in self.figures)
        texts = price_text(currency, now), price_text(currency, before)
        difference = price_difference(currency, now, before)
        return self.line(key, section, label, texts, difference, main=main, **asked)

    def assets(
        self,
        key: str,
        section: Section,
        label: Message,
        of: Callable[[Figures], AssetSums],
        **asked: Any,
    ) -> Iterator[ReportLine]:
        """A line for each asset. What came in another asset than was asked for stands under that
        one in the list of requests, so that one is asked for too."""
        sums = [of(one) for one in self.figures]
        assets = _sorted_assets(one.values for one in sums)
        names = Counter(map(_name, assets))
        for asset in assets:
            name = _name(asset)
            if names[name] > 1:
                name = f"{name} · {asset.issuer[:8]}…"
            now, before = (one.values.get(asset, ZERO) for one in sums)
            under = frozenset().union(*(one.asked.get(asset, set()) for one in sums))
            yield self.line(
                f"{key} {asset.network} {asset.code} {asset.issuer}",
                section,
                label.filled(asset=name),
                (asset_text(asset, now), asset_text(asset, before)),
                asset_difference(asset, now, before),
                assets=under,
                **asked,
            )

    def line(
        self,
        key: str,
        section: Section,
        label: str,
        texts: tuple[str, str],
        difference: Difference,
        *,
        main: bool = False,
        unmatched: bool = False,
        **asked: Any,
    ) -> ReportLine:
        """A line of two figures that are written already. Behind `unmatched` ones are payments
        without a request, and no requests."""
        now, before = (
            Figure(text, unmatched=True) if unmatched else Figure(text, self.query(which, **asked))
            for which, text in enumerate(texts)
        )
        return ReportLine(key, section, label, now, before, difference, main)

    def query(self, which: int, **asked: Any) -> HistoryQuery:
        """The requests of one of the periods, 0 for now and 1 for the one before."""
        span = self.spans[which]
        whole = HistoryQuery(since=span.since, until=span.until, networks=self._network)
        return replace(whole, **asked)

    def is_any(self, of: Callable[[Figures], object]) -> bool:
        """Whether it is more than nothing in any of the periods."""
        return any(of(one) for one in self.figures)

    def currencies(self, *sums: Callable[[Figures], Mapping[str, Decimal]]) -> list[str]:
        """The currencies of these sums in both periods."""
        return sorted({key for of in sums for one in self.figures for key in of(one)})


def _name(asset: Asset) -> str:
    return amount.asset_label(money_of(asset, ZERO))


def _sorted_assets(sums: Iterable[Mapping[Asset, Decimal]]) -> list[Asset]:
    """The network's own asset first."""
    found = {asset for one in sums for asset in one}
    return sorted(found, key=lambda asset: (bool(asset.issuer), asset))
