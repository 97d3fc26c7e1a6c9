"""What is loaded before the window is painted: each library costs time that a cashier waits for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LATER = (
    "httpx",
    "httpcore",
    "websockets",
    "keyring",
    "PIL",
    "qrcode",
    "aiohttp",
    "xrpl",
    "cryptography",
    "numpy",
    "pyqtgraph",
    "xumm_desk.ui.report.report_page",
    "psycopg",
    "importlib.metadata",
    "xumm_desk.simulator",
    "xumm_desk.cli.request_command",
    "xumm_desk.setup.diagnostics",
)
"""Loaded by what needs them: a call, a socket, a keyring, a code, a webhook, a blob, the report,
a shop's database."""


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after `statement`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["xumm_desk.ui.main_window", "xumm_desk.ui.desk_view", "xumm_desk.app"]
)
def test_the_window_is_there_before_the_network_and_the_keyring(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(LATER)


def test_a_window_with_a_desk_needs_no_library_of_the_report() -> None:
    """A till, requests, all that a start shows; the report is loaded when it is opened."""
    code = """
import pathlib, tempfile
from PySide6.QtWidgets import QApplication
app = QApplication([])
from ui.fake_desk import FakeDesk, FakePrinter, FakeTools, keys_never_tested, run_now
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.widgets.environment_marks import Environment
folder = pathlib.Path(tempfile.mkdtemp())
place = Environment(network="MAINNET", host="xumm.app", practice=False, ledger=True)
window = MainWindow(
    place=place, settings=SettingsFile(folder / "settings.json"), start=run_now,
    help_folder=folder, kept_where=str, test_keys=keys_never_tested, make_printer=FakePrinter,
    tools=FakeTools(folder).as_tools(),
)
window.show_desk(FakeDesk().as_desk(), place, None)
window.show_resumed(())
window.show()
app.processEvents()
window._show_view("requests")
app.processEvents()
"""
    found = loaded_by(code)
    assert "xumm_desk.ui.report.report_view" in found
    assert found.isdisjoint({"numpy", "pyqtgraph", "xumm_desk.ui.report.report_page"})


def test_the_command_line_is_read_before_anything_else_is_loaded() -> None:
    found = loaded_by("from xumm_desk.cli import parser\nparser.build_parser().parse_args([])")
    heavy = ("asyncio", "sqlite3", "PySide6", "xumm_desk.engine", "xumm_desk.cli.commands", *LATER)
    assert found.isdisjoint(heavy)


def test_python_keeps_its_own_import_and_no_source_is_read() -> None:
    code = """
import builtins
plain = builtins.__import__
from xumm_desk.qt import pyside_import
pyside_import.import_pyside()
import xumm_desk.app
import linecache
kept = [name for name in linecache.cache if "xumm_desk" in name]
assert builtins.__import__ is plain, "the binding's hook reads every module that is loaded"
assert kept == [], kept
"""
    assert "xumm_desk.ui.main_window" in loaded_by(code)
