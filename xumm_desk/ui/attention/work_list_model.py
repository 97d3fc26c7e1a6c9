"""The Qt model of the work list: entries by key, in an order that holds still under the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from xumm_desk.core.attention.entry import AttentionEntry
from xumm_desk.core.attention.wording import action_label
from xumm_desk.core.attention.work_list import entry_of, in_order, unmatched_entry
from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.filtering import search_text
from xumm_desk.ui.style.theme import escape_tooltip
from xumm_desk.ui.style.time_format import age_text, local_and_utc

LINE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_NO_PARENT: Final = QModelIndex()
_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One line: its entry, and whether it was settled since it was put there."""

    entry: AttentionEntry
    settled: bool = False


class WorkListModel(QAbstractListModel):
    """What needs a person. Lines change where they are; they come, go and move by `tidy` alone, at
    a moment when nobody points at them. `counted` carries how many entries there are."""

    counted = Signal(int)

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        # Rows that need a person, waits included, by identifier.
        self._rows: dict[str, RequestRow] = {}
        self._entries: dict[str, AttentionEntry] = {}
        self._payments: dict[str, AttentionEntry] = {}
        self._lines: list[WorkLine] = []
        self._words: tuple[str, ...] = ()
        self._count = 0

    # What Qt asks.

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Lines that are shown."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, spoken text, tooltip, and the line itself."""
        line = self.line_at(index)
        if line is None:
            return None
        entry = line.entry
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(entry.what)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            since = local_and_utc(entry.since, _("Since"))
            return escape_tooltip(f"{tr(Sentences([entry.why, entry.advice]))}\n{since}")
        return None

    # What the window asks.

    @property
    def count(self) -> int:
        """How many entries there are, whatever is searched for; hidden ones are left out."""
        return self._count

    @property
    def searching(self) -> bool:
        """Whether a search hides anything."""
        return bool(self._words)

    def now(self) -> datetime:
        """The desk's time (UTC)."""
        return self._now()

    def line_at(self, index: _AnyIndex) -> WorkLine | None:
        """The line under an index."""
        place = index.row() if index.isValid() else -1
        return self._lines[place] if 0 <= place < len(self._lines) else None

    def index_of(self, key: str) -> QModelIndex:
        """The index of an entry; invalid where it is not shown."""
        for place, line in enumerate(self._lines):
            if line.entry.key == key:
                return self.index(place, 0)
        return QModelIndex()

    def spoken(self, line: WorkLine) -> str:
        """What a screen reader says of a line."""
        entry = line.entry
        if line.settled:
            return _("{what}: settled", what=entry.what)
        said = Sentences([entry.what, entry.amount], ", ")
        return tr(
            Message(
                "{what}. {why} {advice} {since} ago. Enter: {action}",
                what=said,
                why=entry.why,
                advice=entry.advice,
                since=self.age(entry),
                action=action_label(entry.action, refund=entry.is_refund),
            )
        )

    def age(self, entry: AttentionEntry) -> str:
        """How long it has been waiting."""
        return age_text((self._now() - entry.since).total_seconds())

    def update_rows(self, rows: Iterable[RequestRow]) -> bool:
        """Take over new states of requests. Returns whether any entry changed."""
        changed = []
        for row in rows:
            name = row.identifier
            if needs_person(row.request, row.verdict):
                self._rows[name] = row
                changed.append(name)
            elif self._rows.pop(name, None) is not None:
                changed.append(name)
        if changed:
            self._refresh(changed)
        return bool(changed)

    def set_payments(
        self, payments: Sequence[UnmatchedPayment], dismissed: Mapping[str, datetime]
    ) -> None:
        """Take over the unmatched payments; dismissed ones need nobody."""
        entries = [unmatched_entry(one) for one in payments if one.txid not in dismissed]
        self._payments = {entry.key: entry for entry in entries}
        self._show_changes()

    def set_search(self, text: str) -> None:
        """Show entries that contain every word of `text`; all of them for ""."""
        self._words = tuple(text.casefold().split())
        self.tidy()

    def refresh_times(self) -> None:
        """A while has passed: waits may have ended, and advice may be another."""
        self._refresh(self._rows)

    def tidy(self) -> None:
        """Bring the lines into order, add what is new and drop what is settled."""
        wanted = in_order(entry for entry in self._open() if self._matches(entry))
        keys = [entry.key for entry in wanted]
        if [line.entry.key for line in self._lines] != keys:
            self._drop(set(keys))
            shown = {line.entry.key for line in self._lines}
            self._append([entry for entry in wanted if entry.key not in shown])
            self._move(keys)
        self._show_changes()

    # How it is done.

    def _drop(self, kept: set[str]) -> None:
        for place in reversed(range(len(self._lines))):
            if self._lines[place].entry.key not in kept:
                self.beginRemoveRows(_NO_PARENT, place, place)
                del self._lines[place]
                self.endRemoveRows()

    def _append(self, entries: Sequence[AttentionEntry]) -> None:
        if entries:
            first = len(self._lines)
            self.beginInsertRows(_NO_PARENT, first, first + len(entries) - 1)
            self._lines += [WorkLine(entry) for entry in entries]
            self.endInsertRows()

    def _move(self, keys: Sequence[str]) -> None:
        """Bring the lines into the order of their keys."""
        if [line.entry.key for line in self._lines] == keys:
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._lines[index.row()].entry.key) for index in self.persistentIndexList()]
        places = {key: place for place, key in enumerate(keys)}
        self._lines.sort(key=lambda line: places[line.entry.key])
        self.changePersistentIndexList(
            [index for index, _key in kept], [self.index(places[key], 0) for _old, key in kept]
        )
        self.layoutChanged.emit()

    def _refresh(self, names: Iterable[str]) -> None:
        now = self._now()
        for name in names:
            row = self._rows.get(name)
            entry = entry_of(row.request, row.verdict, row.refunds, now) if row else None
            if entry is None or entry.is_hidden(now):
                self._entries.pop(name, None)
            else:
                self._entries[name] = entry
        self._show_changes()

    def _open(self) -> Iterable[AttentionEntry]:
        return (*self._entries.values(), *self._payments.values())

    def _show_changes(self) -> None:
        """Let the lines that are there show what is known now."""
        known = {entry.key: entry for entry in self._open()}
        for place, line in enumerate(self._lines):
            entry = known.get(line.entry.key)
            fresh = WorkLine(entry) if entry is not None else WorkLine(line.entry, settled=True)
            if fresh != line:
                self._lines[place] = fresh
                index = self.index(place, 0)
                self.dataChanged.emit(index, index)
        if len(known) != self._count:
            self._count = len(known)
            self.counted.emit(self._count)

    def _matches(self, entry: AttentionEntry) -> bool:
        if not self._words:
            return True
        row = self._rows.get(entry.key)
        hay = f"{tr(entry.what)}\n{tr(entry.amount)}\n{tr(entry.why)}\n{entry.txid}".casefold()
        if row is not None:
            hay = f"{hay}\n{search_text(row)}"
        return all(word in hay for word in self._words)
