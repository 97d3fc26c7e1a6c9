"""One line of a report: a figure beside that of the period before, and the requests behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message

from .differences import Difference
from .periods import TimeSlot


class Section(Enum):
    """The parts of a report, in their order."""

    TAKINGS = Message("Takings")
    REQUESTS = Message("Requests")
    DOUBT = Message("In doubt")
    REFUNDS = Message("Refunds")
    TIMES = Message("Times")
    SLOTS = Message("Sales over time")

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is read, and which requests make it up; None where there are none. Payments
    without a request make up one that is `unmatched`."""

    text: str
    query: HistoryQuery | None = None
    unmatched: bool = False

    @property
    def leads(self) -> bool:
        """Whether there is anything behind it to look at."""
        return self.query is not None or self.unmatched


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A figure of the period and of the one before. `key` stays the same from one report to the
    next. A `main` line stands at the top of its section. The line of a `slot` is about its time
    alone; `counts` are the two numbers, where the figure is one."""

    key: str
    section: Section
    label: str
    now: Figure
    before: Figure
    difference: Difference
    main: bool = False
    slot: TimeSlot | None = None
    counts: tuple[int, int] = (0, 0)
