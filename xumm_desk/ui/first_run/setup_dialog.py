"""The guided set-up: one step after the other, left and taken up again at any of them.

It is a window of its own beside the till, so that nothing that it asks holds up a sale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
)

from xumm_desk.core.message import Message
from xumm_desk.core.money import networks
from xumm_desk.core.pricing.accepted_asset import assets_from_json
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.settings.account_look import AccountLook
from xumm_desk.ui.settings.customer_page import CustomerPage
from xumm_desk.ui.settings.page import SettingsPage
from xumm_desk.ui.settings.prices_page import PricesPage
from xumm_desk.ui.settings.receipts_page import ReceiptsPage
from xumm_desk.ui.settings.shop_page import ShopPage
from xumm_desk.ui.style import status_shapes
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.screens import screen_of

from .start_pages import KeysPage, PracticePage
from .steps import (
    ADDRESS,
    DONE,
    KEYS,
    PRACTICE,
    PRICES,
    PRINTER,
    SCREEN,
    STEPS,
    SetupState,
    first_step,
    is_done,
    later_of,
)

if TYPE_CHECKING:
    from xumm_desk.ui.main_window import MainWindow

_SIZE: Final = (820, 560)
_ROOM: Final = 48
_MARK: Final = 16
_FIRST: Final = Message(
    "Sales can be charged meanwhile. Leave at any step; Help, Set up… goes on from there."
)


class SetupDialog(FittedDialog):
    """Show it with `show()`. It reads and changes the settings of `window` at each step."""

    finished_all = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(_("Set up the shop"))
        self.setModal(False)
        self._window = window
        self._step = first_step(window.preferences.value.setup_step)
        self.page: SettingsPage = self._make_page(KEYS)
        self._look: AccountLook | None = None
        self.list, self._stack = QListWidget(), QStackedWidget()
        self.refusal = MessageLine(Tone.ATTENTION)
        self.note = MessageLine()
        self.later_button = QPushButton(_("Later"))
        self.back_button = QPushButton(_("Back"))
        self.next_button = QPushButton(_("Next"))
        self._build()
        window.desk_changed.connect(self.refresh)
        Theme.current().changed.connect(self._show_ticks)
        self.show_step(self._step)

    @property
    def step(self) -> str:
        """The step that is shown."""
        return self._step

    def show_step(self, step: str) -> None:
        """Show a step and remember it."""
        self._step = step
        saved = self._window.preferences.value.setup_step
        self._window.preferences.change(setup_step=later_of(saved, step))
        self.page = self._make_page(step)
        self.page.edited.connect(self._edited)
        old = self._stack.currentWidget()
        area = VerticalScrollArea(self.page)
        self._stack.addWidget(area)
        self._stack.setCurrentWidget(area)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        place = list(STEPS).index(step)
        self.list.blockSignals(True)
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)
        self.back_button.setEnabled(place > 0)
        self.next_button.setText(_("Finish") if step == PRACTICE else _("Next"))
        self.refusal.set_text("")
        self.note.set_text(_FIRST if step == KEYS else "")
        self._show_ticks()

    def refresh(self) -> None:
        """The desk or its settings were exchanged: show the step anew."""
        if shiboken6.isValid(self) and self.isVisible():
            self.show_step(self._step)

    def go_on(self) -> None:
        """Save what is typed and show the next step, or say what is wrong."""
        sentence, where = self.page.problem()
        if sentence:
            self.refusal.set_text(sentence)
            announce(self, tr(sentence))
            if where is not None:
                getattr(where, "editor", where).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        values = self.page.values()
        if values:
            self._window.apply_settings(values)
        steps = list(STEPS)
        place = steps.index(self._step)
        if place + 1 < len(steps):
            self.show_step(steps[place + 1])
            return
        self._window.preferences.change(setup_step=DONE)
        self.finished_all.emit()
        self.accept()

    # Building.

    def _make_page(self, step: str) -> SettingsPage:
        now, context = self._window.preferences.value, self._window.page_context()
        self._look = None
        if step == KEYS:
            keys = KeysPage(now, context)
            keys.show_state(self._window.environment, self._window.has_desk())
            keys.keys_asked.connect(self._window.dialogs.keys)
            keys.practice_asked.connect(self._window.practice_chosen)
            return keys
        if step == ADDRESS:
            shop = ShopPage(now, context, address_only=True)
            self._look = look = AccountLook(context.look, context.start, shop)

            native = networks.asset_of(context.network)

            def use() -> None:
                look.use(
                    shop.destination.text(), assets_from_json(now.assets, native), shop.uses_tags
                )

            look.found.connect(shop.show_findings)
            shop.edited.connect(use)
            use()
            look.ask_now()
            return shop
        if step == PRICES:
            prices = PricesPage(now, context, assets_only=True)
            self._look = look = AccountLook(context.look, context.start, prices)
            look.found.connect(prices.show_findings)

            def look_again() -> None:
                look.use(now.destination, prices.assets, bool(now.tag_from.strip()))

            prices.edited.connect(look_again)
            look_again()
            look.ask_now()
            return prices
        if step == SCREEN:
            return CustomerPage(now, context)
        if step == PRINTER:
            return ReceiptsPage(now, context, lambda: now)
        assert step == PRACTICE
        practice = PracticePage(self._window.practice_sale())
        practice.practice_asked.connect(self._window.practice_chosen)
        practice.paid.connect(self._show_ticks)
        return practice

    def _build(self) -> None:
        self.list.setAccessibleName(_("Steps"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(_MARK, _MARK))
        metrics = self.list.fontMetrics()
        for number, words in enumerate(STEPS.values(), 1):
            item = QListWidgetItem(_("{number}. {step}", number=number, step=words))
            item.setSizeHint(QSize(0, metrics.lineSpacing() + 2 * Space.S))
            self.list.addItem(item)
        longest = max(
            metrics.horizontalAdvance(self.list.item(place).text())
            for place in range(self.list.count())
        )
        self.list.setFixedWidth(longest + _MARK + 2 * Space.L)
        self.list.currentRowChanged.connect(lambda row: self.show_step(list(STEPS)[row]))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        foot.setSpacing(Space.S)
        foot.addWidget(self.later_button)
        foot.addStretch(1)
        foot.addWidget(self.back_button)
        foot.addWidget(self.next_button)
        lines = QVBoxLayout()
        lines.setContentsMargins(Space.XL, Space.XS, Space.XL, 0)
        lines.addWidget(self.refusal)
        lines.addWidget(self.note)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addLayout(lines)
        whole.addLayout(foot)
        self.next_button.setProperty("primary", True)
        self.next_button.setDefault(True)
        for button in (self.later_button, self.back_button):
            button.setAutoDefault(False)
        for button in (self.later_button, self.back_button, self.next_button):
            button.setStyleSheet("min-height: 26px; min-width: 64px;")
        self.later_button.clicked.connect(self.reject)
        self.back_button.clicked.connect(self._go_back)
        self.next_button.clicked.connect(self.go_on)
        room = screen_of(self).availableSize() - QSize(_ROOM, _ROOM)
        grown = self.fontMetrics().height() / 17  # of the usual text size
        wanted = QSize(round(_SIZE[0] * grown), round(_SIZE[1] * grown))
        self.resize(wanted.boundedTo(room))

    def _go_back(self) -> None:
        self.show_step(list(STEPS)[list(STEPS).index(self._step) - 1])

    def _edited(self) -> None:
        self.refusal.set_text("")

    def _show_ticks(self) -> None:
        state = SetupState(
            self._window.preferences.value,
            self._window.has_desk(),
            self._window.has_paid_sale(),
            self._window.preferences.value.setup_step,
        )
        colour = Theme.current().colour(Tone.GOOD)
        tick = QIcon(status_shapes.pixmap(Shape.FULL_TICK, colour, _MARK, self.devicePixelRatioF()))
        free = QPixmap(_MARK, _MARK)
        free.fill(Qt.GlobalColor.transparent)
        for place, (step, words) in enumerate(STEPS.items()):
            item: Any = self.list.item(place)
            done = is_done(step, state)
            item.setIcon(tick if done else QIcon(free))
            spoken = _("{step}: done", step=words) if done else _("{step}: open", step=words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
