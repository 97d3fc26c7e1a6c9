"""The whole program in a real window on a virtual screen, driven by keyboard and mouse."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageGrab

PATIENCE = 90.0
OUTPUT = Path(__file__).parent.parent / "output"

pytestmark = [
    pytest.mark.window,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs a (virtual) screen"),
]


class Screen:
    """The X screen: pictures of it, and hands on keyboard and mouse."""

    def picture(self, name: str) -> Image.Image:
        """What is on the screen now; kept as test output."""
        OUTPUT.mkdir(exist_ok=True)
        image = ImageGrab.grab(xdisplay=os.environ["DISPLAY"])
        image.save(OUTPUT / f"window-{name}.png")
        return image.convert("L")

    def codes(self, name: str) -> list[Any]:
        """The QR codes that a camera would find on the screen."""
        return list(zxingcpp.read_barcodes(self.picture(name)))

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
        )
        return found.stdout.split("\n")[0]


class Program:
    """The desk as a child process, and what it wrote to its journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if not k.startswith("XUMM_")}
        environment.pop("QT_QPA_PLATFORM", None)
        self.child = subprocess.Popen(
            [sys.executable, "-m", "xumm_desk", "--data-dir", str(folder), "--practice"],
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


def ask_for(screen: Screen, program: Program, amount: str) -> tuple[str, str]:
    """Type a request and send it; identifier and uuid. A window that has just appeared may not
    have the keyboard yet, so typing is repeated as long as nothing at all was created."""
    for _ in range(4):
        screen.keys("ctrl+n", "ctrl+a")
        screen.type(amount)
        screen.keys("F12")
        end = time.monotonic() + 5
        while time.monotonic() < end and not program.requests():
            time.sleep(0.1)
        if program.requests():
            break
    found: tuple[str, str, str] = wait(
        lambda: next((r for r in program.requests() if r[1]), None), "the request"
    )
    return found[0], found[1]


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """The virtual screen with a window manager of our own."""
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed")
    manager = None
    if shutil.which("openbox") is not None:
        manager = subprocess.Popen(["openbox", "--replace"], stderr=subprocess.DEVNULL)
    yield Screen()
    if manager is not None:
        manager.terminate()
        manager.wait(10)


def test_a_sale_by_keyboard_and_mouse(screen: Screen, tmp_path: Path) -> None:
    program = Program(tmp_path / "a folder with blanks")
    try:
        window = wait(lambda: screen.window("Xumm Desk"), "the window")
        wait(program.journal.exists, "the journal")
        wait(lambda: "Practice shop" in _title(window), "the connection")
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, timeout=30)
        identifier, uuid = ask_for(screen, program, "2.5")
        code = wait(lambda: next(iter(screen.codes("waiting")), None), "the QR code")
        assert code.text.endswith(uuid)
        corners = code.position
        x = (corners.top_left.x + corners.bottom_right.x) // 2
        y = (corners.top_left.y + corners.bottom_right.y) // 2
        screen.click(x, y)
        screen.keys("F11")
        wait(lambda: screen.window("^Customer"), "the customer's window")
        enough = 1.5 * (corners.top_right.x - corners.top_left.x)
        # The cashier's own code is on the screen until the customer's window covers it.
        shown = wait(
            lambda: next((c for c in screen.codes("customer") if _width(c) > enough), None),
            "the customer's code",
        )
        assert shown.text == code.text
        screen.keys("Escape", "Escape")
        wait(lambda: not screen.window("^Customer"), "the customer's window to close")
        program.control(f"phone/{uuid}/scan")
        wait(lambda: not screen.codes("opened"), "the covered code")
        program.control(f"phone/{uuid}/sign")
        wait(lambda: (identifier, uuid, "paid") in program.requests(), "paid")
        time.sleep(0.5)
        screen.picture("paid")
        code_, words = program.end()
        assert code_ == 0, words
        assert "Traceback" not in words
    finally:
        program.kill()


def test_killed_in_the_middle_it_shows_the_request_again(screen: Screen, tmp_path: Path) -> None:
    program = Program(tmp_path)
    again = None
    try:
        wait(lambda: screen.window("Xumm Desk"), "the window")
        window = wait(lambda: screen.window("Practice shop"), "the connection")
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, timeout=30)
        identifier, uuid = ask_for(screen, program, "1.25")
        program.kill()
        again = Program(tmp_path)
        wait(lambda: screen.window("Practice shop"), "the second window")
        second = again
        wait(lambda: _acts(second, f"phone/{uuid}/sign"), "the signature")
        wait(lambda: (identifier, uuid, "paid") in second.requests(), "paid")
        screen.picture("resumed")
        assert len(second.requests()) == 1
        code, words = second.end()
        assert code == 0, words
    finally:
        for one in (program, again):
            if one is not None:
                one.kill()


def _width(code: Any) -> int:
    """The side of a code on the picture, in pixels."""
    side: int = code.position.top_right.x - code.position.top_left.x
    return side


def _acts(program: Program, path: str) -> bool:
    try:
        program.control(path)
    except OSError:
        return False
    return True


def _title(window: str) -> str:
    found = subprocess.run(
        ["xdotool", "getwindowname", window],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return found.stdout
