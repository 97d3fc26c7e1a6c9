"""Lamps and banners for the health of platform, sockets, ledger and journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from xumm_desk.core.message import Message, Sentences
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.health import Health
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme, escape_tooltip

SILENT_AFTER: Final = 40.0
"""Seconds without a message on open sockets, of which each gets one every fifteen, that count as
silent."""


@dataclass(frozen=True, slots=True)
class LampState:
    """One lamp: shape, tone, label, and the sentence behind them. Green is reserved for paid money,
    so a lamp without a warning is neutral."""

    shape: Shape
    role: Tone
    label: str
    explanation: str


_OK: Final = (Shape.DOT, Tone.NEUTRAL)
_OFF: Final = (Shape.RING, Tone.NEUTRAL)
_WARNING: Final = (Shape.TRIANGLE, Tone.ATTENTION)


def ago_text(then: float | None, now: float) -> str:
    """The age of a signal, in a few letters."""
    if then is None:
        return _("never")
    seconds = max(0, int(now - then))
    if seconds < 60:
        return _("{seconds} s", seconds=seconds)
    return (
        _("{minutes} min", minutes=seconds // 60)
        if seconds < 7200
        else _("{hours} h", hours=seconds // 3600)
    )


def api_lamp(health: Health, now: float) -> LampState:
    """The platform's REST API."""
    age = ago_text(health.platform_at, now)
    last = (
        Message("Last good answer: never.")
        if health.platform_at is None
        else Message("Last good answer: {age} ago.", age=age)
    )
    if health.platform_error:
        return LampState(
            *_WARNING, _("API {age}", age=age), tr(Sentences([health.platform_error, last]))
        )
    if health.platform_at is None:
        return LampState(*_OFF, _("API –"), _("The platform has not been asked yet."))
    return LampState(
        *_OK, _("API {age}", age=age), tr(Sentences([Message("The platform answers."), last]))
    )


def sockets_lamp(health: Health, now: float) -> LampState:
    """The status sockets, all together."""
    count, wanted = health.sockets_live, health.sockets_wanted
    if not wanted:
        return LampState(*_OFF, _("Live –"), _("No open request needs live updates."))
    age = ago_text(health.socket_at, now)
    words = _("Live {count} of {wanted} · {age}", count=count, wanted=wanted, age=age)
    if health.sockets_over_limit and count >= wanted - health.sockets_over_limit:
        sentence = _(
            "This system lets the program open only {count} live connections. {others} more"
            " requests are asked for in turn instead: their rows are true, but later. Raise the"
            " limit of open files (ulimit -n) to follow all live.",
            count=count,
            others=health.sockets_over_limit,
        )
        return LampState(*_WARNING, words, sentence)
    if count < wanted:
        sentence = _(
            "Live updates are lost for {lost} of {wanted} requests. They are asked for every few"
            " seconds instead.",
            lost=wanted - count,
            wanted=wanted,
        )
        return LampState(*_WARNING, words, sentence)
    if health.socket_at is None or now - health.socket_at > SILENT_AFTER:
        return LampState(
            *_WARNING, words, _("The live updates are silent. Last event {age} ago.", age=age)
        )
    return LampState(
        *_OK,
        words,
        _("Live updates for {wanted} requests. Last event {age} ago.", wanted=wanted, age=age),
    )


def ledger_lamp(health: Health) -> LampState:
    """The ledger nodes."""
    if health.ledger_set_up:
        return LampState(
            *_OK, _("Ledger on"), _("Payments are verified on the ledger before Paid.")
        )
    sentence = _("No ledger node is set up. Signed payments stay Unverified and are never Paid.")
    return LampState(*_WARNING, _("Ledger off"), sentence)


def calls_lamp(health: Health) -> LampState:
    """The calls which the platform still allows in this minute."""
    left, limit = health.calls_left, health.calls_limit
    scarce = limit > 0 and left * 10 < limit
    words = _("{left}/{limit} calls", left=left, limit=limit)
    sentence = Message("{left} of {limit} calls to the platform left.", left=left, limit=limit)
    urgent = Message("Urgent questions go first.") if scarce else ""
    return LampState(*(_WARNING if scarce else _OFF), words, tr(Sentences([sentence, urgent])))


class Lamp(QWidget):
    """One lamp as a widget; a click asks for the log."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, marked: bool = True) -> None:
        super().__init__(parent)
        self._marked = marked
        self._state = LampState(*_OFF, "", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        Theme.current().changed.connect(self.update)

    @property
    def state(self) -> LampState:
        """What is shown."""
        return self._state

    def show_state(self, light: LampState) -> None:
        """Show another state; announced to screen readers only if it changed."""
        if light == self._state:
            return
        resized = len(light.label) != len(self._state.label) or light.role != self._state.role
        self._state = light
        self.setAccessibleName(
            _("{label}. {explanation}", label=light.label, explanation=light.explanation)
        )
        self.setToolTip(escape_tooltip(light.explanation))
        if resized:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the label; digits of a fallback font may be wider than they are now."""
        metrics = QFontMetrics(theme.font(strong=True))
        side = metrics.height() if self._has_mark() else 0
        wide = metrics.horizontalAdvance(self._state.label) + side + int(Space.L)
        return QSize(wide, metrics.height() + int(Space.XS))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter, colours = QPainter(self), Theme.current().colours
        ill = self._state.role is not Tone.NEUTRAL
        ink = QColor(colours.tones[self._state.role])
        side = float(QFontMetrics(theme.font()).height()) if self._has_mark() else 0.0
        if side:
            place = QRectF(int(Space.XS), 0, side, self.height())
            status_shapes.draw(painter, place, self._state.shape, ink)
        painter.setFont(theme.font(strong=ill, tabular=True))
        painter.setPen(ink)
        words = self.rect().adjusted(int(side) + int(Space.S), 0, 0, 0)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(words, flags, self._state.label)

    def _has_mark(self) -> bool:
        return self._marked or self._state.role is not Tone.NEUTRAL


class HealthLamps(QWidget):
    """The strip of the status bar. Call `tick` once a second; `pressed` is a click on any lamp."""

    pressed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.api, self.live, self.ledger = Lamp(), Lamp(), Lamp()
        self.journal, self.calls = Lamp(), Lamp(marked=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(int(Space.S), 0, int(Space.S), 0)
        row.setSpacing(int(Space.XS))
        for lamp in (self.journal, self.api, self.live, self.ledger, self.calls):
            lamp.pressed.connect(self.pressed)
            row.addWidget(lamp)
        self.tick()

    def tick(self) -> None:
        """Show the present health."""
        health, now = self._desk.health(), self._desk.clock.monotonic()
        self.api.show_state(api_lamp(health, now))
        self.live.show_state(sockets_lamp(health, now))
        self.ledger.show_state(ledger_lamp(health))
        self.calls.show_state(calls_lamp(health))
        # Money facts that cannot be written down are harm: nothing may be trusted to last.
        error = health.journal_error
        self.journal.setVisible(bool(error))
        self.journal.show_state(LampState(Shape.OCTAGON, Tone.HARM, _("Disk refuses"), error))


JOURNAL: Final = "journal"
PLATFORM: Final = "platform"
LEDGER_GAP: Final = "ledger gap"
JOURNAL_REJECTED: Final = "refused"
CLOCK_SET: Final = "clock set"
CLOCK_OFF: Final = "clock off"

_CLOCK_SET: Final = Message(
    "No request and no payment depends on it, but times from before and after"
    " cannot be compared. If nobody did that, check the date and time of this"
    " computer."
)
_CLOCK_OFF: Final = Message(
    "Countdowns and payments do not depend on it, but the times shown here are"
    " wrong by that much. Set the date and time of this computer."
)


class HealthBanners:
    """Shows what is wrong; `block` is called with why nothing can be created, "" if it can."""

    def __init__(self, bars: BannerStack, block: Callable[[str], None]) -> None:
        self._bars, self._block = bars, block
        self._refused = self._clock_set = ""

    def show(self, health: Health) -> None:
        """Update the banners."""
        if health.journal_error:
            self._bars.show_banner(
                JOURNAL,
                health.journal_error,
                _(
                    "What the screen says about money is saved; nothing new can be"
                    " created until then."
                ),
                tone=Severity.HARM,
            )
        else:
            self._bars.remove(JOURNAL)
        self._block(_("The journal cannot be written.") if health.journal_error else "")
        if health.journal_rejected and health.journal_rejected != self._refused:
            # Only once: a person who has read and hidden it is not told again.
            self._refused = health.journal_rejected
            self._bars.show_banner(JOURNAL_REJECTED, self._refused, "", _("Hide"), Severity.HARM)
        if health.ledger_gap:
            self._bars.show_banner(LEDGER_GAP, health.ledger_gap)
        else:
            self._bars.remove(LEDGER_GAP)
        if health.clock_set and health.clock_set != self._clock_set:
            self._clock_set = health.clock_set
            self._bars.show_banner(
                CLOCK_SET, self._clock_set, _CLOCK_SET, _("Hide"), Severity.ATTENTION
            )
        if health.clock_off:
            self._bars.show_banner(CLOCK_OFF, health.clock_off, _CLOCK_OFF, tone=Severity.ATTENTION)
        else:
            self._bars.remove(CLOCK_OFF)
        if health.platform_error:
            self._bars.show_banner(
                PLATFORM,
                health.platform_error,
                _("Open requests may still be paid. They are read again as soon as it answers."),
                _("Try again"),
                Severity.ATTENTION,
            )
        else:
            self._bars.remove(PLATFORM)
