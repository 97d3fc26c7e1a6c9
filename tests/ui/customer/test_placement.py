"""The customer's window keeps to its screen: two virtual screens, one of which goes and comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

_PROGRAM = """
import json, sys
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from xumm_desk.ui.customer.placement import WindowPlacement
from xumm_desk.ui.customer.screen_identity import identity_of

app = QApplication([])
first, second = app.screens()
cashier = QWidget()
cashier.setScreen(first)
cashier.show()
window = QWidget()
window.setMinimumSize(100, 100)
placement = WindowPlacement(window)
said = []
for signal in ("remember", "lost", "found"):
    getattr(placement, signal).connect(lambda text, name=signal: said.append((name, text)))
steps = []

def note(step):
    app.processEvents()
    steps.append([step, window.screen().name(), window.isFullScreen(), len(said)])

placement.present("", cashier.screen())
note("opened")
placement.step(1)
note("stepped")
placement.step(1)
note("stepped back")
remembered = said[-1][1]
app.screenRemoved.emit(first)
note("another screen went")
app.screenRemoved.emit(second)
note("its screen went")
app.screenRemoved.emit(second)
note("told twice")
app.screenAdded.emit(second)
note("its screen came")
app.screenAdded.emit(second)
note("told twice again")
placement.present('["HDMI-9", "Maker", "Model", "Serial", ""]', cashier.screen())
note("remembered one is not there")
placement.present(remembered, cashier.screen())
note("remembered one is there")
placement.present(second.name(), cashier.screen())
note("by an older program's name")
print(json.dumps({"steps": steps, "said": said}))
"""


_TWINS = """
import json
from PySide6.QtWidgets import QApplication, QWidget
from xumm_desk.ui.customer.placement import WindowPlacement
from xumm_desk.ui.customer.screen_identity import identities_of

app = QApplication([])
first, second = app.screens()
window = QWidget()
placement = WindowPlacement(window)
placement.present("", first)
at = []

def note():
    app.processEvents()
    at.append([app.screens().index(window.screen()), window.isFullScreen()])

note()
remembered = [one.to_text() for one in identities_of(app.screens())]
for text in remembered:
    placement.present(text, first)
    note()
app.screenRemoved.emit(first)
note()
app.screenRemoved.emit(second)
note()
app.screenAdded.emit(second)
note()
print(json.dumps(at))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened on two screens: each step with screen, full screen, and sentences so far."""
    found: dict[str, Any] = run(tmp_path_factory, _PROGRAM, "LEFT", "RIGHT")
    return found


def run(folders: pytest.TempPathFactory, program: str, *names: str) -> Any:
    """What a program prints on screens of these names, side by side."""
    screens = [
        {"name": name, "x": place * 1366, "y": 0, "width": 1366, "height": 768, "dpr": 1}
        for place, name in enumerate(names)
    ]
    for screen in screens:
        screen |= {"logicalDpi": 96, "logicalBaseDpi": 96}
    file = folders.mktemp("screens") / "screens.json"
    file.write_text(json.dumps({"screens": screens}))
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=file.parent,  # Qt would split a whole path at a drive's colon
        env={
            **os.environ,
            "QT_QPA_PLATFORM": f"offscreen:configfile={file.name}",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_it_goes_with_its_screen_and_comes_back(told: dict[str, Any]) -> None:
    assert told["steps"] == [
        ["opened", "RIGHT", True, 0],
        ["stepped", "LEFT", True, 1],
        ["stepped back", "RIGHT", True, 2],
        ["another screen went", "RIGHT", True, 2],
        ["its screen went", "LEFT", False, 3],
        ["told twice", "LEFT", False, 3],
        ["its screen came", "RIGHT", True, 4],
        ["told twice again", "RIGHT", True, 4],
        ["remembered one is not there", "LEFT", False, 5],
        ["remembered one is there", "RIGHT", True, 5],
        ["by an older program's name", "RIGHT", True, 5],
    ]


def test_each_change_is_one_sentence_that_names_the_screen(told: dict[str, Any]) -> None:
    assert [kind for kind, _ in told["said"]] == ["remember", "remember", "lost", "found", "lost"]
    sentences = [text for kind, text in told["said"] if kind != "remember"]
    assert "“RIGHT” was disconnected" in sentences[0]
    assert "“RIGHT” is connected again" in sentences[1]
    assert "“Maker Model HDMI-9” is not connected" in sentences[2]


def test_two_screens_of_one_name_are_kept_apart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    assert run(tmp_path_factory, _TWINS, "screen", "screen") == [
        [1, True],
        [0, True],
        [1, True],
        [1, True],
        [0, False],
        [1, True],
    ]
