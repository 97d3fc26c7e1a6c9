"""A real window on a virtual X screen: pictures, keyboard, mouse, and the program's process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageGrab

from xumm_desk.ui.style.palette import LIGHT

PATIENCE = 240.0
OUTPUT = Path(__file__).parent.parent / "output"

NEEDS_SCREEN = [
    pytest.mark.window,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs a (virtual) screen"),
]
"""For `pytestmark` of a module that uses them."""


class Screen:
    """An X screen: pictures of it, and hands on keyboard and mouse. 0 is the cashier's, 1 the
    customer's."""

    def __init__(self, number: int = 0) -> None:
        self.display = f"{os.environ['DISPLAY'].partition('.')[0]}.{number}"

    def colours(self, name: str) -> Image.Image:
        """What is on the screen now; kept as test output."""
        OUTPUT.mkdir(exist_ok=True)
        image = ImageGrab.grab(xdisplay=self.display)
        image.save(OUTPUT / f"window-{name}.png")
        return image

    def picture(self, name: str) -> Image.Image:
        """What a camera without colours sees."""
        return self.colours(name).convert("L")

    def codes(self, name: str) -> list[Any]:
        """The QR codes that a camera would find on the screen."""
        return list(zxingcpp.read_barcodes(self.picture(name)))

    def activate(self, window: str) -> None:
        """Give a window the keyboard."""
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, timeout=30)

    def button_below(self, x: int, y: int) -> int:
        """The middle of the first area in the colour of a primary button below a point; 0 while
        there is none."""
        picture = self.colours("button").convert("RGB")
        wanted = tuple(int(LIGHT.button[place : place + 2], 16) for place in (1, 3, 5))
        rows = [row for row in range(y, picture.height) if picture.getpixel((x, row)) == wanted]
        return rows[0] + 12 if rows else 0

    def keys(self, *names: str) -> None:
        """Press keys."""
        subprocess.run(["xdotool", "key", "--delay", "40", *names], check=True, timeout=30)

    def type(self, text: str) -> None:
        """Type text."""
        subprocess.run(["xdotool", "type", "--delay", "40", text], check=True, timeout=30)

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        where = ["mousemove", "--sync", str(x), str(y), "click", "1"]
        subprocess.run(["xdotool", *where], check=True, timeout=30)

    def window(self, title: str) -> str:
        """The id of the window whose title holds `title`, "" while there is none."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "DISPLAY": self.display},
        )
        return found.stdout.split("\n")[0]


class Program:
    """The desk as a child process, and what it wrote to its journal."""

    def __init__(self, folder: Path, command: Sequence[str] | None = None) -> None:
        """`command` starts another program than that of this checkout, with its own environment."""
        self.folder = folder
        settings = folder / "practice" / "settings.json"
        if not settings.exists():
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(json.dumps({"setup_step": "done"}))  # no guided set-up before it
        environment = {k: v for k, v in os.environ.items() if not k.startswith("XUMM_")}
        environment.pop("QT_QPA_PLATFORM", None)
        program = command or [sys.executable, "-m", "xumm_desk"]
        self.child = subprocess.Popen(
            [*program, "--data-dir", str(folder), "--practice"],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def journal(self) -> Path:
        """Where its journal lies."""
        return self.folder / "practice" / "journal.sqlite3"

    def requests(self) -> list[tuple[str, str, str]]:
        """(identifier, uuid, status) of every request on disk."""
        if not self.journal.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True)) as db:
            try:
                return db.execute("SELECT identifier, uuid, status FROM requests").fetchall()
            except sqlite3.OperationalError:
                return []

    def wait_for_request(self, seconds: float) -> bool:
        """Whether the platform has a request within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(uuid for __, uuid, __ in self.requests()):
                return True
            time.sleep(0.1)
        return False

    def control(self, path: str) -> None:
        """Let the practice phone act, as a customer would."""
        settings = json.loads((self.folder / "practice" / "settings.json").read_text())
        url = f"http://127.0.0.1:{settings['practice_port']}/practice/{path}"
        request = urllib.request.Request(url, data=b"{}", method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def kill(self) -> None:
        """End it as a power cut would; harmless when it has ended."""
        if self.child.poll() is None:
            self.child.kill()
        if self.child.stderr is not None and not self.child.stderr.closed:
            self.child.communicate()

    def end(self) -> tuple[int, str]:
        """Close it as a session's end would; exit code and what it said."""
        self.child.send_signal(signal.SIGTERM)
        _, words = self.child.communicate(timeout=PATIENCE)
        return self.child.returncode, words


def wait(true: Callable[[], Any], what: str) -> Any:
    """Ask again until `true` is true; another process offers nothing to await."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = true()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen")


def acts(program: Program, path: str) -> bool:
    try:
        program.control(path)
    except OSError:
        return False
    return True


def title_of(window: str) -> str:
    found = subprocess.run(
        ["xdotool", "getwindowname", window],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return found.stdout
