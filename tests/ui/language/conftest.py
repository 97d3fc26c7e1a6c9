"""Let the window speak Arabic for a test."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from xumm_desk.locale import catalogues, translation
from xumm_desk.locale.languages import ENGLISH
from xumm_desk.ui.language.window_language import speak


@pytest.fixture
def arabic(app: QApplication) -> Iterator[None]:
    """From right to left, and back again."""
    speak(catalogues.load("ar"))
    yield
    speak(ENGLISH)
    translation.use_catalogue(gettext.NullTranslations())
