"""The stripe of practice says the whole of what it says, in every language."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.locale import catalogues, translation
from xumm_desk.locale.languages import ENGLISH
from xumm_desk.ui.language.window_language import speak
from xumm_desk.ui.widgets.environment_marks import PracticeStripe

AS_WIDE_AS_THE_PHONE = 252


@pytest.fixture(autouse=True)
def english(app: QApplication) -> Iterator[None]:
    yield
    speak(ENGLISH)
    translation.use_catalogue(gettext.NullTranslations())


@pytest.mark.parametrize("tag", catalogues.NAMES)
def test_no_word_of_no_real_money_is_cut_beside_the_phone(qtbot: QtBot, tag: str) -> None:
    speak(catalogues.load(tag))
    stripe = PracticeStripe()
    qtbot.addWidget(stripe)
    stripe.resize(AS_WIDE_AS_THE_PHONE, 28)
    assert stripe.shown_text() == stripe.label()
