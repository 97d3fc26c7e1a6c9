"""The customer's window: one request in large letters, without addresses, identifiers or errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QScreen,
    QShortcut,
)
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from xumm_desk.core.money import networks
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.widgets.environment_marks import NetworkFrame, PracticeStripe
from xumm_desk.ui.widgets.labelled_field import announce

from .phases import Phase, PhaseText, headline, phase_of, phase_text
from .widgets import FittedText, QrCard, StatusCard, StepIndicator, TimeLeftBar


class CustomerWindow(QWidget):
    """A window for one request, on a screen of its own or in a corner. Connect a tick a second to
    `tick`.

    Qt has no portable way to keep a screen awake: that is left to the system's settings.
    `screen_chosen` carries the name to be remembered.
    """

    closed = Signal()
    screen_chosen = Signal(str)

    def __init__(
        self, *, shop: str = "", practice: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Customer"))
        self.setMinimumSize(360, 420)
        self._monotonic: Callable[[], float] | None = None
        self._row: RequestRow | None = None
        self._shown: tuple[Phase, PhaseText] | None = None
        self.shop, self.amount = FittedText(strong=False, muted=True), FittedText()
        self.sentence = FittedText(strong=False)
        self.qr, self.face, self.card = QrView(), StatusCard(), QWidget()
        self.steps, self.time_left = StepIndicator(), TimeLeftBar()
        self._build(practice)
        self._shortcuts()
        self.set_shop(shop)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self._screen_gone)
        self.show_row(None)

    # What it shows.

    def set_shop(self, name: str) -> None:
        """The shop's name, at the top."""
        self.shop.set_text(name)
        self.shop.setVisible(bool(name))

    def set_clock(self, monotonic: Callable[[], float]) -> None:
        """The engine's monotonic clock, by which deadlines are counted."""
        self._monotonic = monotonic
        self.tick()

    def show_row(self, row: RequestRow | None) -> None:
        """Show this request; None shows a welcome."""
        self._row = row
        self._frame.set_network(row.request.spec.network if row else networks.DEFAULT)
        if row is not None:
            self.amount.set_text(headline(row.request.spec))
        self.tick()

    def tick(self) -> None:
        """Count down, and notice that time is up."""
        row = self._row
        monotonic = self._monotonic() if self._monotonic is not None else float("-inf")
        phase = phase_of(row, monotonic)
        deadline = row.deadline if row is not None and phase in _COUNTING else None
        if row is None or deadline is None or self._monotonic is None:
            self.time_left.show_left(None, 0)
        else:
            self.time_left.show_left(deadline - monotonic, row.request.spec.expire_minutes * 60)
        if phase is Phase.SCAN and row is not None and row.request.qr_link is not None:
            self.qr.show_text(row.request.qr_link)
        wanted = (phase, phase_text(row, phase))
        if wanted != self._shown:
            self._shown = wanted
            self._show_phase(*wanted)

    def row(self) -> RequestRow | None:
        """The request that is shown."""
        return self._row

    def phase(self) -> Phase:
        """What it is about now."""
        return self._shown[0] if self._shown else Phase.IDLE

    # How far it is.

    def present(self, screen: str = "", *, full: bool = True) -> None:
        """Show it on the screen called `screen`; if that is gone, as a window on the first."""
        found = next((s for s in QGuiApplication.screens() if s.name() == screen and screen), None)
        if found is not None:
            self._move_to(found)
        elif screen:
            self.setWindowTitle(_("Customer — screen “{screen}” is not connected", screen=screen))
        if full and (found is not None or not screen):
            self.showFullScreen()
        else:
            self.showNormal()

    def toggle_full_screen(self) -> None:
        """F11."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def leave(self) -> None:
        """Esc: first out of full screen, then away."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.close()

    def next_screen(self) -> None:
        """Move one screen on."""
        self._step(1)

    def previous_screen(self) -> None:
        """Move one screen back."""
        self._step(-1)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Screens by name, and full screen; the keys do the same."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for screen in QGuiApplication.screens():
            action = QAction(screen.name() or _("This screen"), menu, checkable=True)
            action.setData(screen.name())
            action.setChecked(screen is self.screen())
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._on_screen_chosen)
        menu.addSeparator()
        full = menu.addAction(_("Full screen"))
        full.setShortcut(QKeySequence("F11"))
        full.triggered.connect(self.toggle_full_screen)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows with the window; the code takes two fifths of its height or more."""
        super().resizeEvent(event)
        wide, high = self.width(), self.height()
        unit = min(high, round(wide * 1.25)) / 100
        side = round(min(high * 0.46, wide * 0.84))
        self.card.setFixedSize(QSize(side, side))
        self.shop.set_size(unit * 3.6)
        self.amount.set_size(unit * 8.4)
        self.sentence.set_size(unit * 5.0)
        self.steps.set_unit(unit)
        self.time_left.set_unit(unit)
        self._column.setSpacing(round(unit * 1.6))
        margin = round(unit * 3)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.activate()  # at once, or the code would be off its place for a moment

    def _build(self, practice: bool) -> None:
        stack = QStackedLayout(self.card)
        self._code = QrCard(self.qr)
        stack.addWidget(self._code)
        stack.addWidget(self.face)
        self._stack = stack
        # Only to be looked at: a finger on the code copies nothing on this screen.
        self.qr.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.qr.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._column.addWidget(self.shop)
        self._column.addStretch(1)
        self._column.addWidget(self.amount)
        self._column.addWidget(self.card, 0, middle)
        self._column.addWidget(self.sentence)
        self._column.addWidget(self.steps)
        self._column.addStretch(1)
        self._column.addWidget(self.time_left)
        self._frame = NetworkFrame(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if practice:
            whole.addWidget(PracticeStripe())
        whole.addWidget(self._frame, 1)
        Theme.current().changed.connect(self.update)

    def _shortcuts(self) -> None:
        for keys, slot in (
            ("F11", self.toggle_full_screen),
            ("Esc", self.leave),
            ("Ctrl+Right", self.next_screen),
            ("Ctrl+Left", self.previous_screen),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    def _show_phase(self, phase: Phase, words: PhaseText) -> None:
        self.face.show_shape(words.shape, words.role)
        scan = phase is Phase.SCAN
        if not scan:
            self.qr.show_text("")  # once a phone has it, no second one may scan it
        self._stack.setCurrentWidget(self._code if scan else self.face)
        idle = phase is Phase.IDLE
        self.card.setVisible(not idle)
        self.sentence.setVisible(not idle)
        self.sentence.set_text(words.sentence)
        if idle:
            self.amount.set_text(words.sentence)
        self.steps.show_done(-1 if idle else words.done)
        announce(self, tr(words.sentence))

    def _step(self, by: int) -> None:
        screens = QGuiApplication.screens()
        here = screens.index(self.screen()) if self.screen() in screens else 0
        self._switch_screen(screens[(here + by) % len(screens)])

    def _on_screen_chosen(self, action: QAction) -> None:
        for screen in QGuiApplication.screens():
            if screen.name() == action.data():
                self._switch_screen(screen)

    def _switch_screen(self, screen: QScreen) -> None:
        full = self.isFullScreen()
        if full:
            self.showNormal()
        self._move_to(screen)
        if full:
            self.showFullScreen()
        self.setWindowTitle(_("Customer"))
        self.screen_chosen.emit(screen.name())

    def _move_to(self, screen: QScreen) -> None:
        self.setScreen(screen)
        self.move(screen.availableGeometry().topLeft())

    def _screen_gone(self, screen: QScreen) -> None:
        if self.isFullScreen() and (self.screen() is screen or self.screen() is None):
            # Not full screen over the cashier's window, which is where it lands now.
            self.showNormal()
            self.setWindowTitle(
                _("Customer — screen “{screen}” is not connected", screen=screen.name())
            )


_COUNTING: Final = frozenset({Phase.SCAN, Phase.PHONE})
