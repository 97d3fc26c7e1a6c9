"""Knows how the health of platform, live updates and ledger is shown: shape, word, age. Must not
know what makes them ill, nor how to heal them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from xumm_desk.engine.desk import Health

from . import shapes, theme
from .shapes import Shape
from .theme import Role, Space, Theme, plain
from .times import Clock

SILENT: Final = 40.0
"""Seconds without a word on open sockets, of which each speaks every fifteen: not well."""


class Source(Protocol):
    """The part of the desk that is shown."""

    @property
    def clock(self) -> Clock:
        """The engine's clock."""
        ...

    def health(self) -> Health:
        """How it stands now."""
        ...


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp: shape, tone, words, and the sentence behind them. Green is not used: it is for
    paid money alone, so a well lamp is simply calm."""

    shape: Shape
    role: Role
    words: str
    sentence: str


_WELL: Final = (Shape.DOT, Role.NEUTRAL)
_OFF: Final = (Shape.RING, Role.NEUTRAL)
_ILL: Final = (Shape.TRIANGLE, Role.ATTENTION)


def ago(then: float | None, now: float) -> str:
    """The age of a signal, in a few letters."""
    if then is None:
        return "never"
    seconds = max(0, int(now - then))
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def api(health: Health, now: float) -> Light:
    """The platform's REST side."""
    age = ago(health.platform_at, now)
    last = f"Last good answer: {age if health.platform_at is None else age + ' ago'}."
    if health.platform_fault:
        return Light(*_ILL, f"API {age}", f"{health.platform_fault} {last}")
    if health.platform_at is None:
        return Light(*_OFF, "API –", "The platform has not been asked yet.")
    return Light(*_WELL, f"API {age}", f"The platform answers. {last}")


def live(health: Health, now: float) -> Light:
    """The status sockets, all together."""
    count, wanted = health.sockets_live, health.sockets_wanted
    if not wanted:
        return Light(*_OFF, "Live –", "No open request needs live updates.")
    age = ago(health.socket_at, now)
    words = f"Live {count} of {wanted} · {age}"
    if health.sockets_beyond and count >= wanted - health.sockets_beyond:
        sentence = (
            f"This system lets the program open only {count} live connections."
            f" {health.sockets_beyond} more requests are asked for in turn instead: their rows are"
            " true, but later. Raise the limit of open files (ulimit -n) to follow all live."
        )
        return Light(*_ILL, words, sentence)
    if count < wanted:
        lost = f"Live updates are lost for {wanted - count} of {wanted} requests."
        return Light(*_ILL, words, f"{lost} They are asked for every few seconds instead.")
    if health.socket_at is None or now - health.socket_at > SILENT:
        return Light(*_ILL, words, f"The live updates are silent: last event {age}.")
    return Light(*_WELL, words, f"Live updates for {wanted} requests. Last event {age} ago.")


def ledger(health: Health) -> Light:
    """The shop's own look at the ledger."""
    if health.ledger_set_up:
        return Light(*_WELL, "Ledger on", "Payments are verified on the ledger before Paid.")
    sentence = "No ledger node is set up. Signed payments stay Unverified and are never Paid."
    return Light(*_ILL, "Ledger off", sentence)


def calls(health: Health) -> Light:
    """The calls which the platform still allows in this minute."""
    left, limit = health.calls_left, health.calls_limit
    scarce = limit > 0 and left * 10 < limit
    words = f"{left}/{limit} calls"
    tight = " Urgent questions go first." if scarce else ""
    return Light(
        *(_ILL if scarce else _OFF), words, f"{left} of {limit} calls to the platform left.{tight}"
    )


class Lamp(QWidget):
    """One lamp as a widget; a click asks for the log."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, marked: bool = True) -> None:
        super().__init__(parent)
        self._marked = marked
        self._light = Light(*_OFF, "", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        Theme.current().changed.connect(self.update)

    @property
    def light(self) -> Light:
        """What is shown."""
        return self._light

    def show_light(self, light: Light) -> None:
        """Show another state; says it to screen readers only when it changes."""
        if light == self._light:
            return
        resized = len(light.words) != len(self._light.words) or light.role != self._light.role
        self._light = light
        self.setAccessibleName(f"{light.words}. {light.sentence}")
        self.setToolTip(plain(light.sentence))
        if resized:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the words; digits of a fallback font may be wider than they are now."""
        metrics = QFontMetrics(theme.font(strong=True))
        side = metrics.height() if self._has_mark() else 0
        wide = metrics.horizontalAdvance(self._light.words) + side + int(Space.L)
        return QSize(wide, metrics.height() + int(Space.XS))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the log."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Shape and words."""
        painter, colours = QPainter(self), Theme.current().colours
        ill = self._light.role is not Role.NEUTRAL
        ink = QColor(colours.tones[self._light.role])
        side = float(QFontMetrics(theme.font()).height()) if self._has_mark() else 0.0
        if side:
            place = QRectF(int(Space.XS), 0, side, self.height())
            shapes.draw(painter, place, self._light.shape, ink)
        painter.setFont(theme.font(strong=ill, tabular=True))
        painter.setPen(ink)
        words = self.rect().adjusted(int(side) + int(Space.S), 0, 0, 0)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(words, flags, self._light.words)

    def _has_mark(self) -> bool:
        return self._marked or self._light.role is not Role.NEUTRAL


class Lamps(QWidget):
    """The strip of the status bar. Call `tick` once a second; `pressed` is a click on any."""

    pressed = Signal()

    def __init__(self, desk: Source, parent: QWidget | None = None) -> None:
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
        """Show how it stands now."""
        health, now = self._desk.health(), self._desk.clock.mono()
        self.api.show_light(api(health, now))
        self.live.show_light(live(health, now))
        self.ledger.show_light(ledger(health))
        self.calls.show_light(calls(health))
        # Money facts that cannot be written down are harm: nothing may be trusted to last.
        fault = health.journal_fault
        self.journal.setVisible(bool(fault))
        self.journal.show_light(Light(Shape.OCTAGON, Role.HARM, "Disk refuses", fault))
