"""Windows without a screen. Must come before anything imports Qt."""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Local times on the screen are the same on every machine.
os.environ["TZ"] = "Europe/Berlin"
if hasattr(time, "tzset"):
    time.tzset()

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from xumm_desk.ui.style import theme


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """The dressed application."""
    qapp.setQuitOnLastWindowClosed(False)
    theme.apply(qapp)
    return qapp


@pytest.fixture(autouse=True)
def light(app: QApplication) -> Iterator[None]:
    """Every test starts in the light scheme, whatever the machine prefers."""
    theme.set_scheme("light")
    yield
    theme.set_scheme("light")


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, light: None) -> str:
    """Both schemes, one after the other."""
    name: str = request.param
    theme.set_scheme("dark" if name == "dark" else "light")
    return name
