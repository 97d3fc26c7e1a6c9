"""Knows how one request is shown in full: how it stands, its code, its evidence. Must not know
how it came to stand so, nor do anything but ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core import amount
from xumm_desk.core.facts import Fact
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.verdict import Mark
from xumm_desk.core.wording import meaning, reasons, word
from xumm_desk.engine.book import Row

from . import columns
from .actions import RequestActions, why_no_cancel
from .calm import Calm
from .detail_parts import (
    ActionButton,
    Checks,
    Elided,
    Fields,
    Raw,
    Snug,
    breakable,
    prose,
    raw_text,
    words,
)
from .fields_of import fields_of
from .loader import FactLoader, Start
from .qr import QrView
from .shapes import Mark as ShapeMark
from .steps import StepLine
from .theme import Size, Space, Theme, tone_of
from .timeline import Timeline
from .times import Clock

_WIDE: Final = 760
"""From this width on, evidence stands beside the summary instead of below it."""

_COVER: Final = 72
_ANY: Final = (1 << 24) - 1
"""Qt's own "no limit" for the size of a widget."""

_SCANNABLE: Final = frozenset({Status.WAITING, Status.OPENED, Status.PRE_SIGNED, Status.DISPATCHED})


class Source(Protocol):
    """The part of the desk that is read."""

    @property
    def clock(self) -> Clock:
        """The engine's clock."""
        ...

    async def facts(self, identifier: str) -> Sequence[Fact]:
        """Everything on disk about one request."""
        ...


class Detail(QWidget):
    """One request. Call `show_row` with every new state of it and `tick` once a second; scroll
    positions and the chosen tab stay."""

    def __init__(
        self, desk: Source, actions: RequestActions, start: Start, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock, self._actions = desk.clock, actions
        self._row: Row | None = None
        self._facts: tuple[Fact, ...] = ()
        self._loader = FactLoader(desk.facts, start, self)
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._failed)
        self._build()
        actions.serve(self)
        self._code.copied.connect(self._told_copied)
        self._code.saved.connect(actions.copied)
        self._tabs.currentChanged.connect(self._show_evidence)
        Theme.current().changed.connect(self._dress)
        self.show_row(None)

    @property
    def row(self) -> Row | None:
        """What is shown."""
        return self._row

    @property
    def code(self) -> QrView:
        """The code."""
        return self._code

    @property
    def tabs(self) -> QTabWidget:
        """The evidence."""
        return self._tabs

    def show_row(self, row: Row | None) -> None:
        """Show a request, or its newest state, or nothing."""
        same = row is not None and self._row is not None and row.identifier == self._row.identifier
        self._row = row
        self._stack.setCurrentIndex(1 if row is not None else 0)
        if row is None:
            return
        if not same:
            self._facts = ()
            self._trouble.hide()
        self._show_summary(row)
        self.tick()
        self._body.updateGeometry()
        self._show_evidence()
        self._loader.ask(row.identifier)

    def tick(self) -> None:
        """A second has passed."""
        if self._row is None:
            return
        self._left.setText(columns.spoken_left(self._row, self._clock))
        self._show_code(self._row)

    def minimumSizeHint(self) -> QSize:
        """Two buttons side by side, and something of everything."""
        hints = [button.sizeHint().width() for button in self._all]
        two = max(hints[::2]) + max(hints[1::2]) + int(Space.S)
        return QSize(two + 2 * int(Space.S + Space.L) + 2, 340)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Evidence goes beside or below the summary."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        directions = QBoxLayout.Direction
        self._split.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._place_buttons(3 if self._room() >= self._three() else 2)
        self._share()

    # Building.

    def _build(self) -> None:
        self.setAccessibleName("Request")
        self._calm = Calm()
        self._calm.say("No request selected", "Select one in the table to see its evidence.")
        page = QWidget()
        self._split = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
        self._split.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        self._split.setSpacing(int(Space.S))
        self._split.addWidget(self._build_summary())
        self._split.addWidget(self._build_evidence())
        self._stack = QStackedLayout(self)
        # Three buttons side by side must not keep the pane from becoming narrow enough for two.
        self._stack.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)
        self._stack.addWidget(self._calm)
        self._stack.addWidget(page)

    def _build_summary(self) -> QWidget:
        card = QFrame()
        card.setProperty("card", True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(int(Space.L), int(Space.M), int(Space.L), int(Space.M))
        column.setSpacing(int(Space.XS))
        self._make_parts()
        status = QHBoxLayout()
        status.setSpacing(int(Space.S))
        status.addWidget(self._mark)
        status.addWidget(self._word, 1)
        status.addWidget(self._left)
        column.addWidget(self._reference)
        column.addWidget(self._amount)
        column.addLayout(status)
        column.addWidget(self._meaning)
        column.addWidget(self._reasons)
        column.addWidget(self._stale)
        column.addSpacing(int(Space.XS))
        column.addWidget(self._code, 1)
        column.addSpacing(int(Space.S))
        column.addWidget(self._steps)
        column.addWidget(self._why)
        column.addWidget(self._trouble)
        column.addStretch(0)
        self._body = Snug(content)
        self._body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        # The buttons stay in sight, however much there is to say.
        self._buttons.setContentsMargins(int(Space.L), int(Space.S), int(Space.L), int(Space.M))
        whole = QVBoxLayout(card)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(self._body, 1)
        whole.addLayout(self._buttons)
        one = self._actions
        self._all = [ActionButton(one.show, main=True), *map(ActionButton, one.every()[1:])]
        self._across = 0
        self._place_buttons(3)
        return card

    def _make_parts(self) -> None:
        self._reference = Elided()
        self._reference.setProperty("muted", True)
        self._amount = Elided(size=Size.TITLE, strong=True)
        self._mark = ShapeMark(22)
        self._word = words(size=Size.LARGE, strong=True)
        self._left = words(muted=True)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._left.setWordWrap(False)
        self._meaning, self._reasons, self._stale = prose(), prose(), prose(muted=True)
        self._code = QrView(least=150)
        self._steps = StepLine()
        self._trouble = prose(muted=True)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(int(Space.S))
        self._why = prose(muted=True)

    def _build_evidence(self) -> QWidget:
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setMinimumHeight(140)
        self._timeline, self._checks, self._fields = Timeline(), Checks(), Fields()
        self._raw = Raw("Raw answers")
        for widget, title in (
            (self._timeline, "Timeline"),
            (self._checks, "Checks"),
            (self._fields, "Request"),
            (self._raw, "Raw"),
        ):
            self._tabs.addTab(widget, title)
        return self._tabs

    def _place_buttons(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for place, button in enumerate(self._all):
            self._buttons.addWidget(button, place // across, place % across)

    def _room(self) -> int:
        """The width for the buttons."""
        wide = self._split.direction() is QBoxLayout.Direction.LeftToRight
        return (self.width() * 2 // 5 if wide else self.width()) - 2 * int(Space.S + Space.L) - 2

    def _three(self) -> int:
        """The width that three buttons side by side need."""
        hints = [button.sizeHint().width() for button in self._all]
        return sum(max(hints[i], hints[i + 3]) for i in range(3)) + 2 * int(Space.S)

    def _share(self) -> None:
        """Who gets the spare room: a code that is to be scanned, else the evidence."""
        shown = not self._code.isHidden()
        wide = self._split.direction() is QBoxLayout.Direction.LeftToRight
        first, second = (2, 3) if wide else (2, 1) if shown else (0, 1)
        self._split.setStretch(0, first)
        self._split.setStretch(1, second)
        self._body.updateGeometry()

    # Showing.

    def _show_summary(self, row: Row) -> None:
        request, order, verdict = row.request, row.request.order, row.verdict
        asked = columns.money(row)
        open_amount = "Any amount" if order.pays else order.tx_type or "Unknown transaction"
        self._reference.show_text(order.identifier)
        self._amount.show_text(amount.display(asked) or open_amount)
        self._word.setText(word(verdict.status))
        self._mark.show_status(verdict.status)
        said = meaning(request, verdict)
        self._say(self._meaning, said)
        why = [reason for reason in reasons(request, verdict) if reason != said]
        self._say(self._reasons, "\n".join(f"• {r}" if len(why) > 1 else r for r in why))
        stale = columns.as_of(row)
        self._say(self._stale, f"Live updates are lost: this is {stale}." if stale else "")
        self._steps.show_row(row)
        self._say(self._why, "" if verdict.final else why_no_cancel(row))
        self._actions.set_row(row)
        self._all[0].set_main(not verdict.final)
        self._dress()

    def _say(self, label: object, text: str) -> None:
        assert isinstance(label, type(self._word))
        label.setText(breakable(text))
        label.setAccessibleName(text)
        label.setVisible(bool(text))

    def _dress(self) -> None:
        """The status word in its tone; again when the scheme changes."""
        if self._row is not None:
            tone = Theme.current().colour(tone_of(self._row.verdict.status))
            self._word.setStyleSheet(f"color: {tone.name()}")

    def _show_code(self, row: Row) -> None:
        status, link = row.verdict.status, row.request.link
        shown = link is not None and status in _SCANNABLE
        if self._code.isHidden() == shown:
            self._code.setVisible(shown)
            self._share()
        if not shown or link is None:
            return
        remains = columns.seconds_left(row, self._clock)
        cover = ""
        if status is not Status.WAITING:
            # Hidden, so that no second phone opens it.
            cover = "Customer has scanned"
        elif remains is not None and remains <= 0:
            cover = "Time is up, checking"
        self._code.show_text(link, cover)
        # A cover needs no more room than its words.
        self._code.setMaximumHeight(_COVER if cover else _ANY)

    def _show_evidence(self) -> None:
        """Bring the visible tab up to date; the others follow when they are looked at."""
        row = self._row
        if row is None:
            return
        checks = row.verdict.checks
        good = sum(check.mark is Mark.PASSED for check in checks)
        title = f"Checks {good}/{len(checks)}" if checks else "Checks"
        if self._tabs.tabText(1) != title:
            self._tabs.setTabText(1, title)
        shown = self._tabs.currentWidget()
        if shown is self._timeline:
            self._timeline.show_facts(self._facts)
        elif shown is self._checks:
            self._checks.show_checks(checks)
        elif shown is self._fields:
            self._fields.show_fields(fields_of(row), row.request.order.body)
        else:
            self._raw.show_text(raw_text(self._facts))

    # What comes back.

    def _loaded(self, identifier: str, recorded: tuple[Fact, ...]) -> None:
        if self._row is not None and identifier == self._row.identifier:
            self._facts = recorded
            self._trouble.hide()
            self._show_evidence()

    def _failed(self, identifier: str, sentence: str) -> None:
        if self._row is not None and identifier == self._row.identifier:
            self._say(self._trouble, sentence)

    def _told_copied(self) -> None:
        self._actions.copied.emit("Link copied")
