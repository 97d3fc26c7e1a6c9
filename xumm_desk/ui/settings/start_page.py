"""The page about the start with the system, and about the icon in its tray."""

from __future__ import annotations

from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.labelled_field import MessageLine

from .context import PageContext
from .page import SettingsPage, switch

_WHY_START: Final = Message(
    "At a login the desk starts as it was started now. It reads again what is open, without a"
    " window in the way. A desk with a PIN starts locked."
)
_WHY_TRAY: Final = Message(
    "The icon says how many requests and payments need a person, and whether something is wrong,"
    " also while the window is hidden."
)
_NO_TRAY: Final = Message(
    "This desktop shows no tray now. Until it does, closing the window ends the program."
)


class StartPage(SettingsPage):
    """Start with the system, icon in the tray, closing into it."""

    title = Message("Start and tray")

    def __init__(self, now: Settings, context: PageContext) -> None:
        super().__init__()
        self._was_on, refusal = context.autostart.is_on(), context.autostart.refusal()
        self.autostart = switch(Message("Start with the system, minimised"), self._was_on)
        self.refusal = MessageLine(Tone.ATTENTION)
        self.icon = switch(Message("Show an icon in the tray"), now.tray_icon)
        self.close_to_tray = switch(
            Message("When the window is closed, go on in the tray"), now.close_to_tray
        )
        self.note = MessageLine(Tone.ATTENTION)
        self.heading(Message("Start"), _WHY_START)
        for widget in (self.autostart, self.refusal):
            self.column.addWidget(widget)
        self.heading(Message("Tray"), _WHY_TRAY)
        for box in (self.icon, self.close_to_tray):
            self.column.addWidget(box)
        self.column.addWidget(self.note)
        self.finish()
        self.autostart.setEnabled(not refusal)
        self.refusal.set_text(refusal)
        self.note.set_text("" if context.has_tray else _NO_TRAY)
        for box in (self.autostart, self.icon, self.close_to_tray):
            box.toggled.connect(lambda _on: self.edited.emit())
        self.icon.toggled.connect(self.close_to_tray.setEnabled)
        self.close_to_tray.setEnabled(now.tray_icon)

    def values(self) -> dict[str, Any]:
        """`autostart` is no setting of ours but the system's; one that is on is written anew, as
        the program may have been moved."""
        on = self.autostart.isChecked()
        found: dict[str, Any] = {
            "tray_icon": self.icon.isChecked(),
            "close_to_tray": self.close_to_tray.isChecked(),
        }
        if self.autostart.isEnabled() and (on or self._was_on):
            found["autostart"] = on
        return found
