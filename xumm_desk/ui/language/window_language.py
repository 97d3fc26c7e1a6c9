"""Choose the languages of the window: the cashier's, and the customer's; and exchange them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from xumm_desk.core.settings import Settings
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import Audience, Language, spoken, use_languages

from . import shown_words

_QT_CATALOGUE: Final = "qt catalogue"


def system_language() -> str:
    """The tag of the first of the computer's languages that this program speaks, else English."""
    return catalogues.best(QLocale.system().uiLanguages())


def chosen_tags(settings: Settings, given: str = "") -> tuple[str, str]:
    """The tags of the cashier's and of the customer's language. `given` is that of the command
    line, before the settings."""
    known = catalogues.available()
    cashier = next((one for one in (given, settings.language) if one in known), "")
    cashier = cashier or system_language()
    customer = settings.customer_language
    return cashier, customer if customer in known else cashier


def use(settings: Settings, given: str = "") -> None:
    """Speak the languages of the settings from now on, in every window that is open."""
    cashier, customer = chosen_tags(settings, given)
    speak(_loaded(cashier), _loaded(customer))


def speak(cashier: Language, customer: Language | None = None) -> None:
    """Speak these from now on, in every window that is open."""
    before = (spoken(Audience.CASHIER), spoken(Audience.CUSTOMER))
    use_languages(cashier, customer)
    if (spoken(Audience.CASHIER), spoken(Audience.CUSTOMER)) == before:
        return
    application = QApplication.instance()
    if isinstance(application, QApplication):
        turn(application)
        _use_qt_catalogue(application, cashier.tag)
        shown_words.show_again()


def turn(application: QApplication) -> None:
    """Lay out all windows in the direction in which the cashier's language is written."""
    turned = spoken(Audience.CASHIER).is_right_to_left
    directions = Qt.LayoutDirection
    application.setLayoutDirection(directions.RightToLeft if turned else directions.LeftToRight)


def _loaded(tag: str) -> Language:
    """The language of this tag, read once while it is spoken."""
    for present in Audience:
        if spoken(present).tag == tag:
            return spoken(present)
    return catalogues.load(tag)


def _use_qt_catalogue(application: QApplication, tag: str) -> None:
    """The words of Qt's own dialogs and context menus."""
    old = application.findChild(QTranslator, _QT_CATALOGUE)
    if old is not None:
        application.removeTranslator(old)
        old.deleteLater()
    made = QTranslator(application)
    made.setObjectName(_QT_CATALOGUE)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if made.load(f"qtbase_{tag}", folder):
        application.installTranslator(made)
    else:
        made.deleteLater()  # English needs none
