"""A settings dialog with what a test sets around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeAccountCheck, FakeTools, run_now
from xumm_desk.core.settings import Settings
from xumm_desk.ui.settings.context import PageContext
from xumm_desk.ui.settings.settings_dialog import SettingsDialog


class OpenedDialog:
    """The dialog, what it handed over, and what stands around it."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        ledger: bool,
        network: str,
        desk: bool,
        no_versions: str,
    ) -> None:
        self.tools, self.account = FakeTools(folder), FakeAccountCheck()
        context = PageContext(
            network=network,
            ledger=ledger,
            start=run_now,
            tools=self.tools.as_tools(),
            ask_pin=lambda: None,
            look=self.account.findings_for if desk else None,
            no_versions=no_versions,
        )
        self.saved: list[dict[str, Any]] = []
        self.dialog = SettingsDialog(settings, context)
        self.dialog.saved.connect(self.saved.append)


Open = Callable[..., OpenedDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot, tmp_path: Path) -> Open:
    """Opens the dialog on these settings."""

    def make(
        *,
        ledger: bool = True,
        network: str = "MAINNET",
        desk: bool = True,
        no_versions: str = "",
        **values: Any,
    ) -> OpenedDialog:
        made = OpenedDialog(
            tmp_path,
            Settings(**values),
            ledger=ledger,
            network=network,
            desk=desk,
            no_versions=no_versions,
        )
        qtbot.addWidget(made.dialog)
        made.dialog.open()
        return made

    return make
