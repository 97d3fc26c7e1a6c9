"""Filters of the history that a person keeps under a name: read, written, named and ordered.

Days are kept as a person named them, so that "today" is another day tomorrow.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .period import Period, first_and_last
from .query import HistoryQuery, query_from_json

MAX_NAME: Final = 40
"""Characters of a name."""

MAX_FILTERS: Final = 50

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter by its name. `query` has no times; `days` are the first and the last day of
    `Period.DAYS`, None for every other period."""

    name: str
    query: HistoryQuery
    period: Period = Period.ANY
    days: tuple[date, date] | None = None

    def query_on(self, today: date, midnight: Callable[[date], datetime]) -> HistoryQuery:
        """What it asks for on this day; `midnight` returns the moment at which a day begins."""
        days = self.days if self.period is Period.DAYS else first_and_last(self.period, today)
        if days is None:
            return self.query
        return replace(self.query, since=midnight(days[0]), until=midnight(days[1] + _DAY))

    def to_json(self) -> JsonObject:
        """The form in the settings."""
        value: JsonObject = {"name": self.name, "query": self.query.to_json()}
        if self.period is not Period.ANY:
            value["period"] = self.period.value
        if self.days is not None:
            value["days"] = [day.isoformat() for day in self.days]
        return value


def filter_from_json(value: Mapping[str, Json]) -> SavedFilter | None:
    """Read a filter; None for one of which anything cannot be read: with a part missing it would
    find more than was meant."""
    name = clean_name(json_fields.string_at(value, "name") or "")
    query = query_from_json(json_fields.object_at(value, "query"))
    if not name or query.since is not None or query.until is not None:
        return None
    if query.to_json() != _sorted(value.get("query")):
        return None
    named = value.get("period", Period.ANY.value)
    period = next((one for one in Period if one.value == named), None)
    if period is None:
        return None
    days = _days(value.get("days"))
    is_given = value.get("days") is not None
    if is_given is not (period is Period.DAYS) or is_given is not (days is not None):
        return None
    return SavedFilter(name, query, period, days)


def read_filters(
    listed: Iterable[Json],
) -> tuple[tuple[SavedFilter, ...], tuple[Json, ...]]:
    """The filters of a list, each name once, and the entries that cannot be read: those of a newer
    version must be found again by it."""
    found: dict[str, SavedFilter] = {}
    others: list[Json] = []
    for value in listed:
        one = filter_from_json(value) if isinstance(value, Mapping) else None
        if one is None or _key(one.name) in found or len(found) >= MAX_FILTERS:
            others.append(value)
        else:
            found[_key(one.name)] = one
    return tuple(found.values()), tuple(others)


def clean_name(typed: str) -> str:
    """A name without what cannot be seen, and no longer than there is room for."""
    seen = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in typed)
    return " ".join(seen.split())[:MAX_NAME].rstrip()


def find(filters: Iterable[SavedFilter], name: str) -> SavedFilter | None:
    """The filter of this name, in whatever case it is written."""
    return next((one for one in filters if _key(one.name) == _key(clean_name(name))), None)


def name_error(filters: Sequence[SavedFilter], typed: str, before: str = "") -> str:
    """Why a filter cannot have this name; "" if it can. `before` is the name that it has."""
    if not clean_name(typed):
        return Message("Type a name.")
    other = find(filters, typed)
    if before and other is not None and _key(other.name) != _key(before):
        return Message("There is a filter of this name already.")
    if not before and other is None and len(filters) >= MAX_FILTERS:
        return Message("There are {count} filters already. Delete one first.", count=MAX_FILTERS)
    return ""


def saved(filters: Sequence[SavedFilter], one: SavedFilter) -> tuple[SavedFilter, ...]:
    """With this filter: in the place of one of its name, else at the end."""
    if find(filters, one.name) is None:
        return (*filters, one)
    return tuple(one if _key(other.name) == _key(one.name) else other for other in filters)


def renamed(filters: Sequence[SavedFilter], name: str, new: str) -> tuple[SavedFilter, ...]:
    """With another name for one."""
    fresh = clean_name(new)
    return tuple(replace(one, name=fresh) if one.name == name else one for one in filters)


def deleted(filters: Sequence[SavedFilter], name: str) -> tuple[SavedFilter, ...]:
    """Without this one."""
    return tuple(one for one in filters if one.name != name)


def moved(filters: Sequence[SavedFilter], name: str, by: int) -> tuple[SavedFilter, ...]:
    """With this one so many places further down, or up for less than zero, as far as there are."""
    order = list(filters)
    place = next((at for at, one in enumerate(order) if one.name == name), None)
    if place is not None:
        one = order.pop(place)
        order.insert(max(0, min(len(order), place + by)), one)
    return tuple(order)


def _key(name: str) -> str:
    return name.casefold()


def _sorted(query: Json) -> Json:
    """What `to_json` would have written, if it wrote this."""
    if not isinstance(query, Mapping):
        return query
    return {
        key: sorted(value) if _are_texts(value) else value  # type: ignore[arg-type, type-var]
        for key, value in query.items()
    }


def _are_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _days(value: Json) -> tuple[date, date] | None:
    if not (isinstance(value, list) and len(value) == 2 and _are_texts(value)):
        return None
    try:
        first, last = (date.fromisoformat(str(one)) for one in value)
    except ValueError:
        return None
    return (first, last) if first <= last < date.max else None
