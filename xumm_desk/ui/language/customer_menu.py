"""The menu in which the cashier chooses the customer's language for one sale."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.locale import catalogues
from xumm_desk.locale.translation import _

from .window_language import WindowLanguage


class CustomerLanguageMenu(QMenu):
    """Every language in its own words. `sale` is asked for the sale that is open."""

    def __init__(self, language: WindowLanguage, parent: QWidget) -> None:
        super().__init__(_("Customer's language for this sale"), parent)
        self._language = language
        self.sale = ""
        group = QActionGroup(self)
        for tag, name in [("", _("As in the settings")), *choices()]:
            action = group.addAction(name)
            action.setCheckable(True)
            action.setData(tag)
            self.addAction(action)
        group.triggered.connect(self._chosen)
        language.sale_changed.connect(self._tick)
        self._tick()

    def _chosen(self, action: QAction) -> None:
        self._language.choose_for_sale(str(action.data()), self.sale)

    def _tick(self) -> None:
        for action in self.actions():
            action.setChecked(action.data() == self._language.for_sale)


def choices() -> list[tuple[str, str]]:
    """Tag and own name of each language that can be spoken."""
    return [(tag, catalogues.NAMES[tag]) for tag in catalogues.available()]
