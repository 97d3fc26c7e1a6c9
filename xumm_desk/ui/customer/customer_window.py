"""The customer's window: one record in large letters; its code is read before it is shown."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QContextMenuEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from xumm_desk.locale.languages import Audience, spoken, to_customers
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.qr import code_check
from xumm_desk.ui.qr.qr_image import QUIET, qr_image
from xumm_desk.ui.qr.qr_view import QrView
from xumm_desk.ui.style.theme import Size, Theme
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.environment_marks import NetworkFrame, PracticeStripe

from .fitted_text import FittedText
from .phases import COUNTING, Phase, PhaseText
from .record import CustomerRecord, phase_at, phase_text
from .widgets import (
    CodeCard,
    CustomerWidget,
    Logo,
    StatusCard,
    StepIndicator,
    Surround,
    TimeLeftBar,
)

_CODE_SHARE: Final = 0.4
"""Of the window's height, for the dark modules: the least that is read at arm's length."""
_USUAL_MODULES: Final = 41
"""Modules of a code with a link of the platform, with its quiet zone."""


class CustomerWindow(QWidget):
    """Shows one `CustomerRecord`; knows nothing else of a request. Connect a tick a second.

    `code_failed` says that the painted code could not be read, so the customer does not see it.
    """

    closed = Signal()
    code_failed = Signal()
    screen_step_asked = Signal(int)
    menu_opened = Signal(object)

    @to_customers
    def __init__(self, *, practice: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Customer"))
        self.setMinimumSize(360, 420)
        self._record = CustomerRecord(practice=practice)
        self._monotonic: float | None = None
        self._shown: tuple[Phase, PhaseText] | None = None
        self._brighten = False
        # What was painted (text, place, pixel ratio) when the code was checked or is being checked.
        self._readable: object = None
        self._checking: object = None
        self._surround = Surround()
        self.logo, self.shop = Logo(), FittedText(lines=3)
        self.headline, self.detail = FittedText(), FittedText(strong=False, muted=True)
        self.sentence = FittedText(strong=False, lines=2)
        self.qr, self.face = QrView(), StatusCard()
        self.card = CodeCard(self.qr)
        self.steps, self.time_left = StepIndicator(), TimeLeftBar()
        self._check_timer = QTimer(self)  # several changes of size in one turn are one check
        self._check_timer.setSingleShot(True)
        self._check_timer.setInterval(0)
        self._check_timer.timeout.connect(self._check_code)
        self._build(practice)
        self._shortcuts()
        self._turn()
        self.show_record(self._record)

    # What it shows.

    @to_customers
    def show_record(self, record: CustomerRecord, monotonic: float | None = None) -> None:
        """Show this record at this monotonic second of its clock; None counts nothing."""
        self._record = record
        self._frame.set_network(record.network)
        self.shop.set_text(record.shop)
        self.tick(monotonic)
        self._place()

    def show_logo(self, image: QImage) -> None:
        """Show this logo, none if it is null."""
        self.logo.show_image(image)
        self._place()

    def set_brighten(self, on: bool) -> None:
        """Surround the code with white while it is to be scanned."""
        self._brighten = on
        self._update_surround()

    @to_customers
    def tick(self, monotonic: float | None) -> None:
        """Count down, and notice that time is up."""
        self._monotonic = monotonic
        record = self._record
        phase = phase_at(record, monotonic)
        if phase in COUNTING and record.deadline is not None and monotonic is not None:
            self.time_left.show_left(record.deadline - monotonic, record.expiry_seconds)
        else:
            self.time_left.show_left(None, 0)
        self._show_phase(phase)

    def record(self) -> CustomerRecord:
        """What is shown."""
        return self._record

    def phase(self) -> Phase:
        """What the customer reads now; scan only once the code is there."""
        return self._shown[0] if self._shown else Phase.IDLE

    # How it is shown.

    def toggle_full_screen(self) -> None:
        """F11."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def leave(self) -> None:
        """Esc: first out of full screen, then away."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.close()

    def changeEvent(self, event: QEvent) -> None:
        """Another language may be written in the other direction, and takes another room."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._turn()
            self.tick(self._monotonic)
            self._place()

    def _turn(self) -> None:
        turned = spoken(Audience.CUSTOMER).is_right_to_left
        directions = Qt.LayoutDirection
        self.setLayoutDirection(directions.RightToLeft if turned else directions.LeftToRight)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Now the code has a place."""
        super().showEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """On a screen of another density the code is painted anew, and checked anew."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._place()
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Screens and full screen; the keys do the same."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_opened.emit(menu)
        full = QAction(_("Full screen"), menu, checkable=True, checked=self.isFullScreen())
        full.setShortcut(QKeySequence("F11"))
        full.triggered.connect(self.toggle_full_screen)
        menu.addAction(full)
        menu.popup(event.globalPos())

    # Building.

    def _build(self, practice: bool) -> None:
        # Only to be looked at: a finger on the code copies nothing on this screen.
        self.qr.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.qr.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in self._parts():
            part.setParent(self._surround)
        self._surround.resized.connect(self._place)
        self._frame = NetworkFrame(self._surround, size=Size.TITLE)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if practice:
            whole.addWidget(PracticeStripe())
        whole.addWidget(self._frame, 1)
        Theme.current().changed.connect(self.update)

    def _parts(self) -> tuple[CustomerWidget, ...]:
        return (
            self.logo,
            self.shop,
            self.headline,
            self.detail,
            self.card,
            self.face,
            self.sentence,
            self.steps,
            self.time_left,
        )

    def _shortcuts(self) -> None:
        for keys, slot in (
            ("F11", self.toggle_full_screen),
            ("Esc", self.leave),
            ("Ctrl+Right", partial(self.screen_step_asked.emit, 1)),
            ("Ctrl+Left", partial(self.screen_step_asked.emit, -1)),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    # Phases.

    @to_customers
    def _show_phase(self, phase: Phase) -> None:
        if phase is Phase.SCAN:
            self.qr.show_text(self._record.code)
            if self._painted() != self._readable:
                self._check_timer.start()
                phase = Phase.PLEASE_WAIT
        else:
            self._readable = self._checking = None
            self.qr.show_text("")  # once a phone has it, no second one may scan it
        words = phase_text(self._record, phase)
        idle = phase is Phase.IDLE
        self.headline.set_text("" if idle else self._record.headline)
        self.detail.set_text("" if idle else self._record.detail)
        if (phase, words) == self._shown:
            return
        self._shown = (phase, words)
        scan = phase is Phase.SCAN
        self.face.show_shape(words.shape, words.tone)
        self.card.setVisible(scan)
        self.face.setVisible(not scan and not idle)
        self.sentence.set_text(words.sentence)
        self.steps.show_done(words.done)
        self.shop.set_look(strong=idle, muted=not idle)
        self.sentence.set_look(strong=phase is Phase.PAID, muted=idle)
        self._update_surround()
        self._place_parts()
        announce(self, tr(words.sentence))

    def _update_surround(self) -> None:
        bright = self._brighten and self.phase() is Phase.SCAN
        for part in (self._surround, *self._parts()):
            part.set_bright(bright)

    # The code.

    def _painted(self) -> object:
        """Everything on which the painted code depends."""
        place = QRect(self.card.mapTo(self, QPoint(0, 0)), self.card.size())
        return (self._record.code, place, self.devicePixelRatioF())

    def _check_code(self) -> None:
        text, painted = self.qr.content, self._painted()
        if not text or not self.isVisible() or painted in (self._readable, self._checking):
            return
        self._checking = painted
        picture = code_check.paint(self.card)
        run_in_thread(
            partial(code_check.is_readable, picture, text), partial(self._checked, painted)
        )

    def _checked(self, painted: object, readable: bool) -> None:
        if not shiboken6.isValid(self) or painted != self._checking:
            return  # another code, or another size, since
        self._checking = None
        if readable:
            self._readable = painted
            self.tick(self._monotonic)
        else:
            self.code_failed.emit()

    # Places.

    def _place_parts(self) -> None:
        if self.phase() is Phase.IDLE:
            self._place_welcome()
        else:
            self._place_sale()

    def _place(self) -> None:
        self._place_parts()
        self._check_timer.start()
        if self.phase() is Phase.SCAN:
            self.tick(self._monotonic)  # painted elsewhere now: covered until it was read again

    def _place_welcome(self) -> None:
        wide, high = self._surround.width(), self._surround.height()
        logo = round(high * 0.34) if not self.logo.image().isNull() else 0
        rows: list[tuple[QWidget | None, float]] = [
            (self.logo, logo),
            (None, high * 0.05 if logo else 0),
            (self.shop, high * 0.22 if self._record.shop else 0),
            (None, high * 0.02),
            (self.sentence, high * 0.09),
        ]
        self._stack(rows, round(wide * 0.86))
        for part in (self.headline, self.detail, self.steps, self.time_left):
            part.setGeometry(0, 0, 0, 0)

    def _place_sale(self) -> None:
        wide, high = self._surround.width(), self._surround.height()
        side = self._card_side()
        unit = min((high - side) / _ALL_UNITS, wide / 56)
        paid_in = bool(self._record.detail)
        rows: list[tuple[QWidget | None, float]] = [
            (self.shop, 5.5),
            (None, 1.5),
            (self.headline, 11.0 if paid_in else 13.5),
            (self.detail, 5.0 if paid_in else 0.0),
            (None, 1.5 if paid_in else 4.0),
            (self.card, side / unit if unit else 0.0),
            (None, 1.5),
            *self._rows_below(),
        ]
        self._stack([(part, units * unit) for part, units in rows], round(wide * 0.92))
        left = (wide - side) // 2
        self.card.setGeometry(left, self.card.y(), side, side)
        self.face.setGeometry(self.card.geometry())
        self._place_shop()

    def _rows_below(self) -> list[tuple[QWidget | None, float]]:
        """The rows under the card: always as high together, so that the card stays in its place."""
        if self.steps.done() < 0:
            return [(self.sentence, 11.0), (None, 9.0), (self.steps, 0.0), (self.time_left, 0.0)]
        if self.phase() in _THANKS:
            last = [(self.time_left, 0.0)]
            return [(self.sentence, 9.5), (None, 1.5), (self.steps, 6.5), (None, 2.5), *last]
        return [
            (self.sentence, 6.5),
            (None, 1.0),
            (self.steps, 6.5),
            (None, 1.5),
            (self.time_left, 4.5),
        ]

    def _place_shop(self) -> None:
        """Logo and name side by side, both in the middle."""
        row, wide = self.shop.geometry(), self._surround.width()
        logo = self.logo.width_for(row.height(), wide // 4)
        gap = row.height() // 3 if logo and self._record.shop else 0
        self.shop.setGeometry(0, row.y(), round(wide * 0.92) - logo - gap, row.height())
        name = min(self.shop.width(), self.shop.text_width() + 4) if self._record.shop else 0
        left = (wide - logo - gap - name) // 2
        self.logo.setGeometry(left, row.y(), logo, row.height())
        self.shop.setGeometry(left + logo + gap, row.y(), name, row.height())

    def _stack(self, rows: list[tuple[QWidget | None, float]], width: int) -> None:
        """Put rows of these heights one under the other, in the middle of the surround."""
        wide, high = self._surround.width(), self._surround.height()
        top = (high - sum(height for __, height in rows)) / 2
        for part, height in rows:
            if part is not None:
                part.setGeometry((wide - width) // 2, round(top), width, math.floor(height))
            top += height

    def _card_side(self) -> int:
        """The side of the code's card: as many whole pixels a module as the share of the height
        needs, and less where the window is too narrow."""
        ratio = self.devicePixelRatioF()
        code = self._record.code
        modules = qr_image(code).width() if code else _USUAL_MODULES
        module = math.ceil(_CODE_SHARE * self.height() * ratio / (modules - 2 * QUIET))
        # One pixel more, as in `QrView.module_px`, and room for the card's round corners.
        side = math.ceil((module * modules + 1) / ratio * 1.03)
        return min(side, round(self._surround.width() * 0.94), round(self._surround.height() * 0.7))


_THANKS: Final = frozenset({Phase.PAID, Phase.SIGNED})
_ALL_UNITS: Final = 50.0
"""The heights of all rows but the card's, and some air above and below them."""
