"""A newer version is a quiet bar; one that says "not safe" is not to be overlooked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from ui.fake_desk import FakeDesk, run_now
from ui.fake_updates import FakeUpdates, new_version
from xumm_desk.core.updates.notice import UpdateNotice
from xumm_desk.ui.banners.banner import Severity
from xumm_desk.ui.banners.update_banner import KEY, UpdateBanner
from xumm_desk.ui.dialogs.update_dialog import UpdateDialog
from xumm_desk.ui.main_window import MainWindow

OUTPUT = Path(__file__).parents[2] / "output"
UNSAFE = new_version(own="1.0.3", minimum_safe="1.2.0", unsafe=True)

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


@pytest.fixture
def shown(opened: Opened) -> tuple[MainWindow, FakeUpdates]:
    """A window, and what it is told of new versions."""
    window, _ = opened()
    updates = FakeUpdates()
    window.updates = UpdateBanner(
        window, updates, bars=window.banners, lock=window.lock, start=run_now
    )
    return window, updates


def dialog_of(window: MainWindow) -> UpdateDialog:
    [dialog] = [one for one in window.findChildren(UpdateDialog) if one.isVisible()]
    return dialog


def test_a_newer_version_is_told_quietly(shown: tuple[MainWindow, FakeUpdates]) -> None:
    window, updates = shown
    assert window.banners.shown() == ()
    updates.show(new_version())
    bar = window.banners.banner(KEY)
    assert bar is not None
    assert bar.tone is Severity.NEUTRAL
    assert bar.text() == (
        "Version 1.4.0 of Xumm Desk is available."
        " This is version 1.3.2. Nothing is installed by itself."
    )
    assert window._desk_view is not None
    assert window._desk_view._blocks == {}
    updates.show(None)
    assert window.banners.shown() == ()


def test_one_that_is_not_safe_says_so_plainly(shown: tuple[MainWindow, FakeUpdates]) -> None:
    window, updates = shown
    updates.show(UNSAFE)
    bar = window.banners.banner(KEY)
    assert bar is not None
    assert bar.tone is Severity.ATTENTION
    assert "This version, 1.0.3, is no longer safe to use." in bar.text()
    bar.button.click()
    dialog = dialog_of(window)
    assert not dialog.hide_button.isVisible()
    assert "Versions before 1.2.0 are no longer safe" in dialog.warning.text()


def test_it_stays_when_the_desk_is_exchanged(shown: tuple[MainWindow, FakeUpdates]) -> None:
    window, updates = shown
    updates.show(new_version())
    window.remove_desk()
    assert KEY in window.banners.shown()


def test_the_button_tells_more_and_hides_it_until_the_next_version(
    shown: tuple[MainWindow, FakeUpdates], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, updates = shown
    went = list[QUrl]()
    monkeypatch.setattr(QDesktopServices, "openUrl", went.append)
    updates.show(new_version())
    bar = window.banners.banner(KEY)
    assert bar is not None
    bar.button.click()
    dialog = dialog_of(window)
    assert went == [], "no browser opens by itself"
    dialog.notes_button.click()
    assert [link.toString() for link in went] == [updates.notice.notes if updates.notice else ""]
    dialog.hide_button.click()
    assert updates.hidden == 1
    assert window.banners.shown() == ()


def test_at_a_locked_desk_the_browser_needs_the_pin(
    shown: tuple[MainWindow, FakeUpdates], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, updates = shown
    asked = list[str]()
    monkeypatch.setattr(window.lock, "require", lambda why, _then: asked.append(why))
    updates.show(new_version())
    window.updates.open()
    assert asked == ["The desk is locked. What is new needs the PIN."]


def test_settings_that_were_saved_are_used_at_once(opened: Opened) -> None:
    window, _ = opened()
    updates = FakeUpdates()
    updates.reason = "Not available."
    object.__setattr__(window._system, "updates", updates)
    window.apply_settings({"version_notice": "on"})
    assert updates.looked == 1
    assert window.preferences.value.version_notice == "on"
    assert window.page_context().no_versions == "Not available."


@pytest.mark.parametrize(("name", "notice"), [("quiet", new_version()), ("unsafe", UNSAFE)])
def test_picture(
    shown: tuple[MainWindow, FakeUpdates], scheme: str, name: str, notice: UpdateNotice
) -> None:
    window, updates = shown
    window.resize(1366, 768)
    updates.show(notice)
    window.show()
    window.updates.open()
    dialog = dialog_of(window)
    for _ in range(3):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"update-bar-{name}-{scheme}.png"))
    assert dialog.grab().save(str(OUTPUT / f"update-dialog-{name}-{scheme}.png"))
