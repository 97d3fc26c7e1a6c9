"""Which fonts can write a language."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from xumm_desk.locale import catalogues
from xumm_desk.ui.language.fonts import fonts_for

Script = QFontDatabase.WritingSystem
SCRIPTS = {"ar": Script.Arabic, "ja": Script.Japanese}


def test_latin_languages_have_the_fonts_that_every_computer_has(app: QApplication) -> None:
    assert fonts_for("de") == fonts_for("en") != []


def test_fonts_of_another_script_can_write_its_letters(app: QApplication) -> None:
    for tag in catalogues.NAMES:
        systems = [QFontDatabase.writingSystems(family) for family in fonts_for(tag)]
        wanted = {
            "ar": QFontDatabase.WritingSystem.Arabic,
            "ja": QFontDatabase.WritingSystem.Japanese,
        }
        assert all(wanted.get(tag, QFontDatabase.WritingSystem.Latin) in one for one in systems)
