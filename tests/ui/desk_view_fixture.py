"""A desk view over a fake desk, as a shop has it."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import DeskView

from . import sample_rows
from .fake_desk import FakeDesk, FakePrinter


def open_board(
    qtbot: QtBot, folder: Path, desk: FakeDesk, start: StartTask, **settings: str
) -> DeskView:
    """Open one whose form is open with an amount typed; `settings` are the shop's."""
    kept = SettingsFile(folder / "settings.json")
    kept.change(destination=sample_rows.SHOP, view="requests", **settings)
    made = DeskView(
        desk.as_desk(),
        start=start,
        preferences=kept,
        network="MAINNET",
        phone=None,
        practice=False,
        make_printer=FakePrinter,
    )
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.open()
    made.begin_request()
    made.form.field("amount").set_text("2.5")
    return made
