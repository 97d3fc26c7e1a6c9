"""The practice panel: what the customer's phone does with the selected request."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

import shiboken6
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import SimulatorNews
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space, Theme
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.environment_marks import PracticeStripe
from xumm_desk.ui.widgets.labelled_field import MessageLine, small_label
from xumm_desk.ui.widgets.labels import ParagraphLabel

CHOICES: Final = (
    ("manual", Message("By hand")),
    ("pays", Message("Pays")),
    ("declines", Message("Declines")),
    ("walks_off", Message("Scans and walks off")),
    ("pays_late", Message("Pays late")),
    ("never", Message("Never comes")),
    ("mix", Message("A mix")),
)
"""What customers do by themselves: the key for `PhoneActions.set_customers`, and its label."""

VERBS: Final = (
    ("scan", Message("Scan"), Message("scanned {identifier}")),
    ("sign", Message("Sign"), Message("signed {identifier}")),
    ("decline", Message("Decline"), Message("declined {identifier}")),
    ("walk_off", Message("Walk away"), Message("walked away with {identifier}")),
)
_OPEN: Final = frozenset({Status.OPENED, Status.PRE_SIGNED, Status.EXPIRED_OPENED})
_LEAST: Final = 260
"""Pixels of its width, where the text is not large."""
_LOG_LENGTH: Final = 50


class PhoneActions(Protocol):
    """A simulated phone. Its methods return "" if they worked, else a sentence."""

    async def phone_action(self, uuid: str, verb: str) -> str:
        """Do `scan`, `sign`, `decline` or `walk_off` with the request `uuid`."""
        ...

    async def set_customers(self, choice: str) -> str:
        """Let customers do by themselves what the key of `CHOICES` says."""
        ...

    async def news(self, after: int) -> SimulatorNews | str:
        """What customers do now and did after the act `after`; a sentence if that is unknown."""
        ...


class SimulatorPanel(QWidget):
    """One customer's phone for the selected request, and what all others do by themselves.

    `start` runs a coroutine under a name; `now` gives the time of a log line as text. `chosen`
    carries the key of what customers do by themselves, once they do it, to be remembered.
    """

    chosen = Signal(str)
    _acted = Signal(str, str)
    _chose = Signal(str, str)
    _told = Signal(object)

    def __init__(
        self,
        phone: PhoneActions,
        start: Callable[[Coroutine[Any, Any, None], str], object],
        *,
        now: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._phone, self._start, self._now = phone, start, now
        self._row: RequestRow | None = None
        self._busy = False
        self._choice = CHOICES[0][0]
        self._last_act = -1
        self._news_pending = False
        self.setAccessibleName(_("Customer's phone, practice"))
        self._what, self._who = ParagraphLabel(), ParagraphLabel()
        self.buttons = {verb: QPushButton(tr(words)) for verb, words, __ in VERBS}
        self.customers = QComboBox()
        self.log = QListWidget()
        self._error_line = MessageLine(Tone.ATTENTION)
        self._build()
        self._acted.connect(self._after_act)
        self._chose.connect(self._after_choice)
        self._told.connect(self._after_news)
        Theme.current().changed.connect(self.update)
        self.show_row(None)

    def show_row(self, row: RequestRow | None) -> None:
        """The selected request, None when none is."""
        self._row = row
        if row is None:
            self._what.setText(_("Nothing to scan"))
            self._who.setText(_("Charge a sale, or select a request."))
        else:
            spec = row.request.spec
            asked = amount.format_amount(spec.amount)
            self._what.setText(tr(asked or (_("Any amount") if spec.is_payment else spec.tx_type)))
            self._who.setText(_("Request {identifier}", identifier=request_label(spec)))
        self._refresh()

    def show_choice(self, choice: str) -> None:
        """Show what customers do by themselves, for instance after a restart."""
        self._choice = choice
        self.customers.setCurrentIndex(max(0, self.customers.findData(choice)))

    def press(self, verb: str) -> None:
        """Do what the button of this verb does, if it can be pressed."""
        self.buttons[verb].click()

    def refresh_news(self) -> None:
        """Ask what customers do and did by themselves; nothing while a question is open."""
        if not self._news_pending:
            self._news_pending = True
            self._start(self._ask(), "customers' news")

    async def _ask(self) -> None:
        news: SimulatorNews | str = ""
        try:
            news = await self._phone.news(max(0, self._last_act))
        finally:
            if shiboken6.isValid(self):
                self._told.emit(news)

    def _after_news(self, news: object) -> None:
        self._news_pending = False
        if not isinstance(news, SimulatorNews):
            return  # the platform's lamp and banner show that it does not answer
        if news.last < self._last_act:
            self._last_act = 0  # it was started anew
            return
        # Those from before this window are none of its business.
        for act in news.acts if self._last_act >= 0 else ():
            self._write(act)
        self._last_act = news.last
        if self.customers.isEnabled() and news.choice != self._choice:
            self.show_choice(news.choice)

    def sizeHint(self) -> QSize:
        return QSize(max(280, self.minimumWidth()), 520)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded body with a speaker, drawn and not photographed: it is only practice."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = Theme.current().colours
        body = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(QColor(colours.edge), 3))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(body, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.edge))
        painter.drawRoundedRect(QRectF(body.center().x() - 24, 11, 48, 5), 2.5, 2.5)
        painter.end()

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(PracticeStripe())
        title = QLabel(_("Customer's phone"))
        title.setFont(theme.font(Size.LARGE, strong=True))
        column.addWidget(title)
        self._what.setFont(theme.font(Size.LARGE))
        small_label(self._who)
        column.addWidget(self._what)
        column.addWidget(self._who)
        grid = QGridLayout()
        grid.setSpacing(Space.S)
        for place, (verb, words, __) in enumerate(VERBS):
            button = self.buttons[verb]
            button.setObjectName(verb)
            button.setStyleSheet("min-height: 28px;")
            button.setAccessibleName(_("{action}, with the practice phone", action=words))
            button.clicked.connect(self._pressed)
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self._error_line)
        label = QLabel(_("Customers by themselves"))
        label.setBuddy(self.customers)
        column.addSpacing(Space.S)
        column.addWidget(label)
        for key, words in CHOICES:
            self.customers.addItem(tr(words), key)
        self.customers.setAccessibleName(_("What customers do by themselves"))
        self.customers.setMinimumHeight(34)
        self.customers.activated.connect(self._picked)
        column.addWidget(self.customers)
        did = small_label(QLabel(_("What the phones did")))
        did.setBuddy(self.log)
        column.addWidget(did)
        self.log.setAccessibleName(_("What the phones did"))
        self.log.setFont(theme.font(Size.SMALL))
        self.log.setWordWrap(True)
        self.log.setMinimumHeight(40)
        column.addWidget(self.log, 1)
        # On a low screen it is scrolled: squeezed buttons would lie on each other.
        scroll = VerticalScrollArea(content)
        scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        body = QVBoxLayout(self)
        body.setContentsMargins(Space.L, 26, Space.L - 4, Space.L + 2)
        body.addWidget(scroll)
        # Nothing of it is cut at the side, however large the text is.
        edges = body.contentsMargins()
        inside = content.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(max(_LEAST, inside + edges.left() + edges.right()))

    def _refresh(self) -> None:
        row = self._row
        held = row is not None and row.verdict.status in _OPEN
        fresh = row is not None and row.verdict.status is Status.WAITING
        ready = row is not None and row.request.uuid is not None and not self._busy
        # A late customer can be simulated too: an expired request can be scanned, and is refused.
        over = row is not None and row.verdict.status is Status.EXPIRED
        self.buttons["scan"].setEnabled(ready and (fresh or over))
        self.buttons["sign"].setEnabled(ready and (fresh or held))
        self.buttons["decline"].setEnabled(ready and (fresh or held))
        self.buttons["walk_off"].setEnabled(ready and held)

    def _pressed(self) -> None:
        row, button = self._row, self.sender()
        if row is None or row.request.uuid is None or self._busy or button is None:
            return
        self._busy = True
        self._error_line.set_text("")
        self._refresh()
        verb = button.objectName()
        said = next(past for key, __, past in VERBS if key == verb)
        done = tr(said.filled(identifier=row.identifier))
        self._start(self._act(row.request.uuid, verb, done), f"phone {verb}")

    async def _act(self, uuid: str, verb: str, done: str) -> None:
        answer = _("The practice phone did not answer.")
        try:
            answer = await self._phone.phone_action(uuid, verb)
        finally:
            if shiboken6.isValid(self):
                self._acted.emit(done, answer)

    def _after_act(self, done: str, answer: str) -> None:
        self._busy = False
        self._error_line.set_text(answer)
        self._write(answer or done)
        self._refresh()

    def _picked(self) -> None:
        self.customers.setEnabled(False)
        choice = str(self.customers.currentData())
        self._start(self._choose(choice), f"customers {choice}")

    async def _choose(self, choice: str) -> None:
        answer = _("The practice customers did not answer.")
        try:
            answer = await self._phone.set_customers(choice)
        finally:
            if shiboken6.isValid(self):
                self._chose.emit(choice, answer)

    def _after_choice(self, choice: str, answer: str) -> None:
        self.customers.setEnabled(True)
        self._choice = self._choice if answer else choice
        self.show_choice(self._choice)
        if not answer:
            self.chosen.emit(choice)
        self._error_line.set_text(answer)
        self._write(answer or _("customers: {choice}", choice=dict(CHOICES)[choice]))

    def _write(self, words: str) -> None:
        self.log.insertItem(0, f"{self._now()}  {words}")
        while self.log.count() > _LOG_LENGTH:
            self.log.takeItem(self.log.count() - 1)
