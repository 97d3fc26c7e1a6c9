"""How a person left the columns, as the settings keep it: a text that any version can read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, HIDDEN, Column

_NAMES: Final = {column.name.lower(): column for column in Column}
MIN_WIDTH: Final = 36
MAX_WIDTH: Final = 4000


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """One column: how wide it is in pixels (0 for what the program chooses), and whether it is
    shown."""

    column: Column
    width: int = 0
    shown: bool = True


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What the table is sorted by, and its columns from the left; no `places` where the program
    arranges them by the room there is."""

    sort: Column = Column.TIME
    descending: bool = True
    places: tuple[ColumnPlace, ...] = ()

    def to_text(self) -> str:
        """The form in the settings; "" for that of a new shop."""
        if self == ColumnState():
            return ""
        value: JsonObject = {"sort": _name(self.sort), "descending": self.descending}
        if self.places:
            value["columns"] = [
                {"name": _name(one.column), "width": one.width, "shown": one.shown}
                for one in self.places
            ]
        return json.dumps(value, separators=(",", ":"))


def state_from_text(text: str) -> ColumnState:
    """Read what `to_text` wrote, in this version or another; what cannot be read is as in a new
    shop."""
    value = json_fields.parse_object(text)
    if isinstance(value, str):
        return ColumnState()
    sort = _NAMES.get(json_fields.string_at(value, "sort") or "", Column.TIME)
    descending = json_fields.bool_at(value, "descending")
    listed = value.get("columns")
    places = [
        place
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping) and (place := _place(one)) is not None
    ]
    return ColumnState(sort, descending is not False, complete(places) if places else ())


def complete(places: Iterable[ColumnPlace]) -> tuple[ColumnPlace, ...]:
    """Each column once: a second place of one is left out, and columns that an older version did
    not have are hidden, after the one that stands before them in a new shop. The status is always
    shown."""
    found: dict[Column, ColumnPlace] = {}
    for one in places:
        found.setdefault(one.column, one)
    order = list(found)
    for before, column in zip((None, *DEFAULT_ORDER), DEFAULT_ORDER, strict=False):
        if column not in found:
            order.insert(order.index(before) + 1 if before is not None else 0, column)
            found[column] = ColumnPlace(column, shown=False)
    status = found[Column.STATUS]
    found[Column.STATUS] = ColumnPlace(Column.STATUS, status.width)
    return tuple(found[column] for column in order)


def default_places() -> tuple[ColumnPlace, ...]:
    """The columns of a new shop with room for all that are not hidden."""
    return tuple(ColumnPlace(column, shown=column not in HIDDEN) for column in DEFAULT_ORDER)


def _place(value: Mapping[str, Json]) -> ColumnPlace | None:
    column = _NAMES.get(json_fields.string_at(value, "name") or "")
    if column is None:
        return None  # of a newer version
    width = json_fields.int_at(value, "width") or 0
    width = min(MAX_WIDTH, max(MIN_WIDTH, width)) if width > 0 else 0
    return ColumnPlace(column, width, json_fields.bool_at(value, "shown") is not False)


def _name(column: Column) -> str:
    return column.name.lower()
