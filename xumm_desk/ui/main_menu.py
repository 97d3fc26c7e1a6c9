"""The menus of the main window, and the corner beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.rights import Rights
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.dialogs.menu_dialogs import Dialogs
from xumm_desk.ui.language.customer_menu import CustomerLanguageMenu
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.lock.lock_button import LOCK_KEYS, LockButton
from xumm_desk.ui.lock.locked_dialogs import LockedDialogs
from xumm_desk.ui.requests.filters.filter_sidebar import UNMATCHED_KEYS
from xumm_desk.ui.style.theme import SchemeName, Space, Theme

from .desk_view import REPORT, REQUESTS, TILL

LOG_KEYS: Final = "Ctrl+Shift+L"
SHIFT_KEYS: Final = "F8"
"""A key of its own, since a cashier closes the shift at the till."""

_NO_KEYS: Final = Message(
    "This window is a monitor: it uses no keys of the platform, not even saved ones."
)

_SCHEMES: Final[tuple[tuple[SchemeName, str], ...]] = (
    ("system", Message("Like the system")),
    ("light", Message("Light")),
    ("dark", Message("Dark")),
    ("light-contrast", Message("Light, high contrast")),
    ("dark-contrast", Message("Dark, high contrast")),
)


class MainMenu(QObject):
    """Builds the menu bar of `window`. `view_asked` carries the name of a view, `scheme_chosen`
    that of a colour scheme, which is in use already."""

    new_asked = Signal()
    view_asked = Signal(str)
    unmatched_asked = Signal()
    quit_asked = Signal()
    scheme_chosen = Signal(str)
    shifts_asked = Signal()

    def __init__(
        self,
        window: QMainWindow,
        *,
        lock: DeskLock,
        dialogs: Dialogs,
        locked: LockedDialogs,
        files: Sequence[QAction] = (),
        tills: QAction,
        customer_language: CustomerLanguageMenu,
    ) -> None:
        super().__init__(window)
        self._customer_language = customer_language
        self._window, self._lock = window, lock
        self._panels: list[QAction] = []
        # What a monitor leaves out.
        self._writing: list[QAction] = []
        self._add_corner()
        self._new = self._action(_("New sale or request"), self.new_asked, "Ctrl+N")
        self._add_file(locked, files)
        self._payments = self._action("", self.unmatched_asked, UNMATCHED_KEYS)
        self.count_unmatched(0)
        self._request_menu: QMenu = window.menuBar().addMenu(_("&Request"))
        self._request_menu.addAction(self._new)
        self._add_view(tills)
        self._add_help(dialogs, locked)
        self._writing.append(self._new)

    def add_to_corner(self, widget: QWidget) -> None:
        """Show it at the end of the menu bar."""
        self._corner.addWidget(widget)

    def remove_from_corner(self, widget: QWidget) -> None:
        """Take it away; it has no parent afterwards that shows it."""
        self._corner.removeWidget(widget)

    def use_rights(self, rights: Rights) -> None:
        """Offer no more than these allow."""
        for action in self._writing:
            action.setVisible(rights.writes)
        self._lock_button.use_rights(rights)
        self._keys.setEnabled(rights.writes)
        self._keys.setToolTip(_("Platform keys…") if rights.writes else tr(_NO_KEYS))

    def use_desk(
        self, form: Sequence[QAction], requests: Sequence[QAction], panels: Sequence[QAction]
    ) -> None:
        """Offer what can be done with the form, the requests and the panels of a desk."""
        self._panels = list(panels)
        self._view_menu.insertActions(self._schemes_line, self._panels)
        self._request_menu.addActions(list(form))
        self._request_menu.addSeparator()
        self._request_menu.addActions(list(requests))
        self._request_menu.addSeparator()
        self._request_menu.addAction(self._payments)

    def remove_desk(self) -> None:
        """Offer no more than what needs no desk."""
        for action in self._panels:
            self._view_menu.removeAction(action)
        self._panels = []
        self._request_menu.clear()
        self._request_menu.addAction(self._new)

    def count_unmatched(self, count: int) -> None:
        """Say how many payments belong to no request."""
        self._payments.setText(
            _("Unmatched payments ({count})…", count=count) if count else _("Unmatched payments…")
        )

    def use_sale(self, row: RequestRow | None) -> None:
        """This sale is the one that is shown at the till; None for none, or for one that ended."""
        is_open = row is not None and not row.verdict.final
        self._customer_language.sale = row.identifier if row is not None and is_open else ""

    def use_scheme(self, chosen: str) -> None:
        """Use this colour scheme and mark it; a name that is none of them changes nothing."""
        for name, __ in _SCHEMES:
            if chosen == name:
                Theme.current().set_scheme(name)
                for action in self._scheme_group.actions():
                    action.setChecked(action.data() == name)

    # Building.

    def _add_corner(self) -> None:
        bar = self._window.menuBar()
        corner = QWidget(bar)
        self._corner = QHBoxLayout(corner)
        # Alike at both sides, since Qt does not turn margins around.
        self._corner.setContentsMargins(int(Space.M), 2, int(Space.M), 2)
        self._corner.addStretch(1)
        self._lock_button = LockButton(self._lock)
        self._corner.addWidget(self._lock_button)
        bar.setCornerWidget(corner)
        # The menu bar does not notice that its corner needs another width now.
        self._lock.changed.connect(
            lambda: QTimer.singleShot(0, bar, lambda: bar.setCornerWidget(corner))
        )

    def _add_file(self, locked: LockedDialogs, files: Sequence[QAction]) -> None:
        file = self._window.menuBar().addMenu(_("&File"))
        shop = self._action(_("Shop settings…"), locked.shop, "Ctrl+,")
        keys = self._keys = self._action(_("Platform keys…"), locked.keys)
        pin = self._action(_("PIN and lock…"), self._lock.ask_new_pin)
        journal = self._action(_("Journal…"), locked.journal)
        lock = self._action(_("Lock"), self._lock.lock, LOCK_KEYS)
        quit_ = self._action(_("Quit"), self.quit_asked, "Ctrl+Q")
        file.addAction(self._new)
        file.setToolTipsVisible(True)
        shifts = self._action(_("Shifts…"), self.shifts_asked, SHIFT_KEYS)
        self._writing.append(shifts)
        file.addAction(shifts)
        file.addSeparator()
        if files:
            file.addActions(list(files))
            file.addSeparator()
        file.addActions([shop, keys, pin])
        file.addSeparator()
        file.addAction(journal)
        file.addSeparator()
        file.addAction(lock)
        file.addSeparator()
        file.addAction(quit_)

    def _add_view(self, tills: QAction) -> None:
        view = self._view_menu = self._window.menuBar().addMenu(_("&View"))
        till = self._action(_("Till"), lambda: self.view_asked.emit(TILL), "Ctrl+1")
        requests = self._action(_("Requests"), lambda: self.view_asked.emit(REQUESTS), "Ctrl+2")
        report = self._action(_("Report"), lambda: self.view_asked.emit(REPORT), "Ctrl+3")
        for open_only in (requests, report):
            self._lock.changed.connect(partial(self._follow_lock, open_only))
        self._writing.append(till)
        view.addActions([till, requests, report, tills])
        view.addSeparator()
        view.addMenu(self._customer_language)
        self._writing.append(self._customer_language.menuAction())
        self._schemes_line = view.addSeparator()
        self._scheme_group = QActionGroup(self._window)
        for name, words in _SCHEMES:
            action = self._scheme_group.addAction(tr(words))
            action.setCheckable(True)
            action.setData(name)
            view.addAction(action)
        self._scheme_group.triggered.connect(self._choose_scheme)

    def _add_help(self, dialogs: Dialogs, locked: LockedDialogs) -> None:
        help_ = self._window.menuBar().addMenu(_("&Help"))
        help_.addAction(self._action(_("Guide"), dialogs.guide, "F1"))
        help_.addAction(self._action(_("Keyboard shortcuts"), dialogs.shortcuts, "Ctrl+/"))
        help_.addSeparator()
        set_up = self._action(_("Set up…"), locked.set_up)
        self._writing.append(set_up)
        help_.addAction(set_up)
        help_.addSeparator()
        help_.addAction(self._action(_("Log…"), locked.log, LOG_KEYS))
        help_.addAction(self._action(_("Save diagnostics…"), locked.diagnostics))
        help_.addSeparator()
        help_.addAction(self._action(_("About Xumm Desk"), dialogs.about))

    def _follow_lock(self, action: QAction) -> None:
        action.setEnabled(not self._lock.locked)

    def _action(
        self, words: str, slot: Callable[[], object] | SignalInstance, keys: str = ""
    ) -> QAction:
        action = QAction(tr(words), self._window)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        return action

    def _choose_scheme(self, action: QAction) -> None:
        name = action.data()
        Theme.current().set_scheme(name)
        self.scheme_chosen.emit(name)
