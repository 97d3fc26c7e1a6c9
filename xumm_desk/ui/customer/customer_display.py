"""The customer's display: opens, feeds and remembers the customer's window."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.core.money import networks
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.languages import to_customers
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.widgets.screens import screen_of

from .keep_awake import KeepAwake
from .logo_file import read_logo
from .phases import Phase
from .placement import WindowPlacement
from .record import customer_record

if TYPE_CHECKING:
    from .customer_window import CustomerWindow

THANKS_SECONDS: Final = 5.0
"""A customer reads "Thank you" at least so long, whatever the cashier does next."""
_BRIGHTEN: Final = "customer_brighten"
_OPEN: Final = "customer_open"
_ON: Final = "on"


class Clock(Protocol):
    """The engine's clock."""

    def monotonic(self) -> float:
        """Seconds, of which deadlines are made."""
        ...


class CustomerDisplay(QObject):
    """The customer's display of one desk. It stays on a welcome between sales.

    `alarm` carries a sentence that the cashier must have read, `notice` one that needs no action.
    Connect `tick` to a signal once a second.
    """

    alarm = Signal(str)
    notice = Signal(str)

    def __init__(
        self,
        *,
        preferences: SettingsStore,
        clock: Clock,
        practice: bool,
        network: str = networks.DEFAULT,
        shop: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences, self._clock, self._practice = preferences, clock, practice
        self._shop, self._cashier = shop, parent
        self._network = network
        self._logo_path, self._logo = "", QImage()
        self._row: RequestRow | None = None
        # Until when (monotonic seconds) the thanks stay, and what comes after: a row or None.
        self._thanks_until: float | None = None
        self._pending: tuple[RequestRow | None] | None = None
        self._failed_code = ""
        self._keep_awake = KeepAwake()
        self._closing = False
        self._placement: WindowPlacement | None = None
        self.window: CustomerWindow | None = None
        self.brighten_action = QAction(_("Brighten the customer's screen"), self, checkable=True)
        self.brighten_action.setChecked(preferences.value.layout.get(_BRIGHTEN) == _ON)
        self.brighten_action.setToolTip(
            _("White around the code while it is scanned: for dark rooms and weak cameras.")
        )
        self.brighten_action.toggled.connect(self._brighten)

    # Opening and closing.

    def open(self) -> None:
        """Open the window on its screen; it shows what it was told to."""
        if self.window is None:
            self.window = self._make_window()
        cashier = screen_of(self._cashier) if self._cashier is not None else None
        if self._placement is not None and not self._placement.is_settled():
            self._placement.present(self._preferences.value.customer_screen, cashier)
        self._keep_awake.set_awake(True)
        self._remember(_OPEN, _ON)
        self.window.raise_()
        self._show()

    def open_on(self, screen: str) -> None:
        """Open it on the screen of this name, as settings hold it; "" for any that is free."""
        self._preferences.change(customer_screen=screen)
        if self.window is not None and self.window.isVisible():
            self.window.close()  # it is placed anew when it opens
        self.open()

    def apply_settings(self, logo: str, *, brighten: bool | None = None) -> None:
        """The shop's settings have changed: `logo` is the file, "" for none."""
        self.set_logo(logo)
        if brighten is not None:
            self.brighten_action.setChecked(brighten)
        if self.is_open() and self._placement is not None:
            self._placement.follow(self._preferences.value.customer_screen)

    def open_again(self) -> None:
        """Open it if it was open when the program ended, unless it might cover the cashier's."""
        kept = self._preferences.value
        screens = QGuiApplication.screens()
        if kept.layout.get(_OPEN) == _ON and (kept.customer_screen or len(screens) > 1):
            self.open()

    def close(self) -> None:
        """Close the window for now; `open` shows it again."""
        if self.window is not None:
            self.window.close()

    def close_for_good(self) -> None:
        """The desk ends. Whether it was open is remembered for the next start."""
        self._closing = True
        self._keep_awake.set_awake(False)
        if self.window is not None:
            window, self.window = self.window, None
            window.close()
            window.deleteLater()

    def is_open(self) -> bool:
        """Whether the customer sees it."""
        return self.window is not None and self.window.isVisible()

    # What it shows.

    @property
    def identifier(self) -> str:
        """The request that it shows, or is about to show after the thanks; "" for the welcome."""
        row = self._pending[0] if self._pending is not None else self._row
        return row.identifier if row is not None else ""

    def set_shop(self, name: str) -> None:
        """The shop's name, as customers read it."""
        self._shop = name
        self._show()

    def set_logo(self, path: str) -> None:
        """The file of the shop's logo, "" for none. It is read in a thread, again where it has the
        same name: another picture may be in it."""
        if path or self._logo_path:
            self._logo_path = path
            run_in_thread(partial(read_logo, path), partial(self._logo_read, path))

    def show_row(self, row: RequestRow | None) -> None:
        """Show this request, or a welcome: at once, but never before the customer has had time to
        read the thanks. A refund is for the shop to sign, and shown to no customer."""
        if row is not None and refunded_identifier(row.request.spec):
            row = None
        if row is not None and self._row is not None and row.identifier == self._row.identifier:
            self._pending = None
        elif self._thanks_until is not None and self._clock.monotonic() < self._thanks_until:
            self._pending = (row,)
            return
        self._row, self._pending = row, None
        self._show()

    def update_rows(self, rows: Iterable[RequestRow]) -> None:
        """Take over what is new of the request that is shown, or is about to be."""
        if self._row is None and self._pending is None:
            return
        shown = self._row.identifier if self._row is not None else ""
        for row in rows:
            if shown and row.identifier == shown:
                self._row = row
                self._show()
            elif self._pending is not None and row.identifier == self.identifier:
                self._pending = (row,)

    def tick(self) -> None:
        """Count down, and go on after the thanks."""
        now = self._clock.monotonic()
        if self._pending is not None and (self._thanks_until is None or now >= self._thanks_until):
            self._thanks_until = None
            self.show_row(self._pending[0])
        if self.window is not None:
            self.window.tick(now)

    @to_customers
    def _show(self) -> None:
        if self.window is None:
            return
        before, now = self.window.record(), self._clock.monotonic()
        record = customer_record(
            self._row, shop=self._shop, practice=self._practice, network=self._network
        )
        if record.phase not in _THANKS:
            self._thanks_until = None
        elif before.phase not in _THANKS and self.is_open():
            self._thanks_until = now + THANKS_SECONDS
        self.window.show_record(record, now)

    def _code_failed(self) -> None:
        if self.window is None or self.window.record().code == self._failed_code:
            return  # said once a code; a larger window is tried without being asked
        self._failed_code = self.window.record().code
        self.alarm.emit(
            _(
                "The code on the customer's screen cannot be read, so it is not shown. Make the"
                " customer's window larger, or show the payment link."
            )
        )

    def _logo_read(self, path: str, found: QImage | str) -> None:
        if not shiboken6.isValid(self) or path != self._logo_path:
            return
        self._logo = found if isinstance(found, QImage) else QImage()
        if isinstance(found, str):
            self.notice.emit(tr(found))
        if self.window is not None:
            self.window.show_logo(self._logo)

    # The window.

    def _make_window(self) -> CustomerWindow:
        from .customer_window import CustomerWindow  # noqa: PLC0415 - many shops have none

        window = CustomerWindow(practice=self._practice)
        window.show_logo(self._logo)
        window.set_brighten(self.brighten_action.isChecked())
        window.code_failed.connect(self._code_failed)
        window.closed.connect(self._closed)
        window.menu_opened.connect(self._fill_menu)
        placement = WindowPlacement(window)
        placement.remember.connect(self._remember_screen)
        placement.lost.connect(self.alarm)
        placement.found.connect(self.notice)
        window.screen_step_asked.connect(placement.step)
        self._placement = placement
        return window

    def _fill_menu(self, menu: QMenu) -> None:
        if self._placement is not None:
            self._placement.fill_menu(menu)
        menu.addAction(self.brighten_action)

    def _closed(self) -> None:
        self._keep_awake.set_awake(False)
        if not self._closing:
            self._remember(_OPEN, "")

    def _brighten(self, on: bool) -> None:
        self._remember(_BRIGHTEN, _ON if on else "")
        if self.window is not None:
            self.window.set_brighten(on)

    def _remember_screen(self, text: str) -> None:
        self._preferences.change(customer_screen=text)

    def _remember(self, key: str, text: str) -> None:
        self._preferences.change(layout={**self._preferences.value.layout, key: text})


_THANKS: Final = frozenset({Phase.PAID, Phase.SIGNED})
