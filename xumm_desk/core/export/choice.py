"""What a person chose for the last export, and the days that a period stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from xumm_desk.core.message import Message
from xumm_desk.core.status import SUCCESSFUL, Status
from xumm_desk.core.wire import json_fields

from .columns import NAMES, known_columns
from .job import ExportFormat

T = TypeVar("T", bound=StrEnum)
_DAY: Final = timedelta(days=1)


class Wanted(StrEnum):
    """Which requests are exported."""

    ALL = "all"
    PAID = "paid"
    VIEW = "view"
    """Those that the filter and the search of the view leave."""


class Period(StrEnum):
    """Which days; values are stored."""

    ALL = "all"
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_MONTH = "this month"
    LAST_MONTH = "last month"
    THIS_YEAR = "this year"
    LAST_YEAR = "last year"
    DAYS = "days"
    """Days that are chosen one by one."""


PERIOD_LABELS: Final[dict[Period, str]] = {
    Period.ALL: Message("All days"),
    Period.TODAY: Message("Today"),
    Period.YESTERDAY: Message("Yesterday"),
    Period.THIS_MONTH: Message("This month"),
    Period.LAST_MONTH: Message("Last month"),
    Period.THIS_YEAR: Message("This year"),
    Period.LAST_YEAR: Message("Last year"),
    Period.DAYS: Message("Days…"),
}

STATUSES: Final[dict[Wanted, frozenset[Status]]] = {
    Wanted.ALL: frozenset(),
    Wanted.PAID: SUCCESSFUL - {Status.SIGNED},
    Wanted.VIEW: frozenset(),
}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """The choices of the last export, as they are remembered."""

    format: ExportFormat = ExportFormat.CSV
    mark: bool = True
    columns: tuple[str, ...] = NAMES
    wanted: Wanted = Wanted.ALL
    period: Period = Period.THIS_MONTH
    folder: str = ""

    def to_text(self) -> str:
        """The form in the settings."""
        value = {
            "format": self.format.value,
            "mark": self.mark,
            "wanted": self.wanted.value,
            "period": self.period.value,
            "folder": self.folder,
        }
        # All columns stay all where a later program has more.
        columns = {} if self.columns == NAMES else {"columns": list(self.columns)}
        return json.dumps({**value, **columns})


def choice_from_text(text: str) -> ExportChoice:
    """Read the form in the settings; what cannot be read is as at the first time."""
    value = json_fields.parse_object(text)
    if isinstance(value, str):
        return ExportChoice()
    usual = ExportChoice()
    mark = json_fields.bool_at(value, "mark")
    period = _known(Period, value.get("period"), usual.period)
    return ExportChoice(
        format=_known(ExportFormat, value.get("format"), usual.format),
        mark=usual.mark if mark is None else mark,
        columns=known_columns(json_fields.strings_at(value, "columns")),
        wanted=_known(Wanted, value.get("wanted"), usual.wanted),
        period=usual.period if period is Period.DAYS else period,
        folder=json_fields.string_at(value, "folder") or "",
    )


def days_of(period: Period, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period, both included; None where it is open."""
    month = today.replace(day=1)
    match period:
        case Period.TODAY:
            return today, today
        case Period.YESTERDAY:
            return today - _DAY, today - _DAY
        case Period.THIS_MONTH:
            return month, today
        case Period.LAST_MONTH:
            last = month - _DAY
            return last.replace(day=1), last
        case Period.THIS_YEAR:
            return today.replace(month=1, day=1), today
        case Period.LAST_YEAR:
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return None, None


def _known(kind: type[T], text: object, usual: T) -> T:
    try:
        return kind(str(text))
    except ValueError:
        return usual
