"""The language of an open window is exchanged, and nothing that a person did in it is lost."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pseudo_locale import PseudoTranslations, accented
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from ui import sample_rows
from ui.access.all_windows import Shop, settle
from ui.fake_desk import FakeDesk
from ui.test_translation import texts, untranslated
from ui.till.sales import sale_row
from xumm_desk.core.message import Formatted
from xumm_desk.core.money.typed_number import NumberError, parse_number
from xumm_desk.core.settings import Settings
from xumm_desk.core.status import Status
from xumm_desk.locale import translation
from xumm_desk.locale.languages import ENGLISH, Audience, make_language, spoken
from xumm_desk.locale.translation import tr
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.language.window_language import chosen_tags, speak, system_language
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.report import report_table
from xumm_desk.ui.widgets.labelled_field import LabelledField

Opened = Callable[..., tuple[MainWindow, FakeDesk]]
PSEUDO = make_language("de", PseudoTranslations())


@pytest.fixture(autouse=True)
def english(app: QApplication) -> Iterator[None]:
    yield
    speak(ENGLISH)
    translation.use_catalogue(gettext.NullTranslations())


def test_an_open_sale_and_what_is_typed_beside_it_stay(opened: Opened) -> None:
    window, desk = opened(view="till", settings={"shop_currency": "EUR"})
    board = window._desk_view
    assert board is not None
    till = board.till
    desk.show(sale_row(Status.WAITING, 1041))
    board.changes.flush()
    till.show_identifier("sale-1041")
    till.focus_first()
    QTest.keyClicks(till, "12.5")
    till.entry.reference.setText("table 4")
    till.entry.note.setText("Paid")
    till.entry.note.setFocus()
    speak(PSEUDO)
    assert till.pane.identifier == "sale-1041"
    assert till.entry.entry.typed == "12.5"
    assert till.entry.charge.text() == accented("Charge {price}").format(price="12,50\u00a0€")
    assert (till.entry.reference.text(), till.entry.note.text()) == ("table 4", "Paid")
    assert window.focusWidget() is till.entry.note
    assert desk.created == []
    speak(ENGLISH)
    assert till.entry.charge.text() == "Charge €\u00a012.50"


def test_the_selected_row_its_details_filters_and_the_form_stay(opened: Opened) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    identifier = sample_rows.row(Status.PAID).identifier
    board.pane.view.select(identifier)
    board._layout.requests.open_detail()
    board.detail.tabs.setCurrentIndex(2)
    board.detail.review.edit_note()
    board.detail.review.editor.setText("ask Ana")
    board.begin_request()
    board.form.draft()
    board.pane.search.setText("10")
    board.pane.view.select(identifier)
    bar = board.pane.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    place = bar.value()
    speak(PSEUDO)
    settle()
    current = board.pane.current()
    assert current is not None
    assert current.identifier == identifier
    assert board.detail.row is not None
    assert board.detail.row.identifier == identifier
    assert board.detail.tabs.currentIndex() == 2
    assert board.detail.review.editor.text() == "ask Ana"
    assert board._layout.requests.form_is_open
    assert board.pane.search.text() == "10"
    assert bar.value() == place


def test_no_word_of_an_open_window_stays_behind(app: QApplication, tmp_path: Path) -> None:
    """Each face of the window is opened in English, and the language is exchanged while it is
    seen."""
    shop, found = Shop(tmp_path), set()
    for shown in shop._main_window():
        if not any(word in shown.name for word in SEEN):
            continue  # the same parts as in the faces around them
        speak(PSEUDO)
        shop.window.shop.tick()
        shop.board.second_timer.tick.emit()
        settle()
        found |= {(shown.name, *one) for one in texts(shown.root) if untranslated(one[1])}
        speak(ENGLISH)
    shop.close()
    assert [one for one in sorted(found) if not OWN.search(one[2])] == []


SEEN = ("till, paid", "with the form", "tab 0", "tab 1", "tab 4", "attention", "report", "Dialog 0")
"""Faces that show every part of the window between them."""

OWN = re.compile(r"Cappuccino|Espresso|Anna|UTC|Café Uno, sale|\d\d:\d\d:\d\d[.]\d{3}")
"""What the sample shop calls its things, and times that are the same in every language."""


def test_windows_are_turned_around_for_a_language_from_right_to_left(opened: Opened) -> None:
    window, _ = opened()
    assert window.layoutDirection() is Qt.LayoutDirection.LeftToRight
    board = window._desk_view
    assert board is not None
    speak(make_language("ar", PseudoTranslations()))
    assert window.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert board.till.entry.keypad.layoutDirection() is Qt.LayoutDirection.LeftToRight
    speak(ENGLISH)
    assert window.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_the_customer_s_window_has_a_language_and_a_direction_of_its_own(opened: Opened) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    board.pane.view.select(sample_rows.row(Status.PAID).identifier)
    board.show_to_customer()
    customer = board.customer.window
    assert customer is not None
    speak(ENGLISH, make_language("ar", PseudoTranslations()))
    assert customer.sentence.text() == accented("Thank you")
    assert customer.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert window.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert board.till.entry.charge.text() == "Charge"
    customer.close()


@pytest.mark.parametrize(("tag", "value"), [("de", "1250"), ("ja", "1.250"), ("en", "1.250")])
def test_a_price_is_typed_as_the_language_writes_it(
    app: QApplication, tag: str, value: str
) -> None:
    """1.250 is a thousand and more in German, and little more than one in Japanese."""
    speak(make_language(tag))
    assert parse_number("1.250", number_marks()).value == Decimal(value)


def test_a_language_that_uses_another_mark_leaves_it_in_doubt(app: QApplication) -> None:
    speak(make_language("fr"))
    with pytest.raises(NumberError):
        parse_number("1.250", number_marks())


def test_keys_are_named_in_the_language_however_fast_it_changes(app: QApplication) -> None:
    delete = QKeySequence(QKeySequence.StandardKey.Delete)
    for _ in range(2):
        named = []
        for language in (make_language("fr"), ENGLISH, make_language("de"), ENGLISH):
            speak(language)
            named.append(delete.toString(QKeySequence.SequenceFormat.NativeText))
        assert named == ["Suppr", "Del", "Entf", "Del"]


def test_no_mark_of_direction_is_typed_or_copied(app: QApplication) -> None:
    speak(make_language("ar"))
    field = LabelledField("amount", "Amount", QLineEdit())
    field.set_text(Formatted("12.50", Decimal("12.50")))
    assert field.text() == "12.50"
    report_table._copy([[tr(Formatted("12.50", Decimal("12.50"))), "Ana"]])
    assert QApplication.clipboard().text() == "12.50\tAna"


def test_a_language_chosen_in_the_settings_is_spoken_at_once(opened: Opened) -> None:
    window, _ = opened()
    window.apply_settings({"language": "de", "customer_language": "ja"})
    assert spoken(Audience.CASHIER).tag == "de"
    assert spoken(Audience.CUSTOMER).tag == "ja"
    assert window.menuBar().actions()[0].text() != "&File"
    window.apply_settings({"language": "en", "customer_language": ""})
    assert spoken(Audience.CUSTOMER).tag == "en"
    assert window.menuBar().actions()[0].text() == "&File"


def test_a_customer_s_language_holds_for_one_sale(opened: Opened) -> None:
    window, _ = opened()
    language = window.language
    language.choose_for_sale("ja")
    assert spoken(Audience.CUSTOMER).tag == "ja"
    language.sale_begun("first")
    assert spoken(Audience.CUSTOMER).tag == "ja"
    language.sale_begun("second")
    assert spoken(Audience.CUSTOMER).tag == "en"
    language.choose_for_sale("de", "second")
    language.sale_begun("third")
    assert (language.for_sale, spoken(Audience.CUSTOMER).tag) == ("", "en")


@pytest.mark.parametrize(
    ("settings", "given", "tags"),
    [
        (Settings(), "", ("en", "en")),
        (Settings(language="de"), "", ("de", "de")),
        (Settings(language="de", customer_language="ja"), "", ("de", "ja")),
        (Settings(language="de"), "ar", ("ar", "ar")),
        (Settings(language="xx", customer_language="yy"), "", ("en", "en")),
    ],
    ids=str,
)
def test_which_languages_are_spoken(settings: Settings, given: str, tags: tuple[str, str]) -> None:
    assert system_language() == "en"  # as the tests say
    assert chosen_tags(settings, given=given) == tags
