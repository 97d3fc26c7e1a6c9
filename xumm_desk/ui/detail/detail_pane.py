"""The detail pane: the summary of one request, and its evidence in tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.stage_times import stage_times
from xumm_desk.core.verdict.check import CheckState
from xumm_desk.core.verdict.support_text import known_uuids
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.containers import EmptyView

from .check_list import CheckList
from .fact_loader import FactLoader
from .field_list import FieldList
from .ledger_fields import NOTHING_YET, ledger_sections, why_no_ledger
from .life_bar import LifeBar
from .raw_tree import RawTab
from .request_fields import request_sections
from .review_line import ReviewLine
from .summary_card import SummaryCard
from .timeline import Timeline

_WIDE: Final = 760
"""From this width on, evidence is beside the summary instead of below it."""

_EVIDENCE: Final = 270
"""Pixels of height that the evidence keeps below a summary."""
_WALK_MS: Final = 80
"""Between two rows that are shown while a key is held down: keys repeat thirty times a second."""
_LEAST_EVIDENCE: Final = 170
"""The same where a code could not be scanned else."""


class DetailPane(QWidget):
    """One request. Call `show_row` with every new state of it and `tick` once a second; scroll
    positions and the chosen tab stay. While the pane is hidden it only remembers the row.
    `close_asked` is the cross of the pane."""

    close_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        actions: RequestActions,
        start: StartTask,
        *,
        practice: bool = False,
        who: Callable[[], str] = str,
        rights: Rights = TILL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock, self._practice = desk.clock, practice
        self._row: RequestRow | None = None
        self._facts: tuple[Fact, ...] = ()
        self._is_behind = self._has_counts = False
        self._next_row: RequestRow | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(lambda: self.show_row(self._next_row))
        self._loader = FactLoader(desk.facts, start, self)
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._failed)
        self._summary = SummaryCard(desk.clock, actions)
        self._summary.close_asked.connect(self.close_asked)
        self.review = ReviewLine(desk, start, who, rights)
        self.review.changed_height.connect(self._share_space)
        self._build()
        self._raw.tree.copied.connect(actions.copied)
        actions.review_asked.connect(self.review.toggle_review)
        actions.add_shortcuts_to(self)
        self._tabs.currentChanged.connect(self._on_tab_changed)
        self.show_row(None)
        language_change.changed.connect(self._say_again)

    @property
    def row(self) -> RequestRow | None:
        """What is shown."""
        return self._row

    @property
    def code(self) -> QrView:
        """The code."""
        return self._summary.code

    @property
    def tabs(self) -> QTabWidget:
        """The evidence."""
        return self._tabs

    def show_row(self, row: RequestRow | None) -> None:
        """Show a request, or its newest state, or nothing."""
        self._pause.stop()
        if row is None or self._row is None or row.identifier != self._row.identifier:
            self._facts = ()
        self._row = row
        self._is_behind = not self.isVisible()
        if not self._is_behind:
            self._show()

    def show_row_soon(self, row: RequestRow | None) -> None:
        """The same for a row that may be left at once, since a key is held down: of those that come
        within a moment only the last is shown."""
        self._next_row = row
        if not self._pause.isActive():
            self._pause.start(_WALK_MS)

    def tick(self) -> None:
        """A second has passed."""
        if self._row is not None and self.isVisible():
            self._summary.tick()
            if self._tabs.currentWidget() is self._timeline_page:
                self._show_life()

    def sizeHint(self) -> QSize:
        """All tabs side by side."""
        bar = self._tabs.tabBar()
        tabs = bar.sizeHint().width() + 2 * int(Space.S)
        if not self._has_counts:
            tabs += bar.fontMetrics().horizontalAdvance(" 00/00")
        return QSize(max(self.minimumSizeHint().width(), tabs + int(Space.L)), 600)

    def minimumSizeHint(self) -> QSize:
        """The widest button, and something of everything."""
        return QSize(self._summary.min_width() + 2 * int(Space.S), 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Evidence goes beside or below the summary."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        directions = QBoxLayout.Direction
        self._split.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._share_space()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was selected while the pane was hidden."""
        super().showEvent(event)
        if self._is_behind:
            self._is_behind = False
            self._show()

    def _say_again(self) -> None:
        self._timeline.say_again()
        self._raw.tree.say_again()
        self._show()

    def _show(self) -> None:
        row = self._row
        self._stack.setCurrentIndex(1 if row is not None else 0)
        if row is None:
            return
        self._summary.show_row(row)
        self.review.show_row(row)
        self._share_space()
        self._show_evidence()
        self._loader.request(row.identifier)

    def _build(self) -> None:
        self.setAccessibleName(_("Request"))
        empty_view = EmptyView()
        empty_view.show_message(
            _("No request selected"), _("Select one in the table to see its evidence.")
        )
        page = QWidget()
        self._split = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
        self._split.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        self._split.setSpacing(int(Space.S))
        self._split.addWidget(self._build_summary())
        self._split.addWidget(self._build_evidence())
        self._stack = QStackedLayout(self)
        # The pane's own least size counts, not that of three buttons side by side.
        self._stack.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)
        self._stack.addWidget(empty_view)
        self._stack.addWidget(page)

    def _build_summary(self) -> QWidget:
        self._said = QWidget()
        column = QVBoxLayout(self._said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(int(Space.XS))
        column.addWidget(self._summary, 1)
        column.addWidget(self.review)
        return self._said

    def _build_evidence(self) -> QWidget:
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setMinimumHeight(_LEAST_EVIDENCE)
        self._life, self._timeline, self._timeline_page = LifeBar(), Timeline(), QWidget()
        column = QVBoxLayout(self._timeline_page)
        column.setContentsMargins(0, int(Space.S), 0, 0)
        column.setSpacing(int(Space.S))
        column.addWidget(self._life)
        column.addWidget(self._timeline, 1)
        self._checks, self._fields = CheckList(), FieldList()
        self._ledger, self._raw = FieldList(NOTHING_YET), RawTab()
        for widget, title in (
            (self._timeline_page, _("Timeline")),
            (self._checks, _("Checks")),
            (self._fields, _("Request")),
            (self._ledger, _("Ledger")),
            (self._raw, _("Raw")),
        ):
            self._tabs.addTab(widget, title)
        return self._tabs

    def _share_space(self) -> None:
        """Say how much room the summary may take beside or above the evidence."""
        wide = self._split.direction() is QBoxLayout.Direction.LeftToRight
        edge = 2 * int(Space.S)
        room = QSize(self.width() - edge, self.height() - edge)
        if wide:
            room.setWidth((room.width() - int(Space.S)) * 2 // 5)
        else:
            room.setHeight(room.height() - int(Space.S) - _EVIDENCE)
        room.setHeight(room.height() - self._review_height(room.width()) - int(Space.XS))
        self._summary.set_room(room, 0 if wide else _EVIDENCE - _LEAST_EVIDENCE)
        first, second = (2, 3) if wide else (0, 1)
        if (self._split.stretch(0), self._split.stretch(1)) != (first, second):
            self._split.setStretch(0, first)
            self._split.setStretch(1, second)
        self._summary.body.updateGeometry()
        # At once: a frame with the old places in it would be seen while rows are walked through.
        self._split.activate()

    def _review_height(self, width: int) -> int:
        return max(self.review.heightForWidth(width), self.review.minimumSizeHint().height())

    def _show_evidence(self) -> None:
        """Update the visible tab; the others follow when they are opened."""
        row = self._row
        if row is None:
            return
        checks = row.verdict.checks
        good = sum(check.state is CheckState.PASSED for check in checks)
        self._has_counts = bool(checks)
        title = _("Checks {good}/{count}", good=good, count=len(checks)) if checks else _("Checks")
        if self._tabs.tabText(1) != title:
            self._tabs.setTabText(1, title)
        shown = self._tabs.currentWidget()
        if shown is self._timeline_page:
            self._timeline.show_facts(self._facts)
            self._show_life()
        elif shown is self._checks:
            self._checks.show_checks(checks)
        elif shown is self._fields:
            self._fields.show_sections(request_sections(row))
        elif shown is self._ledger:
            if sections := ledger_sections(row, practice=self._practice):
                self._ledger.show_sections(sections)
            else:
                self._ledger.show_empty(*why_no_ledger(row.request))
        else:
            self._raw.tree.show_facts(self._facts, known_uuids(row.request))

    def _show_life(self) -> None:
        row = self._row
        goes_on = row is not None and not row.verdict.final
        self._life.show_times(stage_times(self._facts), self._clock.now() if goes_on else None)

    def _on_tab_changed(self) -> None:
        """Another tab was opened."""
        self._show_evidence()
        self._loader.request_now()

    # Results of the loader.

    def _loaded(self, identifier: str, recorded: tuple[Fact, ...]) -> None:
        if self._row is not None and identifier == self._row.identifier:
            self._facts = recorded
            self._summary.show_error("")
            self._show_evidence()

    def _failed(self, identifier: str, sentence: str) -> None:
        if self._row is not None and identifier == self._row.identifier:
            self._summary.show_error(sentence)
