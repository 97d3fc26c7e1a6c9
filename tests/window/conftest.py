"""The virtual screen of the window tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from .real_window import Screen


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """The cashier's screen; a window manager of our own runs on it and on the customer's."""
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed")
    managers = []
    if shutil.which("openbox") is not None:
        for display in (os.environ["DISPLAY"], Screen(1).display):
            managers.append(
                subprocess.Popen(
                    ["openbox", "--replace"],
                    env={**os.environ, "DISPLAY": display},
                    stderr=subprocess.DEVNULL,
                )
            )
    yield Screen()
    for manager in managers:
        manager.terminate()
        manager.wait(10)
