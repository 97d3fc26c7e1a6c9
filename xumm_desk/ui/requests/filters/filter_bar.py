"""The drop-downs beside the search: period, status, asset, kind, till, operator and network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from xumm_desk.core.history.period import PERIOD_LABELS, Period, first_and_last
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.summary import Kind
from xumm_desk.core.message import Message
from xumm_desk.core.status import RANK, Status
from xumm_desk.core.verdict.wording import status_label
from xumm_desk.locale import formats
from xumm_desk.locale.formats import midnight
from xumm_desk.locale.translation import _, tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.style.theme import Space

from .choice_button import ChoiceButton

KIND_LABELS: Final = {
    Kind.SALE: Message("Sale"),
    Kind.REFUND: Message("Refund"),
    Kind.OTHER: Message("Other request"),
}
_ATTENTION: Final = "needs a person"
"""Beside the statuses: those that a person has to look at."""
_MOVED: Final = "money moved"
"""Those for which the ledger shows that money came, or went out."""
_UNPRICED: Final = "money without a price"
"""Those of them whose money has no worth in a currency."""

_DAY: Final = timedelta(days=1)

AskValues = Callable[[str, Callable[[Sequence[str]], None]], None]


class FilterBar(QWidget):
    """The filters but for group and search. `changed` carries them as a question without text.
    `ask_values` calls back with the different values of a column of the history. What has no room
    in the bar stands in the menu of its last button."""

    changed = Signal(object)
    clear_asked = Signal()

    def __init__(
        self, ask_values: AskValues, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask_values, self._now = ask_values, now
        self._period, self._day = Period.ANY, now().astimezone().date()
        self._since: datetime | None = None
        self._until: datetime | None = None
        self.period = QPushButton()
        self.period.setProperty("quiet", True)
        self.period.setMenu(QMenu(self.period))
        self.status = ChoiceButton(_("Status"), status_words)
        self.asset = ChoiceButton(_("Asset"), asset_words)
        self.kind = ChoiceButton(_("Kind"), lambda value: tr(KIND_LABELS[Kind(value)]))
        self.till = ChoiceButton(_("Till"), _words)
        self.cashier = ChoiceButton(_("Operator"), _words)
        self.network = ChoiceButton(_("Network"), _words)
        self._by_column = {
            "asset": self.asset,
            "till": self.till,
            "cashier": self.cashier,
            "network": self.network,
        }
        self.choices = (self.status, self.asset, self.kind, self.till, self.cashier, self.network)
        self.more = QPushButton(_("Filters"))
        self.more.setProperty("quiet", True)
        self.more.setMenu(QMenu(self.more))
        self.clear = QPushButton("✕")
        self.clear.setProperty("quiet", True)
        self.clear.setProperty("icon", True)
        self.clear.setToolTip(_("Clear filters"))
        self.clear.setAccessibleName(_("Clear filters"))
        self._build()
        self.use(HistoryQuery())

    def query(self) -> HistoryQuery:
        """What is chosen, without group and search."""
        statuses = {Status(one) for one in self.status.chosen if one not in _OTHER_WORDS}
        return HistoryQuery(
            statuses=frozenset(statuses),
            attention=_ATTENTION in self.status.chosen,
            moved=_MOVED in self.status.chosen,
            unpriced=_UNPRICED in self.status.chosen,
            since=self._since,
            until=self._until,
            assets=self.asset.chosen,
            tills=self.till.chosen,
            cashiers=self.cashier.chosen,
            kinds=frozenset(map(Kind, self.kind.chosen)),
            networks=self.network.chosen,
        )

    @property
    def chosen_period(self) -> Period:
        """Which days are shown, by name."""
        return self._period

    @property
    def chosen_days(self) -> tuple[date, date] | None:
        """The first and the last day that are shown; None for all days, for a time without a
        beginning or an end, and for parts of days."""
        if self._since is None or self._until is None:
            return None
        first, last = (at.astimezone().date() for at in (self._since, self._until - _DAY / 2))
        are_whole = (self._since, self._until) == (midnight(first), midnight(last + _DAY))
        return (first, last) if are_whole else None

    def use(self, query: HistoryQuery, period: Period | None = None) -> None:
        """Show these filters. `period` is the name of its days, None if it has to be found."""
        self.status.choose(status_values(query))
        self.kind.choose(one.value for one in query.kinds)
        self.asset.choose(query.assets)
        self.till.choose(query.tills)
        self.cashier.choose(query.cashiers)
        self.network.choose(query.networks)
        self._since, self._until = query.since, query.until
        self._period = self._named_period() if period is None else period
        self._refresh()

    def read_values(self) -> None:
        """Ask which values there are; nothing is asked while nobody looks."""
        for column, button in self._by_column.items():
            self._ask_values(column, partial(self._offer, button))

    def tick(self) -> None:
        """Time has passed: "Today" is another day after midnight."""
        today = self._now().astimezone().date()
        if today != self._day:
            self._day = today
            if self._period not in (Period.ANY, Period.DAYS):
                self.choose_period(self._period)

    def choose_period(self, period: Period) -> None:
        """Narrow to these days."""
        self._day = self._now().astimezone().date()
        if period is Period.DAYS:
            self._ask_days()
            return
        self._period = period
        self._set_days(first_and_last(period, self._day))

    def use_days(self, first: date, last: date) -> None:
        """Narrow to the days from `first` to `last`."""
        self._period = Period.DAYS
        self._set_days((first, last))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        """Room for all of them in a row."""
        shown = [self.period, *(one for one in self.choices if one.is_useful), self.clear]
        return QSize(
            sum(one.sizeHint().width() + int(Space.XS) for one in shown),
            self.period.sizeHint().height(),
        )

    def minimumSizeHint(self) -> QSize:
        """The period, and the menu of the others."""
        least = (self.period, self.more, self.clear)
        return QSize(
            sum(one.sizeHint().width() + int(Space.XS) for one in least),
            self.period.sizeHint().height(),
        )

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(int(Space.XS))
        for button in (self.period, *self.choices, self.more, self.clear):
            row.addWidget(button)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.status.offer(
            [*_OTHER_WORDS, *(one.value for one in sorted(Status, key=RANK.__getitem__))]
        )
        self.kind.offer(one.value for one in Kind)
        group = QActionGroup(self)
        for period in Period:
            action = self.period.menu().addAction(tr(PERIOD_LABELS[period]))
            action.setCheckable(True)
            action.setData(period.value)
            group.addAction(action)
            action.triggered.connect(partial(self.choose_period, period))
        self.period.menu().aboutToShow.connect(self._tick_period)
        for button in self.choices:
            button.changed.connect(self._changed)
            button.choices.aboutToShow.connect(self.read_values)
        self.more.menu().aboutToShow.connect(self.read_values)
        self.clear.clicked.connect(self.clear_asked)

    def _set_days(self, days: tuple[date, date] | None) -> None:
        self._since = midnight(days[0]) if days else None
        self._until = midnight(days[1] + _DAY) if days else None
        self._changed()

    def _ask_days(self) -> None:
        first = self._since.astimezone().date() if self._since else self._day
        last = (self._until - _DAY / 2).astimezone().date() if self._until else self._day
        from .dates_dialog import DatesDialog  # noqa: PLC0415 - opened seldom

        dialog = DatesDialog(first, last, self.window())
        dialog.chosen.connect(self.use_days)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _named_period(self) -> Period:
        if self._since is None and self._until is None:
            return Period.ANY
        for period in Period:
            days = first_and_last(period, self._day)
            if days and (self._since, self._until) == (midnight(days[0]), midnight(days[1] + _DAY)):
                return period
        return Period.DAYS

    def _tick_period(self) -> None:
        for action in self.period.menu().actions():
            action.setChecked(action.data() == self._period.value)

    def _offer(self, button: ChoiceButton, values: Sequence[str]) -> None:
        button.offer(values)
        self._arrange()
        self.updateGeometry()

    def _changed(self) -> None:
        self._refresh()
        self.changed.emit(self.query())

    def _refresh(self) -> None:
        if self._period is Period.DAYS:
            words = _days_words(self._since, self._until)
        else:
            words = tr(PERIOD_LABELS[self._period])
        self.period.setText(words)
        self.period.setAccessibleName(_("Period: {period}", period=words))
        self.period.setToolTip(_("Period: {period}", period=words))
        self._arrange()
        self.updateGeometry()

    def _arrange(self) -> None:
        """Show as many buttons as fit, and the others in the menu of the last."""
        gap = int(Space.XS)
        cleared = self.query() == HistoryQuery()
        self.clear.setVisible(not cleared)
        room = self.width() - self.period.sizeHint().width() - gap
        room -= 0 if cleared else self.clear.sizeHint().width() + gap
        useful = [one for one in self.choices if one.is_useful]
        if sum(one.sizeHint().width() + gap for one in useful) > room:
            room -= self.more.sizeHint().width() + gap
        # What is chosen is seen first.
        shown = set()
        for one in sorted(useful, key=lambda one: not one.chosen):
            room -= one.sizeHint().width() + gap
            if room < 0:
                break
            shown.add(one)
        hidden = [one for one in useful if one not in shown]
        for one in self.choices:
            one.setVisible(one in shown)
        menu = self.more.menu()
        if menu.isVisible():
            return
        menu.clear()
        for one in hidden:
            menu.addMenu(one.choices)
        self.more.setVisible(bool(hidden))


_OTHER_WORDS: Final[dict[str, Message]] = {
    _ATTENTION: Message("Needs a person"),
    _MOVED: Message("Money moved"),
    _UNPRICED: Message("Money without a price"),
}


def status_values(query: HistoryQuery) -> list[str]:
    """What is ticked in the drop-down of statuses for this question."""
    others = [
        word
        for word, is_asked in (
            (_ATTENTION, query.attention),
            (_MOVED, query.moved),
            (_UNPRICED, query.unpriced),
        )
        if is_asked
    ]
    return [one.value for one in query.statuses] + others


def status_words(value: str) -> str:
    """A status as its drop-down shows it."""
    return tr(_OTHER_WORDS.get(value) or status_label(Status(value)))


@spoken_again
def _days_words(since: datetime | None, until: datetime | None) -> str:
    """The first and the last day; of a part of a day its hours too."""
    begins = since.astimezone() if since else None
    ends = until.astimezone() if until else None
    if begins and ends and (begins.time() != time() or ends.time() != time()):
        first, last = _minute(begins), _minute(ends)
        if begins.date() == ends.date():
            last = formats.hour_and_minute(ends.time())
        return f"{first} – {last}"
    first = formats.numeric_date(begins.date()) if begins else "…"
    last = "…"
    if until:
        last = formats.numeric_date((until - timedelta(microseconds=1)).astimezone().date())
    return first if first == last else f"{first} – {last}"


def _minute(at: datetime) -> str:
    return f"{formats.numeric_date(at.date())} {formats.hour_and_minute(at.time())}"


def asset_words(value: str) -> str:
    """The asset's code; its issuer is too long for a menu, and begins it where codes are alike."""
    code, _dot, issuer = value.partition(".")
    return (f"{code} · {issuer[:8]}…" if issuer else code) or _("No amount")


def _words(value: str) -> str:
    return value or _("None", context="filter")
