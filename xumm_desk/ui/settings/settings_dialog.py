"""The dialog with all settings of the shop: sections at the left, a page at the right."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.settings import Settings
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.style import status_shapes
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.screens import screen_of

from .account_look import AccountLook
from .context import PageContext
from .customer_page import CustomerPage
from .page import SettingsPage
from .prices_page import PricesPage
from .receipts_page import ReceiptsPage
from .shop_page import ShopPage
from .small_pages import AppearancePage, LockPage, SoundsPage
from .start_page import StartPage
from .till_page import TillPage
from .versions_page import VersionsPage

_SIZE: Final = (880, 640)
_ROOM: Final = 48
"""Pixels of the screen that the dialog leaves free."""

_MARK: Final = 16


class SettingsDialog(FittedDialog):
    """Show it with `open()`. `saved` carries the values by their names; `brighten` among them is
    for the customer's display."""

    saved = Signal(dict)

    def __init__(self, now: Settings, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Shop settings"))
        self.setModal(True)
        self._saved, self._tools, self._saving = now, context.tools, False
        self.shop = ShopPage(now, context)
        self.prices = PricesPage(now, context)
        self.till = TillPage(now, self.prices.currency.text)
        self.customer = CustomerPage(now, context)
        self.receipts = ReceiptsPage(now, context, self._typed)
        self.sounds, self.lock = SoundsPage(now), LockPage(context.ask_pin)
        self.start, self.appearance = StartPage(now, context), AppearancePage(now)
        self.versions = VersionsPage(now, context)
        self.pages: tuple[SettingsPage, ...] = (
            self.shop,
            self.prices,
            self.till,
            self.customer,
            self.receipts,
            self.sounds,
            self.lock,
            self.start,
            self.appearance,
            self.versions,
        )
        self.sections, self._stack = QListWidget(), QStackedWidget()
        self.refusal = MessageLine(Tone.ATTENTION)
        self.save_button, self.cancel_button = QPushButton(_("Save")), QPushButton(_("Cancel"))
        self._build()
        self._look = AccountLook(context.look, context.start, self)
        self._look.found.connect(self._show_findings)
        for page in self.pages:
            page.edited.connect(partial(self._edited, page))
        self._use_address()
        self._look.ask_now()

    def show_section(self, page: SettingsPage) -> None:
        """Open one of the pages."""
        self.sections.setCurrentRow(self.pages.index(page))

    def save(self) -> None:
        """Hand over what is typed and close, or show what is wrong with it."""
        if self._saving:
            return
        wrong = [(page, *page.problem()) for page in self.pages]
        first = next((one for one in wrong if one[1]), None)
        for place, (page, sentence, __) in enumerate(wrong):
            self._mark(place, page, wrong=bool(sentence))
        if first is not None:
            self._show_problem(*first)
        elif self.shop.new_logo:
            self._set_saving(True)
            store = partial(self._tools.store_logo, Path(self.shop.new_logo))
            run_in_thread(store, self._logo_stored)
        else:
            self._hand_over(self._values())

    # Building.

    def _build(self) -> None:
        self.sections.setAccessibleName(_("Sections"))
        self.sections.setFrameShape(QFrame.Shape.NoFrame)
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sections.setIconSize(QSize(_MARK, _MARK))
        high = self.sections.fontMetrics().lineSpacing() + 2 * Space.S
        for page in self.pages:
            item = QListWidgetItem(tr(page.title))
            item.setSizeHint(QSize(0, high))
            self.sections.addItem(item)
            self._stack.addWidget(VerticalScrollArea(page))
        longest = max(
            self.sections.fontMetrics().horizontalAdvance(tr(page.title)) for page in self.pages
        )
        self.sections.setFixedWidth(longest + _MARK + 2 * Space.L)
        for place, page in enumerate(self.pages):
            self._mark(place, page, wrong=False)
        self.sections.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.sections.setCurrentRow(0)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.sections)
        middle.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        foot.setSpacing(Space.S)
        foot.addWidget(self.refusal, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.save_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        for button in (self.cancel_button, self.save_button):
            button.setStyleSheet("min-height: 26px; min-width: 64px;")
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        room = screen_of(self).availableSize() - QSize(_ROOM, _ROOM)
        grown = self.fontMetrics().height() / 17  # of the usual text size
        wanted = QSize(round(_SIZE[0] * grown), round(_SIZE[1] * grown))
        self.resize(wanted.boundedTo(room))

    # What is typed.

    def _values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for page in self.pages:
            found |= page.values()
        return found

    def _typed(self) -> Settings:
        """The settings as typed on the pages that have no problem."""
        known = {entry.name for entry in fields(Settings)}
        values = {
            key: value
            for page in (self.shop, self.till)
            if not page.problem()[0]
            for key, value in page.values().items()
            if key in known
        }
        return replace(self._saved, **values)

    def _edited(self, page: SettingsPage) -> None:
        self._mark(self.pages.index(page), page, wrong=False)
        self.refusal.set_text("")
        if page in (self.shop, self.prices):
            self._use_address()

    def _use_address(self) -> None:
        self._look.use(self.shop.destination.text(), self.prices.assets, self.shop.uses_tags)

    def _show_findings(self, findings: Any) -> None:
        self.shop.show_findings(findings)
        self.prices.show_findings(findings)

    def _mark(self, place: int, page: SettingsPage, *, wrong: bool) -> None:
        """Mark a section on whose page something is wrong."""
        item = self.sections.item(place)
        if item is None:
            return
        item.setIcon(_attention_icon(self) if wrong else _no_icon())
        title = tr(page.title)
        spoken = _("{section}: something is wrong here", section=page.title) if wrong else title
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _show_problem(self, page: SettingsPage, sentence: str, where: QWidget | None) -> None:
        self.show_section(page)
        self.refusal.set_text(_("Not saved: {reason}", reason=sentence))
        announce(self, tr(sentence))
        if where is None:
            return
        editor = getattr(where, "editor", where)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        area = self._stack.currentWidget()
        if isinstance(area, VerticalScrollArea):
            area.ensureWidgetVisible(where)

    # Saving.

    def _set_saving(self, saving: bool) -> None:
        self._saving = saving
        self.save_button.setEnabled(not saving)
        self.save_button.setText(_("Saving…") if saving else _("Save"))

    def _logo_stored(self, answer: tuple[str, str]) -> None:
        if not shiboken6.isValid(self) or not self.isVisible():
            return  # closed meanwhile, for instance by the lock
        name, sentence = answer
        self._set_saving(False)
        if sentence:
            self.shop.show_logo_problem(sentence)
            self._mark(0, self.shop, wrong=True)
            self._show_problem(self.shop, sentence, self.shop.choose_logo)
            return
        self._hand_over({**self._values(), "shop_logo": name})

    def _hand_over(self, values: dict[str, Any]) -> None:
        self.saved.emit(values)
        self.accept()


def _attention_icon(near: QWidget) -> QIcon:
    colour = Theme.current().colour(Tone.ATTENTION)
    return QIcon(status_shapes.pixmap(Shape.TRIANGLE, colour, _MARK, near.devicePixelRatioF()))


def _no_icon() -> QIcon:
    """As wide as the mark, so that no title moves when one comes."""
    picture = QPixmap(_MARK, _MARK)
    picture.fill(Qt.GlobalColor.transparent)
    return QIcon(picture)
