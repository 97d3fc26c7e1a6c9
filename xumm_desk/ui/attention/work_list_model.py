"""The Qt model of the work list: entries by key, in an order that holds still under the mouse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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

from xumm_desk.core.attention.entry import Action, AttentionEntry, Cause
from xumm_desk.core.attention.wording import CAUSE_LABELS, action_label
from xumm_desk.core.attention.work_list import (
    Rank,
    entry_of,
    hidden_until,
    rank_of,
    rank_of_entry,
    unmatched_entry,
)
from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.history import search_words
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.rows.filtering import search_fields
from xumm_desk.ui.requests.rows.lines import ranges
from xumm_desk.ui.style.theme import escape_tooltip
from xumm_desk.ui.style.time_format import age_text, ago_text, local_and_utc

LINE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_NO_PARENT: Final = QModelIndex()
_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One line as it is shown: its entry, and whether it was settled since it was put there."""

    entry: AttentionEntry
    settled: bool = False


@dataclass(slots=True)
class _Line:
    """One line: what it shows, and its entry once somebody has looked at it, which costs half a
    millisecond."""

    key: str
    shows: RequestRow | AttentionEntry
    settled: bool = False
    entry: AttentionEntry | None = None


class WorkListModel(QAbstractListModel):
    """What needs a person. Lines change where they are; they come, go and move by `tidy` alone, at
    a moment when nobody points at them. `counted` carries how many entries there are. Where
    `rights` allow no more, an entry leads to the details alone."""

    counted = Signal(int)

    def __init__(
        self,
        now: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        rights: Rights = TILL,
    ) -> None:
        super().__init__(parent)
        self._now, self._rights = now, rights
        # Rows that need a person by identifier, those apart that a person wanted to see later.
        self._rows: dict[str, RequestRow] = {}
        self._hidden: dict[str, RequestRow] = {}
        self._payments: dict[str, AttentionEntry] = {}
        # Of each row that was sorted, for as long as it is the same.
        self._ranks: dict[str, tuple[RequestRow, Rank]] = {}
        self._lines: list[_Line] = []
        self._places: dict[str, int] = {}
        self._is_tidy = True
        self._words: tuple[tuple[str, ...], ...] = ()
        self._count = 0

    # What Qt asks.

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Lines that are shown."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, spoken text, tooltip, and the line itself."""
        if role not in _ROLES:
            return None
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
        since = local_and_utc(entry.since, _("Since"))
        return escape_tooltip(f"{tr(Sentences([entry.why, entry.advice]))}\n{since}")

    # What the window asks.

    @property
    def count(self) -> int:
        """How many entries there are, whatever is searched for; hidden ones are left out."""
        return self._count

    @property
    def searching(self) -> bool:
        """Whether a search hides anything."""
        return bool(self._words)

    def line_at(self, index: _AnyIndex) -> WorkLine | None:
        """The line under an index."""
        place = index.row() if index.isValid() else -1
        if not 0 <= place < len(self._lines):
            return None
        line = self._lines[place]
        entry = line.entry = line.entry or self._entry(line.shows)
        return None if entry is None else WorkLine(entry, line.settled)

    def identifier_at(self, index: _AnyIndex) -> str:
        """The request of the line under an index, "" for none."""
        place = index.row() if index.isValid() else -1
        shown = self._lines[place].shows if 0 <= place < len(self._lines) else None
        return "" if shown is None else shown.identifier

    def index_of(self, key: str) -> QModelIndex:
        """The index of an entry; invalid where it is not shown."""
        place = self._places.get(key)
        return QModelIndex() if place is None else self.index(place, 0)

    def keys(self) -> frozenset[str]:
        """The keys of all entries; hidden ones are left out."""
        return frozenset((*self._rows, *self._payments))

    def entry(self, key: str) -> AttentionEntry | None:
        """The entry of a key, whether or not the search shows it or a person wanted to see it
        later."""
        shown = self._rows.get(key) or self._payments.get(key) or self._hidden.get(key)
        return None if shown is None else self._entry(shown)

    def spoken(self, line: WorkLine) -> str:
        """What a screen reader says of a line."""
        entry = line.entry
        if line.settled:
            return _("{what}: settled", what=entry.what)
        return tr(
            Message(
                "{what} ({age}). {why} {advice} Enter: {action}",
                what=Sentences([entry.what, entry.amount], LIST_SEPARATOR),
                why=entry.why,
                advice=entry.advice,
                age=ago_text(self._waited(entry)),
                action=action_label(entry.action, refund=entry.is_refund),
            )
        )

    def age(self, entry: AttentionEntry) -> str:
        """How long it has been waiting."""
        return age_text(self._waited(entry))

    def _waited(self, entry: AttentionEntry) -> float:
        return (self._now() - entry.since).total_seconds()

    def update_rows(self, rows: Iterable[RequestRow]) -> bool:
        """Take over new states of requests. Returns whether any entry changed."""
        changed = []
        for row in rows:
            name = row.identifier
            if needs_person(row.request, row.verdict):
                self._sort_in(row)
                changed.append(name)
            elif (self._rows.pop(name, None) or self._hidden.pop(name, None)) is not None:
                changed.append(name)
        if changed:
            self._show_changes(changed)
        return bool(changed)

    def set_payments(
        self, payments: Sequence[UnmatchedPayment], dismissed: Mapping[str, datetime]
    ) -> None:
        """Take over the unmatched payments; dismissed ones need nobody."""
        entries = [unmatched_entry(one) for one in payments if one.txid not in dismissed]
        before, self._payments = self._payments, {entry.key: entry for entry in entries}
        self._show_changes({*before, *self._payments})

    def set_search(self, text: str) -> None:
        """Show entries that contain every word of `text`; all of them for ""."""
        self._words, self._is_tidy = search_words.phrases_of(text), False
        self.tidy()

    def refresh_times(self) -> None:
        """A while has passed: waits may have ended, and other advice may be right."""
        hidden = tuple(self._hidden.values())
        for row in hidden:
            self._sort_in(row)
        over = [row.identifier for row in hidden if row.identifier in self._rows]
        timed = [
            line.key
            for line in self._lines
            if line.entry is not None and line.entry.cause is Cause.MAY_STILL_BE_PAID
        ]
        for key in timed:
            self._lines[self._places[key]].entry = None
        self._show_changes([*timed, *over])

    def tidy(self) -> None:
        """Bring the lines into order, add what is new and drop what is settled."""
        if self._is_tidy:
            return
        self._is_tidy = True
        shown: list[tuple[Rank, RequestRow | AttentionEntry]] = [
            (self._rank(row), row) for row in self._rows.values() if self._matches(row)
        ]
        shown += [
            (rank_of_entry(entry), entry)
            for entry in self._payments.values()
            if self._matches(entry)
        ]
        wanted = {rank[2]: one for rank, one in sorted(shown, key=lambda pair: pair[0])}
        if [line.key for line in self._lines] != [*wanted]:
            self._drop(wanted)
            self._append([(key, one) for key, one in wanted.items() if key not in self._places])
            self._move(list(wanted))

    # How it is done.

    def _sort_in(self, row: RequestRow) -> None:
        until = hidden_until(row.request, row.verdict)
        later = until is not None and self._now() < until
        into, out = (self._hidden, self._rows) if later else (self._rows, self._hidden)
        into[row.identifier] = row
        out.pop(row.identifier, None)

    def _entry(self, shown: RequestRow | AttentionEntry) -> AttentionEntry | None:
        if isinstance(shown, AttentionEntry):
            return shown if self._rights.writes else replace(shown, action=Action.DETAILS)
        entry = entry_of(shown.request, shown.verdict, shown.refunds, self._now())
        if entry is None or self._rights.writes:
            return entry
        return replace(entry, action=Action.DETAILS, further=())

    def _rank(self, row: RequestRow) -> Rank:
        known = self._ranks.get(row.identifier)
        if known is None or known[0] is not row:
            known = self._ranks[row.identifier] = (row, rank_of(row.request, row.verdict))
        return known[1]

    def _drop(self, kept: Collection[str]) -> None:
        gone = [at for at, line in enumerate(self._lines) if line.key not in kept]
        for first, last in reversed(ranges(gone)):
            self.beginRemoveRows(_NO_PARENT, first, last)
            for line in self._lines[first : last + 1]:
                self._ranks.pop(line.key, None)
            del self._lines[first : last + 1]
            self.endRemoveRows()
        self._index()

    def _append(self, added: Sequence[tuple[str, RequestRow | AttentionEntry]]) -> None:
        if added:
            first = len(self._lines)
            self.beginInsertRows(_NO_PARENT, first, first + len(added) - 1)
            self._lines += [_Line(key, one) for key, one in added]
            self._index()
            self.endInsertRows()

    def _move(self, keys: Sequence[str]) -> None:
        """Bring the lines into the order of their keys."""
        if [line.key for line in self._lines] == keys:
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._lines[index.row()].key) for index in self.persistentIndexList()]
        places = {key: place for place, key in enumerate(keys)}
        self._lines.sort(key=lambda line: places[line.key])
        self._index()
        self.changePersistentIndexList(
            [index for index, _key in kept], [self.index(places[key], 0) for _old, key in kept]
        )
        self.layoutChanged.emit()

    def _index(self) -> None:
        self._places = {line.key: place for place, line in enumerate(self._lines)}

    def _show_changes(self, keys: Collection[str]) -> None:
        """Let the lines of these show what is known now; what needs no line any more, or has none
        yet, waits for `tidy`."""
        for key in keys:
            shown = self._rows.get(key) or self._payments.get(key)
            place = self._places.get(key)
            if place is None:
                self._is_tidy = self._is_tidy and shown is None
                continue
            line = self._lines[place]
            if shown is None:
                if line.settled:
                    continue
                # Of a settled line the last entry stays: made now, before the row is another.
                line.entry = line.entry or self._entry(line.shows)
                line.settled = True
            elif shown is not line.shows or line.settled or line.entry is None:
                line.shows, line.settled, line.entry = shown, False, None
            else:
                continue
            self._is_tidy = False
            index = self.index(place, 0)
            self.dataChanged.emit(index, index)
        count = len(self._rows) + len(self._payments)
        if count != self._count:
            self._count = count
            self.counted.emit(count)

    def _matches(self, shown: RequestRow | AttentionEntry) -> bool:
        if not self._words:
            return True
        if isinstance(shown, AttentionEntry):
            texts = [tr(shown.what), tr(shown.amount), tr(shown.why), shown.txid]
            fields = [search_words.terms_of(text) for text in texts]
        else:
            cause = search_words.terms_of(tr(CAUSE_LABELS[self._rank(shown)[0]]))
            fields = [cause, *search_fields(shown)]
        return search_words.matches(self._words, fields)


_ROLES: Final = frozenset(
    {
        LINE_ROLE,
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
        int(Qt.ItemDataRole.ToolTipRole),
    }
)
