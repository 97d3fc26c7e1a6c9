"""What is loaded before the window is painted: each library costs time that a cashier waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from xumm_desk.store.settings_file import SettingsFile

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


WHEN_OPENED = (
    "xumm_desk.core.bulk_import",
    "xumm_desk.core.export.job",
    "xumm_desk.store.keeping.archive",
    "xumm_desk.store.keeping.copies",
    "xumm_desk.store.keeping.restore",
    "xumm_desk.ui.bulk_import.import_dialog",
    "xumm_desk.ui.customer.customer_window",
    "xumm_desk.ui.dialogs.keys_dialog",
    "xumm_desk.ui.dialogs.unmatched_dialog",
    "xumm_desk.ui.export.export_dialog",
    "xumm_desk.ui.first_run.setup_dialog",
    "xumm_desk.ui.lamps.lamp_window",
    "xumm_desk.ui.refund.refund_dialog",
    "xumm_desk.ui.requests.filters.dates_dialog",
    "xumm_desk.ui.requests.table_columns.columns_dialog",
    "xumm_desk.ui.settings.settings_dialog",
    "xumm_desk.ui.shift.shift_dialog",
    "xumm_desk.cli.commands",
    "babel",
    "PySide6.QtPrintSupport",
    "PySide6.QtSvgWidgets",
)
"""Loaded by a person: a dialog, a page, a command."""


def loaded_by(statement: str, names: str = "sys.modules", **environment: str) -> set[str]:
    """The modules that a fresh interpreter has after `statement`, or what it holds in `names`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*{names})"],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": os.pathsep.join(sys.path),
            **environment,
        },
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


def test_a_start_shows_its_table_before_anything_that_a_person_opens(tmp_path: Path) -> None:
    """The program through its own entry point, up to the first paint of the table."""
    SettingsFile(tmp_path / "settings.json").change(view="requests")
    code = f"""
import sys
from xumm_desk import __main__ as entry
from xumm_desk.cli import parser
from xumm_desk.qt import pyside_import
found, run = [], parser.run

def watched(argv):
    code = run(argv)
    pyside_import.import_pyside()
    from PySide6.QtCore import QTimer
    from xumm_desk.ui.requests.table_view import RequestTableView
    paint = RequestTableView.paintEvent

    def painted(view, event):
        paint(view, event)
        if not found:
            found.extend(sys.modules)
            QTimer.singleShot(0, view.window().close)

    RequestTableView.paintEvent = painted
    return code

parser.run = watched
sys.argv = ["xumm-desk", "--api", "http://127.0.0.1:9/api", "--ledger", "none"]
sys.argv += ["--data-dir", {str(tmp_path)!r}]
assert entry.main() == 0
"""
    keys = {name: str(uuid4()) for name in ("XUMM_APIKEY", "XUMM_APISECRET")}
    found = loaded_by(code, "found", **keys)
    assert "xumm_desk.ui.desk_view" in found
    assert "xumm_desk.store.journal" in found
    assert found.isdisjoint(LATER)
    assert found.isdisjoint(WHEN_OPENED)


def test_the_command_line_is_read_before_anything_else_is_loaded() -> None:
    found = loaded_by("from xumm_desk.cli import parser\nparser.build_parser().parse_args([])")
    heavy = ("asyncio", "sqlite3", "PySide6", "xumm_desk.engine", "xumm_desk.core.state", *LATER)
    assert found.isdisjoint((*heavy, *WHEN_OPENED))


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
