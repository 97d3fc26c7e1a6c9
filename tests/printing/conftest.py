"""Printing without a screen. Must come before anything imports Qt."""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Local times on paper are the same on every machine.
os.environ["TZ"] = "Europe/Berlin"
if hasattr(time, "tzset"):
    time.tzset()

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from .escpos_printer_server import UNKNOWN_MODEL, EscposPrinterServer


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> QApplication:
    """Fonts need an application."""
    return qapp


@pytest.fixture
def printer() -> Iterator[EscposPrinterServer]:
    """A receipt printer of 80 mm that answers, of a model that the program does not know."""
    with EscposPrinterServer(model=UNKNOWN_MODEL) as server:
        yield server
        assert server.unknown == []
