"""The detail pane: the summary of one request, and its evidence in tabs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QTabWidget, QWidget

from xumm_desk.core.state.facts import Fact
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import CheckState
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.containers import EmptyView

from .check_list import CheckList
from .request_fields import FieldList, RawText, facts_as_text, request_fields
from .summary_card import SummaryCard
from .timeline import Timeline

_WIDE: Final = 760
"""From this width on, evidence is beside the summary instead of below it."""

_LOW: Final = 540
"""Below this height a code and its evidence do not fit under each other."""


class DetailPane(QWidget):
    """One request. Call `show_row` with every new state of it and `tick` once a second; scroll
    positions and the chosen tab stay."""

    def __init__(
        self,
        desk: Desk,
        actions: RequestActions,
        start: StartTask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._row: RequestRow | None = None
        self._facts: tuple[Fact, ...] = ()
        self._loader = FactLoader(desk.facts, start, self)
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._failed)
        self._summary = SummaryCard(desk.clock, actions)
        self._build()
        actions.add_shortcuts_to(self)
        self._tabs.currentChanged.connect(self._on_tab_changed)
        self.show_row(None)

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
        if row is None or self._row is None or row.identifier != self._row.identifier:
            self._facts = ()
        self._row = row
        self._stack.setCurrentIndex(1 if row is not None else 0)
        if row is None:
            return
        self._summary.show_row(row)
        self._share_space()
        self._show_evidence()
        self._loader.request(row.identifier)

    def tick(self) -> None:
        """A second has passed."""
        if self._row is not None:
            self._summary.tick()
            self._share_space()

    def minimumSizeHint(self) -> QSize:
        """Two buttons side by side, and something of everything."""
        return QSize(self._summary.min_width() + 2 * int(Space.S), 340)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Evidence goes beside or below the summary."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        directions = QBoxLayout.Direction
        self._split.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._share_space()

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
        self._split.addWidget(self._summary)
        self._split.addWidget(self._build_evidence())
        self._stack = QStackedLayout(self)
        # The pane's own least size counts, not that of three buttons side by side.
        self._stack.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)
        self._stack.addWidget(empty_view)
        self._stack.addWidget(page)

    def _build_evidence(self) -> QWidget:
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setMinimumHeight(140)
        self._timeline, self._checks, self._fields = Timeline(), CheckList(), FieldList()
        self._raw = RawText(_("Raw answers"))
        for widget, title in (
            (self._timeline, _("Timeline")),
            (self._checks, _("Checks")),
            (self._fields, _("Request")),
            (self._raw, _("Raw")),
        ):
            self._tabs.addTab(widget, title)
        return self._tabs

    def _share_space(self) -> None:
        """Who gets the room: a code that is to be scanned, else the evidence."""
        wide = self._split.direction() is QBoxLayout.Direction.LeftToRight
        waiting = self._row is not None and self._row.verdict.status is Status.WAITING
        # In a low pane the code comes first: evidence says little before the request is opened.
        self._tabs.setVisible(wide or not waiting or self.height() >= _LOW)
        room = self.width() - 2 * int(Space.S)
        self._summary.set_available_width((room - int(Space.S)) * 2 // 5 if wide else room)
        first, second = (2, 3) if wide else (0, 1) if self.code.isHidden() else (2, 1)
        if (self._split.stretch(0), self._split.stretch(1)) != (first, second):
            self._split.setStretch(0, first)
            self._split.setStretch(1, second)
            self._summary.body.updateGeometry()

    def _show_evidence(self) -> None:
        """Update the visible tab; the others follow when they are opened."""
        row = self._row
        if row is None:
            return
        checks = row.verdict.checks
        good = sum(check.state is CheckState.PASSED for check in checks)
        title = _("Checks {good}/{count}", good=good, count=len(checks)) if checks else _("Checks")
        if self._tabs.tabText(1) != title:
            self._tabs.setTabText(1, title)
        shown = self._tabs.currentWidget()
        if shown is self._timeline:
            self._timeline.show_facts(self._facts)
        elif shown is self._checks:
            self._checks.show_checks(checks)
        elif shown is self._fields:
            self._fields.show_fields(request_fields(row), row.request.spec.body)
        else:
            self._raw.show_text(facts_as_text(self._facts))

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


PAUSE_MS: Final = 50
"""Before a read: the code and the verdict, which need none, are on the screen first, and of a few
changes at once only the last is read."""


class FactLoader(QObject):
    """Reads facts in the background; `loaded` is emitted on Qt's thread."""

    loaded = Signal(str, object)
    failed = Signal(str, str)

    def __init__(
        self,
        read: Callable[[str], Awaitable[Sequence[Fact]]],
        start: StartTask,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._start = read, start
        self._wanted = self._busy = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._begin)

    def request(self, identifier: str) -> None:
        """Read the facts of a request soon; a request that comes while reading is read once more
        after it."""
        self._wanted = identifier
        if not self._busy and not self._pause.isActive():
            self._pause.start(PAUSE_MS)

    def request_now(self) -> None:
        """Read at once: a person waits for it."""
        if self._pause.isActive():
            self._pause.stop()
            self._begin()

    def _begin(self) -> None:
        self._busy, self._wanted = self._wanted, ""
        self._start(self._load(self._busy), f"facts {self._busy}")

    async def _load(self, identifier: str) -> None:
        found: Sequence[Fact] | None = None
        try:
            found = await self._read(identifier)
        except Exception:  # noqa: BLE001 - top of a task: the pane says it, the log has it elsewhere
            found = None
        finally:
            # The pane may be gone by now, or the task was cancelled.
            if shiboken6.isValid(self):
                self._busy = ""
        if not shiboken6.isValid(self):
            return
        if found is None:
            self.failed.emit(identifier, _("The journal cannot be read now."))
        else:
            self.loaded.emit(identifier, tuple(found))
        if self._wanted:
            self.request(self._wanted)
