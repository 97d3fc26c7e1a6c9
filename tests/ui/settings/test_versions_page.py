"""Whether to be told of new versions: off until a person says yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from xumm_desk.core.updates.notice import FORBIDDEN, OFF, ON
from xumm_desk.version import __version__

from .opened_dialog import Open

OUTPUT = Path(__file__).parents[2] / "output"
NO_KEY = "Not available in this build: it names no key that signs new versions."


def test_it_is_off_until_a_person_says_yes(open_dialog: Open) -> None:
    made = open_dialog()
    page = made.dialog.versions
    assert not page.tell.isChecked()
    QTest.keyClick(page.tell, Qt.Key.Key_Space)
    made.dialog.save()
    assert made.saved[0]["version_notice"] == ON


@pytest.mark.parametrize("now", ["", OFF, "nonsense"])
def test_where_nobody_says_anything_nothing_is_written(open_dialog: Open, now: str) -> None:
    made = open_dialog(version_notice=now)
    made.dialog.save()
    assert "version_notice" not in made.saved[0]


def test_it_can_be_switched_off_again(open_dialog: Open) -> None:
    made = open_dialog(version_notice=ON)
    assert made.dialog.versions.tell.isChecked()
    made.dialog.versions.tell.setChecked(False)
    made.dialog.save()
    assert made.saved[0]["version_notice"] == OFF


@pytest.mark.parametrize("now", [ON, FORBIDDEN])
def test_where_it_is_not_available_the_reason_is_said_and_nothing_is_changed(
    open_dialog: Open, now: str
) -> None:
    made = open_dialog(no_versions=NO_KEY, version_notice=now)
    page = made.dialog.versions
    assert not page.tell.isEnabled()
    assert not page.tell.isChecked()
    assert page.refusal.text() == NO_KEY
    made.dialog.save()
    assert "version_notice" not in made.saved[0]


@pytest.mark.parametrize("reason", ["", NO_KEY])
def test_picture(open_dialog: Open, scheme: str, reason: str) -> None:
    made = open_dialog(no_versions=reason)
    made.dialog.show_section(made.dialog.versions)
    for _ in range(3):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    name = f"settings-versions-{'off' if reason else 'free'}-{scheme}.png"
    assert made.dialog.grab().save(str(OUTPUT / name))
    assert any(__version__ in label.text() for label in made.dialog.versions.findChildren(QLabel))
