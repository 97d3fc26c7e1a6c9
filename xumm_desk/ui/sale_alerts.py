"""Tell a person who does not look at the window: sounds, and notifications of the system.

A notification comes only while the window is not in front. It names amounts only where the settings
say so, and never while the desk is locked: others may see that screen.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from xumm_desk.core.message import Sentences
from xumm_desk.core.sale.sale import price_label, request_label, sale_of
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.till.wording import words_of

from .sounds import Player, Sound, Sounds, sound_of

Notify = Callable[[str, str], object]


class SaleAlerts(QObject):
    """Sounds and notifications for the sales of the till and for unmatched payments."""

    def __init__(
        self,
        window: QWidget,
        *,
        preferences: Callable[[], SettingsStore],
        player: Player,
        hides_amounts: Callable[[], bool],
        notify: Notify | None = None,
        in_front: Callable[[], bool] = lambda: QApplication.activeWindow() is not None,
    ) -> None:
        super().__init__(window)
        self._in_front = in_front
        self._preferences, self._hides_amounts = preferences, hides_amounts
        # Without a tray by the mark that the task bar has for it.
        self._notify = notify or (lambda _title, _words: QApplication.alert(window))
        self.sounds = Sounds(player, preferences, self)
        self._unmatched: int | None = None
        self._is_recovering = True

    def on_sale(self, row: RequestRow) -> None:
        """A sale has ended, or needs a person before its end."""
        if sound_of(row) is None:
            return
        self.sounds.on_ended(row)
        if self._wants_notification():
            words, spec = words_of(row), row.request.spec
            title = _(
                "{number}: {state}", number=as_written(request_label(spec)), state=tr(words.short)
            )
            shows = self._preferences().value.notification_amounts and not self._hides_amounts()
            price = price_label(spec, sale_of(spec)) if shows else ""
            self._notify(title, tr(Sentences([part for part in (price, words.advice) if part])))

    def set_recovering(self, on: bool) -> None:
        """While the journal is being read, an unmatched payment is no news."""
        self._is_recovering = on

    def on_unmatched(self, count: int) -> None:
        """So many payments belong to no sale for sure."""
        before, self._unmatched = self._unmatched, count
        if self._is_recovering or before is None or count <= before:
            return
        self.sounds.ask(Sound.ATTENTION)
        if self._wants_notification():
            self._notify(_("A payment could not be matched."), _("Look at it in Xumm Desk."))

    def _wants_notification(self) -> bool:
        return self._preferences().value.notifications and not self._in_front()
