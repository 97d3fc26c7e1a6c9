"""The page about the customer's screen: which one it is, and how it looks."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.locale.translation import _
from xumm_desk.ui.customer.screen_identity import find_screen, identities_of, parse_identity
from xumm_desk.ui.language.customer_menu import choices as languages
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine

from .context import PageContext
from .page import Choice, SettingsPage, button_row, switch

_WHY: Final = Message(
    "It shows the price, the code and whether it is paid, and nothing else. It is remembered by its"
    " name and serial number; while it is not connected, the customer's window is an ordinary one."
)
_ANY: Final = Message("Any that the cashier does not use")
_LOGO: Final = Message("Name and logo are those of the page about the shop.")
_ONE_SCREEN: Final = Message(
    "This computer has one screen now: the customer's window would cover it. Esc makes it an"
    " ordinary window."
)
_NO_DESK: Final = Message("It can be opened as soon as the desk is connected.")


class CustomerPage(SettingsPage):
    """Which screen and language, open it now, brighten it."""

    title = Message("Customer's screen")

    def __init__(self, now: Settings, context: PageContext) -> None:
        super().__init__()
        self._display = context.display
        connected = tuple(identities_of(QGuiApplication.screens()))
        choices: list[tuple[str, str]] = [("", _ANY)]
        choices += [(one.to_text(), one.label or _("This screen")) for one in connected]
        wanted = parse_identity(now.customer_screen)
        found = find_screen(wanted, connected) if now.customer_screen else None
        if now.customer_screen and found is None:
            choices.append(
                (now.customer_screen, _("{screen} (not connected)", screen=wanted.label))
            )
        self.screen_choice = LabelledField("customer_screen", _("Screen"), Choice(choices))
        self.language = LabelledField(
            "customer_language",
            _("Language of this screen and of receipts"),
            Choice([("", Message("The cashier's")), *languages()]),
        )
        self.open_button = QPushButton(_("Open it now"))
        self.brighten = switch(
            Message("White around the code while it is scanned: for dark rooms and weak cameras"),
            self._display is not None and self._display.brighten_action.isChecked(),
        )
        self.brighten.setEnabled(self._display is not None)
        self.note = MessageLine()
        self.heading(Message("The screen that customers see"), _WHY)
        self.column.addWidget(self.screen_choice)
        self.column.addLayout(button_row(self.open_button))
        self.column.addWidget(self.note)
        self.column.addWidget(self.language)
        self.column.addWidget(self.brighten)
        logo = MessageLine()
        self.column.addWidget(logo)
        logo.set_text(_LOGO)
        self.finish()
        self.screen_choice.set_text(found.to_text() if found is not None else now.customer_screen)
        self.language.set_text(now.customer_language)
        self.open_button.setEnabled(self._display is not None)
        if self._display is None:
            self.note.set_text(_NO_DESK)
        elif len(connected) < 2:
            self.note.set_text(_ONE_SCREEN)
        self.open_button.clicked.connect(self._open)
        for field in (self.screen_choice, self.language):
            field.edited.connect(self.edited)
        self.brighten.toggled.connect(lambda _on: self.edited.emit())

    def values(self) -> dict[str, Any]:
        """`brighten` is remembered by the display, not in a setting of its own."""
        return {
            "customer_screen": self.screen_choice.text(),
            "customer_language": self.language.text(),
            "brighten": self.brighten.isChecked(),
        }

    def _open(self) -> None:
        if self._display is not None:
            self._display.open_on(self.screen_choice.text())
