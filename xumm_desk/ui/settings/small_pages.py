"""The pages with few settings: sounds, lock and appearance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSlider

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.locale.translation import _
from xumm_desk.ui.language.customer_menu import choices
from xumm_desk.ui.widgets.labelled_field import LabelledField

from .page import Choice, SettingsPage, button_row, switch

_WHY_SOUNDS: Final = Message("Short sounds beside what the screen shows, never instead of it.")
_WHY_LOCK: Final = Message(
    "A locked till has the cashier's view only. Refunds, these settings, the receiving address and"
    " exports are behind the PIN. Whoever forgets it needs the platform's keys."
)


class SoundsPage(SettingsPage):
    """A switch for each sound, and their volume."""

    title = Message("Sounds")

    def __init__(self, now: Settings) -> None:
        super().__init__()
        self.paid = switch(Message("Paid"), now.sound_paid)
        self.attention = switch(Message("A person must look"), now.sound_attention)
        self.failed = switch(Message("Not paid"), now.sound_failed)
        self.notifications = switch(
            Message("Notify through the system while this window is not in front"),
            now.notifications,
        )
        self.amounts = switch(
            Message("Amounts in notifications; never while the desk is locked"),
            now.notification_amounts,
        )
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setPageStep(10)
        self.volume.setMinimumHeight(36)
        self.volume.setValue(max(0, min(100, now.sound_volume)))
        self._percent = QLabel()
        self._percent.setBuddy(self.volume)
        self.heading(Message("When a sale ends"), _WHY_SOUNDS)
        for box in (self.paid, self.attention, self.failed):
            self.column.addWidget(box)
            box.toggled.connect(lambda _on: self.edited.emit())
        self.column.addWidget(self._percent)
        self.column.addWidget(self.volume)
        self.column.addWidget(self.notifications)
        self.column.addWidget(self.amounts)
        for box in (self.notifications, self.amounts):
            box.toggled.connect(lambda _on: self.edited.emit())
        self.finish()
        self.volume.valueChanged.connect(self._show_volume)
        self._show_volume(self.volume.value())

    def values(self) -> dict[str, Any]:
        return {
            "sound_paid": self.paid.isChecked(),
            "sound_attention": self.attention.isChecked(),
            "sound_failed": self.failed.isChecked(),
            "sound_volume": self.volume.value(),
            "notifications": self.notifications.isChecked(),
            "notification_amounts": self.amounts.isChecked(),
        }

    def _show_volume(self, percent: int) -> None:
        words = _("Volume: {percent} %", percent=percent)
        self._percent.setText(words)
        self.volume.setAccessibleName(words)
        self.edited.emit()


class LockPage(SettingsPage):
    """Sets the PIN, in a dialog of its own that saves by itself."""

    title = Message("Lock", context="page of the settings")

    def __init__(self, ask_pin: Callable[[], object]) -> None:
        super().__init__()
        self.pin_button = QPushButton(_("Set or change PIN…"))
        self.heading(Message("Lock with a PIN"), _WHY_LOCK)
        self.column.addLayout(button_row(self.pin_button))
        self.pin_button.clicked.connect(ask_pin)
        self.finish()

    def values(self) -> dict[str, Any]:
        return {}


class AppearancePage(SettingsPage):
    """Language, colours, and the view that is open."""

    title = Message("Appearance")

    def __init__(self, now: Settings) -> None:
        super().__init__()
        self.language = LabelledField(
            "language",
            _("Language"),
            Choice([("", Message("Like the system")), *choices()]),
        )
        self.scheme = LabelledField(
            "scheme",
            _("Colours"),
            Choice(
                [
                    ("system", Message("Like the system")),
                    ("light", Message("Light")),
                    ("dark", Message("Dark")),
                    ("light-contrast", Message("Light, high contrast")),
                    ("dark-contrast", Message("Dark, high contrast")),
                ]
            ),
        )
        self.view = LabelledField(
            "view",
            _("View"),
            Choice(
                [
                    ("till", Message("Till")),
                    ("requests", Message("Requests")),
                    ("report", Message("Report")),
                ]
            ),
        )
        self.heading(
            Message("Appearance"),
            Message(
                "The size of the text is that of the system's settings, up to 200 %. High contrast"
                " that is set there is followed too; nothing on the screen moves by itself."
            ),
        )
        self.column.addWidget(self.language)
        self.column.addWidget(self.scheme)
        self.column.addWidget(self.view)
        self.finish()
        self.language.set_text(now.language)
        self.scheme.set_text(now.scheme)
        self.view.set_text(now.view or "till")
        for field in (self.language, self.scheme, self.view):
            field.edited.connect(self.edited)

    def values(self) -> dict[str, Any]:
        return {
            "language": self.language.text(),
            "scheme": self.scheme.text(),
            "view": self.view.text(),
        }
