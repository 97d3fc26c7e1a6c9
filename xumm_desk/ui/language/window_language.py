"""Choose the languages of the window: the cashier's, and the customer's; and exchange them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import Audience, Language, spoken, use_languages
from xumm_desk.locale.translation import _

from . import shown_words
from .fonts import fonts_for

_QT_CATALOGUE: Final = "qt catalogue"


def system_language() -> str:
    """The tag of the first of the computer's languages that this program speaks, else English."""
    forced = os.environ.get(catalogues.VARIABLE, "")
    return catalogues.best([forced] if forced else QLocale.system().uiLanguages())


def chosen_tags(settings: Settings, *, given: str = "", for_sale: str = "") -> tuple[str, str]:
    """The tags of the cashier's and of the customer's language. `given` is that of the command
    line, `for_sale` the customer's for one sale; both come before the settings."""
    known = catalogues.available()
    if given:
        cashier = catalogues.best([given])
    else:
        cashier = settings.language if settings.language in known else system_language()
    wanted = (for_sale, settings.customer_language)
    return cashier, next((one for one in wanted if one in known), cashier)


def use(settings: Settings, given: str = "") -> None:
    """Speak the languages of the settings from now on."""
    speak(*(_loaded(tag) for tag in chosen_tags(settings, given=given)))


class WindowLanguage(QObject):
    """The languages of one window, out of its settings. `given` is the tag that the command line
    names; it holds until the language is chosen in the settings.

    The customer's language may be another one for one sale: the one that is open, or else the next
    one. `sale_changed` says that this was chosen, or is over; `alarm` carries a sentence about
    letters that this computer cannot show.
    """

    sale_changed = Signal()
    alarm = Signal(str)

    def __init__(
        self, parent: QObject, preferences: Callable[[], SettingsStore], given: str = ""
    ) -> None:
        super().__init__(parent)
        self._preferences, self._given = preferences, given
        self.for_sale = ""
        # The sale for which it was chosen; "" while it has not begun.
        self._sale = ""

    def apply(self) -> None:
        """Speak as the settings say now."""
        tags = chosen_tags(self._preferences().value, given=self._given, for_sale=self.for_sale)
        speak(*(_loaded(tag) for tag in tags))

    def settings_changed(self, before: Settings) -> None:
        """Other settings were saved in place of `before`."""
        now = self._preferences().value
        if now.language != before.language:
            self._given = ""
        if (now.language, now.customer_language) != (before.language, before.customer_language):
            self.apply()
            for tag in dict.fromkeys(spoken(audience).tag for audience in Audience):
                if not fonts_for(tag):
                    self.alarm.emit(
                        _(
                            "This computer has no font with the letters of {language}: they are"
                            " shown as boxes. Install one, such as Noto.",
                            language=catalogues.NAMES[tag],
                        )
                    )

    def choose_for_sale(self, tag: str, sale: str = "") -> None:
        """Speak this to the customer of `sale`, "" for the one that begins next. An empty tag ends
        it."""
        self.for_sale, self._sale = tag, sale if tag else ""
        self.apply()
        self.sale_changed.emit()

    def sale_begun(self, sale: str) -> None:
        """A sale begins: it is the one for which a language was chosen, or the first after it."""
        if self.for_sale and self._sale and self._sale != sale:
            self.choose_for_sale("")
        elif self.for_sale:
            self._sale = sale


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
        # It is a child until its turn comes, and not the one to be found next.
        old.setObjectName("")
        old.deleteLater()
    made = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if made.load(f"qtbase_{tag}", folder):
        made.setObjectName(_QT_CATALOGUE)
        application.installTranslator(made)
    else:
        made.deleteLater()  # English needs none
