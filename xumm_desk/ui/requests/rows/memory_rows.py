"""The rows in memory: their newest states, which of them match the filter, and counts by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from xumm_desk.core.history import search_words
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests.columns import Column

from .filtering import EVERY_FIELD, Group, filter_groups, search_fields, sort_key, summary_of


class MemoryRows:
    """Rows by identifier. New states are staged and taken over by `publish`. Each row has a number
    below zero, by which `Lines` knows it."""

    def __init__(self, clock: Clock) -> None:
        self.rows: dict[str, RequestRow] = {}
        self.counts: Counter[Group] = Counter()
        self.text, self.group, self.fields = "", Group.ALL, EVERY_FIELD
        self.column, self.descending = Column.TIME, True
        self.new: set[str] = set()
        """Those of the last batch that are newer than all before; others come from the journal."""
        self._newest: datetime | None = None
        self._clock = clock
        self._phrases: tuple[tuple[str, ...], ...] = ()
        # By identifier what was shown before, and rows that are not shown yet.
        self._changed: dict[str, RequestRow] = {}
        self._new: dict[str, RequestRow] = {}
        # The number of each row, and the other way round.
        self._numbers: dict[str, int] = {}
        self._names: list[str] = [""]
        # What search and filters look at, made once for each state of a row.
        self._search_fields: dict[str, list[tuple[str, ...]]] = {}
        self._summaries: dict[str, RequestSummary] = {}

    @property
    def staged(self) -> int:
        """How many new rows are not taken over yet."""
        return len(self._new)

    @property
    def has_staged(self) -> bool:
        """Whether anything is not taken over yet."""
        return bool(self._new or self._changed)

    def stage(self, rows: Iterable[RequestRow]) -> None:
        """Store new states at once; done for each of thousands a second."""
        for row in rows:
            identifier = row.request.spec.identifier
            known = self.rows.get(identifier)
            if known is None:
                self._new[identifier] = row
            elif known is not row:
                self.rows[identifier] = row
                self._changed.setdefault(identifier, known)

    def publish(self, most: int) -> tuple[Mapping[str, RequestRow], Mapping[str, RequestRow]]:
        """Take over what was staged, of new rows `most`. Returns the rows that changed, as they
        were before, and the new ones."""
        dirty, self._changed = self._changed, {}
        fresh, self._new = self._new, {}
        if len(fresh) > most:
            names = list(fresh)
            self._new = {name: fresh.pop(name) for name in names[most:]}
        for name in fresh:
            self._numbers[name] = -len(self._names)
            self._names.append(name)
        self._note_new(fresh)
        self.rows.update(fresh)
        for name, before in dirty.items():
            self._count(filter_groups(before), filter_groups(self.rows[name]))
            self._search_fields.pop(name, None)
            self._summaries.pop(name, None)
        for row in fresh.values():
            self._count((), filter_groups(row))
        return dirty, fresh

    def remove(self, identifiers: Iterable[str]) -> None:
        """Forget rows of which nothing is staged."""
        for name in identifiers:
            self._count(filter_groups(self.rows.pop(name)), ())
            self._names[-self._numbers.pop(name)] = ""
            self._search_fields.pop(name, None)
            self._summaries.pop(name, None)

    def is_staged(self, identifier: str) -> bool:
        """Whether the row's last change is not taken over yet."""
        return identifier in self._changed or identifier in self._new

    def number(self, identifier: str) -> int | None:
        """The number of a row; None for one that is not in memory."""
        return self._numbers.get(identifier)

    def numbers(self, identifiers: Iterable[str]) -> list[int]:
        """The numbers of these rows."""
        return [self._numbers[name] for name in identifiers]

    def name(self, number: int) -> str:
        """The identifier of the row with this number."""
        return self._names[-number]

    def set_filter(self, text: str, group: Group, fields: HistoryQuery) -> bool:
        """Ask for other rows; whether these are others than before."""
        phrases, fields = search_words.phrases_of(text), replace(fields, text="")
        before = self._phrases, self.group, self.fields
        self.text, self._phrases, self.group, self.fields = text, phrases, group, fields
        if fields == EVERY_FIELD:
            self._summaries.clear()
        return (phrases, group, fields) != before

    @property
    def filtered(self) -> bool:
        """Whether a filter hides anything."""
        return bool(self._phrases) or self.group is not Group.ALL or self.fields != EVERY_FIELD

    def matches(self, row: RequestRow) -> bool:
        """Whether the filter asks for this row."""
        if self.group is not Group.ALL and self.group not in filter_groups(row):
            return False
        if self.fields != EVERY_FIELD and not self.fields.matches_fields(self._summary(row)):
            return False
        if not self._phrases:
            return True
        fields = self._search_fields.get(row.identifier)
        if fields is None:
            fields = self._search_fields[row.identifier] = search_fields(row)
        return search_words.matches(self._phrases, fields)

    def key(self, identifier: str) -> Any:
        """What the row is sorted by."""
        return sort_key(self.rows[identifier], self.column, self._clock)

    def ordered(self, identifiers: Iterable[str]) -> list[str]:
        """These rows in the order that is chosen."""
        return sorted(identifiers, key=self.key, reverse=self.descending)

    def _note_new(self, fresh: Mapping[str, RequestRow]) -> None:
        newest, times = self._newest, {n: row.request.created_at for n, row in fresh.items()}
        self.new = {n for n, at in times.items() if newest is not None and at > newest}
        if times:
            self._newest = max([*times.values(), *([newest] if newest is not None else [])])

    def _summary(self, row: RequestRow) -> RequestSummary:
        found = self._summaries.get(row.identifier)
        if found is None:
            found = self._summaries[row.identifier] = summary_of(row)
        return found

    def _count(self, before: Sequence[Group], after: Sequence[Group]) -> None:
        if before != after:
            for group in before:
                self.counts[group] -= 1
            for group in after:
                self.counts[group] += 1
