"""Keep the window in the tray: the icon's state, hiding and showing, and notifications.

Hidden, the window does everything that it does when it is shown. It is never hidden where no tray
is: nothing would lead back to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.banners.banner import BannerStack
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.style.theme import Theme

from .badge import badged_icon
from .system_tray import SystemTray, Tray
from .tray_menu import TrayMenu

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

_LOOK_MS: Final = 3000
"""Between two looks whether there is a tray: at a login the panel may come after this program."""

_LOOK_SELDOM_MS: Final = 30_000
_LOGIN_SECONDS: Final = 180.0
"""After so many seconds a tray that was not there is looked for seldom."""

_PAINT_MS: Final = 400
"""Between two icons: each is sent to the desktop in many sizes."""

_GOES_ON: Final = Message(
    "The window is closed, and the program goes on: requests are followed. “Quit” in the menu of"
    " this icon ends it."
)


class WindowTray(QObject):
    """The tray of one window. Feed it with `count_rows` and `count_unmatched`."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        preferences: Callable[[], SettingsStore],
        lock: DeskLock,
        banners: BannerStack,
        tray: Tray | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._lock, self._banners = lock, banners
        self._monotonic = monotonic
        self.tray: Tray = tray or SystemTray(self)
        self.menu = TrayMenu(window)
        self._rows = self._unmatched = 0
        self._has_desk = False
        # The window is hidden, by us; and it is minimised until there is a tray to hide it in.
        self._hidden = self._waiting = False
        self._painted: tuple[object, ...] | None = None
        self._since = monotonic()
        self._paint_timer = QTimer(self)
        self._paint_timer.setSingleShot(True)
        self._paint_timer.setInterval(_PAINT_MS)
        self._paint_timer.timeout.connect(self._paint)
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(_LOOK_MS)
        self._look_timer.timeout.connect(self.look)
        self.tray.set_menu(self.menu)
        lock.changed.connect(self._changed)
        banners.changed.connect(self._changed)
        window.windowTitleChanged.connect(self._changed)
        Theme.current().changed.connect(self._changed)

    # What is shown.

    @property
    def count(self) -> int:
        """How many requests and payments need a person."""
        return self._rows + self._unmatched

    def use_desk(self, open_: bool) -> None:
        """A desk is open, or none."""
        self._has_desk = open_
        self._rows = self._unmatched = 0
        self._changed()

    def count_rows(self, count: int) -> None:
        """So many requests need a person."""
        if count != self._rows:
            self._rows = count
            self._changed()

    def count_unmatched(self, count: int) -> None:
        """So many payments belong to no request."""
        if count != self._unmatched:
            self._unmatched = count
            self._changed()

    def apply_settings(self) -> None:
        """Show the icon or remove it, as the settings say."""
        wanted = self._preferences().value.tray_icon
        if wanted:
            self._paint()
            self._look_timer.start()
        else:
            self._look_timer.stop()
            self._come_back()
        self.tray.set_shown(wanted)

    def notify(self, title: str, words: str) -> None:
        """Tell it through the tray where there is one, else by the mark that the task bar has."""
        if self._painted is None:
            self._paint()
        if not self.tray.notify(title, words):
            QApplication.alert(self._window)

    def leave(self) -> None:
        """The window closes for good: the icon goes with it."""
        self._look_timer.stop()
        self._paint_timer.stop()
        self.tray.set_shown(False)

    # Hiding.

    def can_hide(self) -> bool:
        """Whether there is an icon that leads back to the window."""
        return self._preferences().value.tray_icon and self.tray.is_shown()

    def takes_close(self) -> bool:
        """A person closes the window: whether it is hidden now instead of the program's end."""
        if not (self._preferences().value.close_to_tray and self.can_hide()):
            return False
        self._hide()
        if not self._preferences().value.tray_explained:
            self._preferences().change(tray_explained=True)
            self.tray.notify(_("Xumm Desk goes on in the tray"), tr(_GOES_ON))
        return True

    def show_first(self, *, minimised: bool) -> None:
        """Show the window at the start: in the tray if it is to be minimised and there is one."""
        if not minimised:
            self._window.show()
            return
        self._window.winId()  # so that there is something to watch for input
        if self.can_hide():
            self._hide()
        else:
            self._waiting = self._preferences().value.tray_icon
            self._window.showMinimized()

    def shown(self) -> None:
        """A person has asked for the window."""
        self._hidden = self._waiting = False

    def look(self) -> None:
        """Look whether there is a tray: it may have come, and it may have gone."""
        if self.tray.is_shown():
            if self._waiting and self._window.isMinimized():
                self._hide()
            self._waiting = False
        else:
            self._come_back()
            self.tray.set_shown(self._preferences().value.tray_icon)
        late = self._monotonic() - self._since > _LOGIN_SECONDS
        self._waiting = self._waiting and not late
        self._look_timer.setInterval(_LOOK_SELDOM_MS if late else _LOOK_MS)

    def _hide(self) -> None:
        self._hidden = True
        self._window.hide()

    def _come_back(self) -> None:
        """Without an icon a hidden window could not be found again."""
        if self._hidden and self._window.isHidden():
            self._hidden = False
            self._window.showMinimized()

    # Painting.

    def _changed(self) -> None:
        self.menu.show_state(count=self.count, has_desk=self._has_desk, locked=self._lock.locked)
        if not self._paint_timer.isActive():
            self._paint_timer.start()

    def _paint(self) -> None:
        colours, harm = Theme.current().colours, self._banners.harm_text()
        state = (self.count, harm, colours, self._window.windowTitle())
        if state == self._painted:
            return
        self._painted = state
        lines = [self._window.windowTitle() or _("Xumm Desk")]
        if self.count:
            lines.append(_("{n} needs a person", plural="{n} need a person", n=self.count))
        if harm:
            lines.append(harm)
        icon = badged_icon(QApplication.windowIcon(), self.count, bool(harm), colours)
        self.tray.set_icon(icon, "\n".join(lines))
