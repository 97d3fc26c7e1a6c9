"""The help window: pages in the order of their contents, links that lead to pages and headings."""

from __future__ import annotations

from pathlib import Path

import pytest
from patient_qtbot import PatientQtBot
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from xumm_desk.ui.dialogs.help_window import HelpWindow, anchor_of, contents

GUIDE = Path(__file__).resolve().parents[3] / "resources" / "help"


@pytest.fixture
def window(qtbot: PatientQtBot) -> HelpWindow:
    """The user guide, shown."""
    window = HelpWindow(GUIDE)
    qtbot.addWidget(window)
    window.show()
    return window


def titles(window: HelpWindow) -> list[str]:
    """The lines of the list that can be chosen."""
    items = [window.pages.item(row) for row in range(window.pages.count())]
    return [item.text() for item in items if item.flags() & Qt.ItemFlag.ItemIsSelectable]


def test_every_page_is_in_the_list_once_and_the_contents_come_first(window: HelpWindow) -> None:
    assert len(titles(window)) == len(set(titles(window))) == len(list(GUIDE.glob("*.md")))
    assert titles(window)[:2] == ["User guide", "First sale in five minutes"]
    assert window.pages.currentItem().text() == "User guide"


def test_the_arrow_keys_pass_the_titles_of_groups_by(window: HelpWindow) -> None:
    QTest.keyClick(window.pages, Qt.Key.Key_Down)
    assert window.pages.currentItem().text() == "First sale in five minutes"


def test_a_link_leads_to_a_page_and_to_a_heading_on_it(window: HelpWindow) -> None:
    window.page.anchorClicked.emit(QUrl("trouble.md#the-journal-is-damaged"))
    assert window.pages.currentItem().text() == "Trouble, by symptom"
    assert window.page.textCursor().block().text() == "The journal is damaged"
    assert window.page.viewport().rect().contains(window.page.cursorRect())


def test_a_link_within_the_page_stays_on_it(window: HelpWindow) -> None:
    window.open_page("trouble.md")
    window.page.anchorClicked.emit(QUrl("#the-lamps"))
    assert window.pages.currentItem().text() == "Trouble, by symptom"
    assert window.page.textCursor().block().text() == "The lamps"
    assert 0 <= window.page.cursorRect().top() < window.page.viewport().height() / 8


def test_only_the_web_is_opened_elsewhere(
    window: HelpWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    for link in ("https://example.com/a", "http://example.com", "file:///etc/passwd", "fantasy.md"):
        window.page.anchorClicked.emit(QUrl(link))
    assert opened == ["https://example.com/a"]
    assert window.pages.currentItem().text() == "User guide"


def test_a_folder_without_contents_is_listed_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n", "utf-8")
    assert list(contents(tmp_path)) == [("a", tmp_path / "a.md"), ("b", tmp_path / "b.md")]


def test_a_page_that_the_contents_leave_out_comes_last(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# C\n\n## G\n\n* [B](b.md)\n* [Gone](gone.md)\n", "utf-8")
    for name in ("b", "a"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n", "utf-8")
    assert [title for title, _ in contents(tmp_path)] == ["C", "G", "B", "a"]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("The lamps", "the-lamps"),
        ('"Time is up, checking"', "time-is-up-checking"),
        ("A till is lost, sold  or stolen", "a-till-is-lost-sold-or-stolen"),
        ("Desk.on_rows", "deskon_rows"),
    ],
)
def test_an_anchor_is_made_as_on_the_site(heading: str, anchor: str) -> None:
    assert anchor_of(heading) == anchor
