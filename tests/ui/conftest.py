"""Windows without a screen. Must come before anything imports Qt."""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Local times on the screen are the same on every machine.
os.environ["TZ"] = "Europe/Berlin"
if hasattr(time, "tzset"):
    time.tzset()

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.wire.api_answers import Application
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style import theme
from xumm_desk.ui.widgets.environment_marks import Environment

from . import sample_rows
from .fake_desk import FakeDesk, FakePrinter, FakeTools, keys_never_tested, run_now


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """The application with theme."""
    qapp.setQuitOnLastWindowClosed(False)
    theme.apply(qapp)
    return qapp


@pytest.fixture(autouse=True)
def light(app: QApplication) -> Iterator[None]:
    """Every test starts in the light scheme, whatever the machine prefers."""
    theme.Theme.current().set_scheme("light")
    yield
    # Windows of this test go now: no event loop runs that would delete them, and each scheme that
    # follows would style them again.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.Theme.current().set_scheme("light")


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, light: None) -> str:
    """Both schemes, one after the other."""
    name: str = request.param
    theme.Theme.current().set_scheme("dark" if name == "dark" else "light")
    return name


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Callable[..., tuple[MainWindow, FakeDesk]]:
    """Opens a window on a desk."""

    def make(
        *,
        rows: Sequence[RequestRow] | None = None,
        practice: bool = False,
        network: str = "MAINNET",
        read: bool = True,
        view: str = "requests",
        settings: Mapping[str, object] | None = None,
        rights: Rights = TILL,
    ) -> tuple[MainWindow, FakeDesk]:
        desk = FakeDesk(sample_rows.rows() if rows is None else rows)
        desk.present_health = replace(desk.present_health, asks=rights.writes)
        environment = Environment(network, "xumm.app", practice, ledger=True, rights=rights)
        kept = SettingsFile(tmp_path / "settings.json")
        kept.change(view=view, destination=sample_rows.SHOP if settings else "")
        kept.change(**(settings or {}))
        window = MainWindow(
            place=environment,
            settings=kept,
            start=run_now,
            help_folder=tmp_path,
            kept_where=lambda: "the keyring",
            test_keys=keys_never_tested,
            make_printer=FakePrinter,
            tools=FakeTools(tmp_path).as_tools(),
        )
        qtbot.addWidget(window)
        window.show_desk(desk.as_desk(), environment, None)
        if read:
            window.show_resumed(())
            if rights.writes:
                window.show_application(Application("Café Uno", "", False))
        window.show()
        return window, desk

    return make
