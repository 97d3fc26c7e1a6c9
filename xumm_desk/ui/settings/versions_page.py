"""The page about new versions of this program, and the switch that the guided set-up has too."""

from __future__ import annotations

from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.core.updates.notice import OFF, ON
from xumm_desk.locale.translation import _
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label
from xumm_desk.version import __version__

from .context import PageContext
from .page import SettingsPage, switch

WHY: Final = Message(
    "Where this is on, the desk reads a small signed statement once a day. A bar says when there is"
    " a newer version, and plainly when this one is no longer safe. Nothing is installed by itself,"
    " and nothing about the shop is sent."
)


def notice_switch(now: Settings) -> CheckBox:
    """The setting as a switch; off until a person has said yes."""
    return switch(Message("Tell me of new versions"), now.version_notice == ON)


def chosen(box: CheckBox, now: Settings) -> dict[str, Any]:
    """What the switch sets; nothing where it stays as it was."""
    on = box.isEnabled() and box.isChecked()
    if not box.isEnabled() or on is (now.version_notice == ON):
        return {}
    return {"version_notice": ON if on else OFF}


class VersionsPage(SettingsPage):
    """Whether to be told of new versions."""

    title = Message("New versions")

    def __init__(self, now: Settings, context: PageContext) -> None:
        super().__init__()
        self._now = now
        self.tell = notice_switch(now)
        self.refusal = MessageLine(Tone.NEUTRAL)
        self.heading(Message("New versions"), WHY)
        self.column.addWidget(wrapped_label(_("This is Xumm Desk {version}.", version=__version__)))
        self.column.addWidget(self.tell)
        self.column.addWidget(self.refusal)
        self.finish()
        if context.no_versions:
            self.tell.setChecked(False)
            self.tell.setEnabled(False)
            self.refusal.set_text(context.no_versions)
        self.tell.toggled.connect(lambda _on: self.edited.emit())

    def values(self) -> dict[str, Any]:
        return chosen(self.tell, self._now)
