"""Keys and menus in the user guide are those of the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from xumm_desk.ui.main_window import MainWindow

from .fake_desk import FakeDesk

GUIDE = Path(__file__).resolve().parents[2] / "resources" / "help"
KEY = re.compile(
    r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:F\d+|[A-Z][a-z]+|[A-Z0-9]|[,/](?= |\)|$))|\bF\d+\b"
)
MENU = re.compile(r"\*{1,2}(File|Request|View|Help), ([^*,]+)")

ELSEWHERE = {
    "Alt+Down": "a saved filter, the titles of columns",
    "Alt+Home": "the report, which is built when it is first opened",
    "Alt+Left": "the report",
    "Alt+Right": "the report",
    "Alt+Shift+1": "the first saved filter, once there is one",
    "Alt+Shift+9": "the ninth saved filter",
    "Alt+Up": "a saved filter, the titles of columns",
    "Ctrl+Enter": "the form and the till: the other Enter",
    "Ctrl+Left": "the customer's window",
    "Ctrl+Right": "the customer's window",
    "Ctrl+V": "the till pastes a price",
    "F6": "the till",
    "Shift+F10": "Qt's own",
    "Shift+Tab": "Qt's own",
}
"""What widgets do by themselves while they have the keyboard, and where."""


def key_names(window: MainWindow) -> set[str]:
    """All keys of the window's actions and shortcuts."""
    found = [keys for action in window.findChildren(QAction) for keys in action.shortcuts()]
    found += [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    return {keys.toString(QKeySequence.SequenceFormat.PortableText) for keys in found}


def named(page: Path) -> set[str]:
    """The keys that a page names; of "Alt+1 to Alt+7" the first and the last."""
    return set(KEY.findall(page.read_text("utf-8")))


def test_every_key_of_the_pages_is_one_of_the_program(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    known = key_names(window) | set(ELSEWHERE)
    unknown = {page.name: named(page) - known for page in GUIDE.glob("*.md")}
    assert {name: keys for name, keys in unknown.items() if keys} == {}
    window.remove_desk()


def test_every_key_of_the_window_is_in_the_list_of_keys(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    page = GUIDE / "shortcuts.md"
    text = page.read_text("utf-8")
    for first, last in re.findall(r"(\S+\+)1 to \1(\d)", text):
        text += "".join(f" {first}{number}" for number in range(1, int(last) + 1))
    listed = set(KEY.findall(text)) | set(re.findall(r"\b(Esc|Del|Enter|Tab)\b", text))
    aliases = {"Ctrl+Return": "Ctrl+Enter", "Return": "Enter"}
    missing = {aliases.get(keys, keys) for keys in key_names(window)} - listed
    assert missing == set()
    window.remove_desk()


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda page: page.stem)
def test_every_entry_of_a_menu_is_there(
    page: Path, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    window, _ = opened()
    menus: dict[str, set[str]] = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            entries = [one.text().replace("&", "").rstrip("…") for one in menu.actions()]
            menus[action.text().replace("&", "")] = set(entries)
    for title, entry in MENU.findall(page.read_text("utf-8")):
        name = " ".join(entry.split()).rstrip("…")
        assert name in menus[title], f"{title}, {name}"
    window.remove_desk()
