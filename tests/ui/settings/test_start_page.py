"""Start with the system and the tray, in the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk, FakeTools, run_now
from xumm_desk.core.settings import Settings
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.settings.context import PageContext
from xumm_desk.ui.settings.settings_dialog import SettingsDialog
from xumm_desk.ui.settings.start_page import StartPage
from xumm_desk.ui.style import theme
from xumm_desk.ui.system_tools import SystemTools

OUTPUT = Path(__file__).parents[2] / "output"


class FakeAutostart:
    """A system that starts what a test says."""

    def __init__(self, *, on: bool = False, refusal: str = "") -> None:
        self.on, self.sentence = on, refusal
        self.switched: list[bool] = []

    def refusal(self) -> str:
        return self.sentence

    def is_on(self) -> bool:
        return self.on

    def switch(self, on: bool) -> str:
        self.switched.append(on)
        return self.sentence


def page(qtbot: QtBot, autostart: FakeAutostart, *, tray: bool = True, **values: bool) -> StartPage:
    tools = FakeTools(Path()).as_tools()
    context = PageContext(
        network="MAINNET",
        ledger=True,
        start=run_now,
        tools=tools,
        ask_pin=lambda: None,
        autostart=autostart,
        has_tray=tray,
    )
    made = StartPage(Settings(**values), context)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    return made


def test_only_what_was_switched_is_handed_over(qtbot: QtBot) -> None:
    made = page(qtbot, FakeAutostart())
    assert made.values() == {"tray_icon": True, "close_to_tray": False}
    made.autostart.setChecked(True)
    made.close_to_tray.setChecked(True)
    assert made.values() == {"tray_icon": True, "close_to_tray": True, "autostart": True}


def test_what_is_on_is_written_anew_or_removed(qtbot: QtBot) -> None:
    made = page(qtbot, FakeAutostart(on=True))
    assert made.values()["autostart"] is True
    made.autostart.setChecked(False)
    assert made.values()["autostart"] is False


def test_a_place_that_cannot_be_written_is_said_with_its_reason(qtbot: QtBot) -> None:
    made = page(qtbot, FakeAutostart(refusal="Permission denied: /home"))
    assert not made.autostart.isEnabled()
    assert made.refusal.text() == "Permission denied: /home"
    assert "autostart" not in made.values()


def test_without_a_tray_it_says_what_closing_does(qtbot: QtBot) -> None:
    assert "no tray" in page(qtbot, FakeAutostart(), tray=False).note.text()
    assert page(qtbot, FakeAutostart()).note.text() == ""


def test_closing_to_the_tray_needs_the_icon(qtbot: QtBot) -> None:
    made = page(qtbot, FakeAutostart(), tray_icon=False, close_to_tray=True)
    assert not made.close_to_tray.isEnabled()
    made.icon.setChecked(True)
    assert made.close_to_tray.isEnabled()


def test_the_window_switches_it_and_says_what_failed(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    autostart = FakeAutostart()
    window._system = SystemTools(autostart=autostart)
    window.apply_settings({"autostart": True, "close_to_tray": True})
    assert autostart.switched == [True]
    assert window.banners.banner("alarm") is None
    autostart.sentence = "The disk is full."
    window.apply_settings({"autostart": False})
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert "The disk is full." in bar.text()


def test_picture(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], scheme: str, qtbot: QtBot
) -> None:
    window, _ = opened()
    theme.Theme.current().set_scheme("dark" if scheme == "dark" else "light")
    window._system = SystemTools(autostart=FakeAutostart(refusal="Permission denied: ~/.config"))
    dialog = SettingsDialog(window.preferences.value, window.page_context())
    qtbot.addWidget(dialog)
    dialog.show_section(dialog.start)
    dialog.show()
    for _ in range(3):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert dialog.grab().save(str(OUTPUT / f"settings-start-{scheme}.png"))
