"""What Qt's widgets were given is shown again in the language that is spoken next."""

from __future__ import annotations

import gc
import gettext
from collections.abc import Iterator

import pytest
from pseudo_locale import PseudoTranslations, accented
from PySide6.QtCore import QDate
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QTableWidget,
    QTabWidget,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.locale import formats, translation
from xumm_desk.locale.languages import ENGLISH, Audience, make_language, speaking_to
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language import shown_words
from xumm_desk.ui.language.window_language import speak

PSEUDO = make_language("de", PseudoTranslations())


@pytest.fixture(autouse=True)
def english(app: QApplication) -> Iterator[None]:
    yield
    speak(ENGLISH)
    translation.use_catalogue(gettext.NullTranslations())


def test_a_date_is_typed_as_the_language_writes_it() -> None:
    editor = QDateEdit(QDate(2026, 3, 14))
    editor.setDisplayFormat(formats.date_pattern())
    assert editor.text() == "2026-03-14"
    speak(make_language("de", gettext.NullTranslations()))
    assert editor.text() == "14.03.2026"
    assert editor.date() == QDate(2026, 3, 14)


def test_every_text_of_a_widget_follows_the_language() -> None:
    box = QWidget()
    label = QLabel(_("Paid"), box)
    button = QPushButton(box)
    button.setText(_("Cancel"))
    button.setToolTip(_("Cancel request"))
    button.setAccessibleName(tr(Message("Cancel")))
    group = QGroupBox(_("Sounds"), box)
    line = QLineEdit(box)
    line.setPlaceholderText(_("Note"))
    line.setText("typed")
    box.setWindowTitle(_("Guide"))
    speak(PSEUDO)
    assert label.text() == accented("Paid")
    assert button.text() == button.accessibleName() == accented("Cancel")
    assert button.toolTip() == accented("Cancel request")
    assert group.title() == accented("Sounds")
    assert (line.placeholderText(), line.text()) == (accented("Note"), "typed")
    assert box.windowTitle() == accented("Guide")
    speak(ENGLISH)
    assert (label.text(), button.text(), box.windowTitle()) == ("Paid", "Cancel", "Guide")


def test_items_tabs_headers_and_menus_follow_it() -> None:
    choice, tabs, table, items = QComboBox(), QTabWidget(), QTableWidget(1, 2), QListWidget()
    choice.addItem(_("Light"), "light")
    choice.addItem("Ana", "ana")
    choice.addItem(_("Dark"), "dark")
    choice.setCurrentIndex(2)
    tabs.addTab(QWidget(), _("Timeline"))
    table.setHorizontalHeaderLabels([_("Time"), _("Why")])
    item = QListWidgetItem(_("Open shift"), items)
    menu = QMenu(_("View"))
    entry = menu.addAction(_("Till"))
    group = QActionGroup(menu)
    checked = group.addAction(_("Dark"))
    speak(PSEUDO)
    assert [choice.itemText(place) for place in range(3)] == [
        accented("Light"),
        "Ana",
        accented("Dark"),
    ]
    assert choice.currentData() == "dark"
    assert tabs.tabText(0) == accented("Timeline")
    titles = [table.horizontalHeaderItem(place) for place in range(2)]
    assert [one.text() for one in titles if one] == [accented("Time"), accented("Why")]
    assert item.text() == accented("Open shift")
    assert (menu.title(), entry.text(), checked.text()) == tuple(
        map(accented, ("View", "Till", "Dark"))
    )


def test_a_sentence_is_made_again_with_its_values_and_its_number() -> None:
    label = QLabel(_("{n} row", plural="{n} rows", n=2))
    inner = QLabel(_("Not saved: {reason}", reason=_("Paid")))
    speak(PSEUDO)
    assert label.text() == accented("{n} rows").format(n=2)
    assert inner.text() == accented("Not saved: {reason}").format(reason=accented("Paid"))


def test_a_text_that_is_no_word_of_ours_is_left_alone() -> None:
    label, action = QLabel(_("Paid")), QAction(_("Paid"))
    label.setText("Ana")
    action.setText("Paid")  # as somebody typed it
    label.setToolTip(_("Paid"))
    speak(PSEUDO)
    assert label.text() == "Ana"
    assert label.toolTip() == accented("Paid")


def test_what_customers_read_follows_their_language_alone() -> None:
    label = QLabel(_("Cancel"))
    with speaking_to(Audience.CUSTOMER):
        thanks = QLabel(_("Thank you"))
    speak(ENGLISH, PSEUDO)
    assert (label.text(), thanks.text()) == ("Cancel", accented("Thank you"))
    speak(PSEUDO, ENGLISH)
    assert (label.text(), thanks.text()) == (accented("Cancel"), "Thank you")


def test_widgets_that_are_gone_are_forgotten() -> None:
    gc.collect()
    before = len(shown_words._showing)
    labels = [QLabel(_("Paid")) for _number in range(20)]
    assert len(shown_words._showing) == before + 20
    del labels
    assert len(shown_words._showing) == before
