"""Keep the customer's window on its screen: chosen, remembered, unplugged, plugged in again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QScreen
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.locale.translation import _
from xumm_desk.ui.widgets.screens import screen_of

from .screen_identity import (
    ScreenIdentity,
    find_screen,
    identities_of,
    identity_of,
    parse_identity,
)


class WindowPlacement(QObject):
    """Puts one window on screens. `remember` carries the text that names a chosen screen; `lost` a
    sentence when its screen is not there, `found` one when it is there again."""

    remember = Signal(str)
    lost = Signal(str)
    found = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._home: ScreenIdentity | None = None
        self._was_full = True
        # Whether it waits on another screen until its own is there.
        self.waiting = False
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._screen_added)
        app.screenRemoved.connect(self._screen_removed)

    def is_settled(self) -> bool:
        """Whether it fills its screen, or waits for it."""
        return self._window.isVisible() and (self._window.isFullScreen() or self.waiting)

    def present(self, remembered: str, cashier: QScreen | None) -> None:
        """Show the window full screen on the screen that `remembered` names; without a name, on one
        that the cashier does not use; if the named one is not there, as a plain window."""
        self._was_full = True
        if not remembered:
            free = next((s for s in QGuiApplication.screens() if s is not cashier), None)
            self._home = _identity(free) if free is not None else None
            self._settle(free)
            return
        self._home = parse_identity(remembered)
        screen = self._screen_of(self._home)
        if screen is not None:
            self._settle(screen)
            return
        self._wait_elsewhere(None)
        self.lost.emit(
            _(
                "The customer's screen “{screen}” is not connected. The customer's window is an"
                " ordinary window until it is.",
                screen=self._home.label,
            )
        )

    def follow(self, remembered: str) -> None:
        """Move an open window to the screen that `remembered` names, if it is another one."""
        if not remembered or parse_identity(remembered) == self._home:
            return
        self._home = parse_identity(remembered)
        self._was_full = self._window.isFullScreen()
        screen = self._screen_of(self._home)
        if screen is not None:
            self._settle(screen)

    def step(self, by: int) -> None:
        """Move so many screens on."""
        screens = QGuiApplication.screens()
        here = screen_of(self._window)
        place = screens.index(here) if here in screens else 0
        self.choose(screens[(place + by) % len(screens)])

    def choose(self, screen: QScreen) -> None:
        """Move to this screen and remember it."""
        self._home = _identity(screen)
        self._was_full = self._window.isFullScreen()
        self._settle(screen)
        self.remember.emit(self._home.to_text())

    def fill_menu(self, menu: QMenu) -> None:
        """The connected screens, as entries of a menu."""
        group = QActionGroup(menu)
        for identity, screen in identities_of(QGuiApplication.screens()).items():
            action = QAction(identity.label or _("This screen"), menu, checkable=True)
            action.setChecked(screen is screen_of(self._window))
            action.triggered.connect(partial(self.choose, screen))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()

    def _settle(self, screen: QScreen | None) -> None:
        self.waiting = False
        if screen is not None:
            self._move_to(screen, screen.availableGeometry())
        if self._was_full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _wait_elsewhere(self, gone: QScreen | None) -> None:
        """Become a plain window on the first screen that is left, so that it does not cover the
        cashier's."""
        self.waiting = True
        left = [s for s in QGuiApplication.screens() if s is not gone]
        if left:
            room = left[0].availableGeometry()
            place = QRect(0, 0, round(room.width() * 0.5), round(room.height() * 0.7))
            place.moveBottomRight(room.bottomRight())
            self._move_to(left[0], place)
        self._window.showNormal()

    def _move_to(self, screen: QScreen, place: QRect) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()  # a full-screen window cannot be moved
        self._window.setScreen(screen)
        self._window.setGeometry(place)

    def _screen_of(self, wanted: ScreenIdentity) -> QScreen | None:
        connected = identities_of(QGuiApplication.screens())
        found = find_screen(wanted, tuple(connected))
        return connected[found] if found is not None else None

    def _screen_removed(self, screen: QScreen) -> None:
        if not self._window.isVisible() or self.waiting:
            return
        gone = identity_of(screen)
        here = screen_of(self._window)
        mine = here is screen or here is None
        was_home = self._home is not None and _is_one(gone, self._home)
        # Some systems move the window before they tell; a twin of its screen may go too.
        if not mine and (not was_home or _is_one(identity_of(here), gone)):
            return
        if not was_home:
            self._home = gone  # a person had moved the window there
        self._was_full = self._window.isFullScreen()
        self._wait_elsewhere(screen)
        self.lost.emit(
            _(
                "The customer's screen “{screen}” was disconnected. The customer's window is an"
                " ordinary window on this screen now; it goes back when the screen is there again.",
                screen=gone.label,
            )
        )

    def _screen_added(self, screen: QScreen) -> None:
        if not self.waiting or self._home is None or not self._window.isVisible():
            return
        if _is_one(identity_of(screen), self._home):
            self._settle(screen)
            self.found.emit(
                _(
                    "The customer's screen “{screen}” is connected again, and shows the customer's"
                    " window.",
                    screen=identity_of(screen).label,
                )
            )


def _identity(screen: QScreen) -> ScreenIdentity:
    connected = identities_of(QGuiApplication.screens()).items()
    return next((key for key, one in connected if one is screen), identity_of(screen))


def _is_one(found: ScreenIdentity, wanted: ScreenIdentity) -> bool:
    """Whether `found` is `wanted`, whatever the number: that of a screen which comes or goes says
    nothing."""
    return find_screen(replace(wanted, number=""), (replace(found, number=""),)) is not None
