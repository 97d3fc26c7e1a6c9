"""What a saved filter asks for, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xumm_desk.core.bidi import isolate
from xumm_desk.core.history.period import PERIOD_LABELS, Period
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.filters.filter_bar import (
    KIND_LABELS,
    asset_words,
    status_values,
    status_words,
)


def filter_parts(one: SavedFilter) -> list[str]:
    """Each part of it: "Status: Paid, Paid late"."""
    return [tr(sentence.filled(values=values)) for sentence, values in _parts(one)]


def suggested_name(one: SavedFilter) -> str:
    """A name for it: what it asks for, without the titles."""
    return tr(Sentences((values for _title, values in _parts(one)), LIST_SEPARATOR))


def _parts(one: SavedFilter) -> list[tuple[Message, str]]:
    query = one.query
    kinds = [tr(KIND_LABELS[kind]) for kind in query.kinds]
    found = [
        (Message("Search: {values}"), isolate(query.text.strip())),
        (Message("Status: {values}"), _words(status_values(query), status_words)),
        (Message("Asset: {values}"), _words(query.assets, asset_words)),
        (Message("Kind: {values}"), tr(Sentences(sorted(kinds), LIST_SEPARATOR))),
        (Message("Till: {values}"), _words(query.tills, _name)),
        (Message("Operator: {values}"), _words(query.cashiers, _name)),
        (Message("Network: {values}"), _words(query.networks, _name)),
        (Message("Period: {values}"), _days(one)),
    ]
    return [(title, values) for title, values in found if values]


def _days(one: SavedFilter) -> str:
    if one.days is not None:
        return formats.numeric_dates(*one.days)
    return "" if one.period is Period.ANY else tr(PERIOD_LABELS[one.period])


def _words(values: Iterable[str], words: Callable[[str], str]) -> str:
    return tr(Sentences(sorted(words(value) for value in values), LIST_SEPARATOR))


def _name(value: str) -> str:
    return isolate(value) or _("None", context="filter")
