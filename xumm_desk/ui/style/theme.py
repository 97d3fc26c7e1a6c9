"""The scheme that is shown, tones, font sizes and spacing."""

from __future__ import annotations

import html
from enum import Enum, IntEnum
from typing import Final, Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication

from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.locale.translation import tr
from xumm_desk.locale.words import live
from xumm_desk.ui.language import shown_words, window_language

from .palette import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    Colours,
    Tone,
    palette,
    style_sheet,
)

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"

SchemeName = Literal["system", "light", "dark", "light-contrast", "dark-contrast"]


class Space(IntEnum):
    """Distances in logical pixels; no other is used."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


class Size(Enum):
    """Type sizes as multiples of the application's font, so that the system's scaling holds."""

    SMALL = 0.9
    BODY = 1.0
    LARGE = 1.2
    TITLE = 1.6
    AMOUNT = 2.4
    PRICE = 3.4
    VERDICT = 5.0


_TONES: Final[dict[Status, Tone]] = {
    Status.CREATING: Tone.NEUTRAL,
    Status.WAITING: Tone.NEUTRAL,
    Status.OPENED: Tone.PROGRESS,
    Status.PRE_SIGNED: Tone.PROGRESS,
    Status.DISPATCHED: Tone.PROGRESS,
    Status.CONFIRMING: Tone.PROGRESS,
    Status.PAID: Tone.GOOD,
    Status.PAID_LATE: Tone.CLOSED,
    # Green is for money alone: a signature without a payment ends in grey.
    Status.SIGNED: Tone.NEUTRAL,
    Status.UNVERIFIED: Tone.ATTENTION,
    Status.DECLINED: Tone.NEUTRAL,
    Status.CANCELLED: Tone.NEUTRAL,
    Status.EXPIRED: Tone.NEUTRAL,
    Status.EXPIRED_OPENED: Tone.ATTENTION,
    Status.FAILED: Tone.HARM,
    Status.CHECK: Tone.ATTENTION,
}


def status_tone(status: Status, verdict: Verdict | None = None, *, refunded: bool = False) -> Tone:
    """The tone of a status; money of which some was `refunded` is closed and not green. If the
    `verdict` says that the money is on another network than the shop's own, a person must look."""
    foreign = verdict is not None and bool(verdict.foreign_network)
    return tone_of(status, foreign=foreign, refunded=refunded)


def tone_of(status: Status, *, foreign: bool, refunded: bool) -> Tone:
    """The same out of its parts."""
    if foreign:
        return Tone.ATTENTION
    if refunded and status in (Status.PAID, Status.PAID_LATE):
        return Tone.CLOSED
    return _TONES[status]


class Theme(QObject):
    """The one theme of the program; `changed` is emitted after palette and colours have changed."""

    changed = Signal()
    _one: Theme | None = None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: SchemeName = "system"
        self.colours: Colours = LIGHT
        # Kept: what it returns is gone with it.
        self._hints = QGuiApplication.styleHints()
        self._follow(self._hints.colorScheme())
        self._hints.colorSchemeChanged.connect(self._follow)
        if hasattr(self._hints, "accessibility"):  # since PySide6 6.10
            self._hints.accessibility().contrastPreferenceChanged.connect(
                lambda _contrast: self._follow(self._hints.colorScheme())
            )

    @classmethod
    def current(cls) -> Theme:
        """The theme of the running application, made at the first call."""
        if cls._one is None or not shiboken6.isValid(cls._one):
            cls._one = cls(QApplication.instance())
        return cls._one

    @property
    def dark(self) -> bool:
        """Whether the dark scheme is shown."""
        return self.colours.dark

    @property
    def wanted(self) -> SchemeName:
        """What the person chose."""
        return self._wanted

    def set_scheme(self, name: SchemeName) -> None:
        """Follow the system, or stay light or dark, with more contrast or as the system has it."""
        self._wanted = name
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # Also asks the system for matching title bars, if it has any.
        self._hints.setColorScheme(schemes.get(name.split("-")[0], Qt.ColorScheme.Unknown))
        self._follow(self._hints.colorScheme())

    def colour(self, role: Tone) -> QColor:
        """The colour of a tone."""
        return QColor(self.colours.tones[role])

    def _system_wants_contrast(self) -> bool:
        if not hasattr(self._hints, "accessibility"):
            return False
        contrast = self._hints.accessibility().contrastPreference()
        return contrast is Qt.ContrastPreference.HighContrast

    def _follow(self, system: Qt.ColorScheme) -> None:
        # Some platforms ignore the request; the person's choice is kept all the same.
        asked = self._wanted.split("-")
        dark = system == Qt.ColorScheme.Dark if asked[0] == "system" else asked[0] == "dark"
        if len(asked) > 1 or self._system_wants_contrast():
            colours = DARK_CONTRAST if dark else LIGHT_CONTRAST
        else:
            colours = DARK if dark else LIGHT
        if colours is self.colours and self._one is self:
            return
        self.colours = colours
        if self._one is self:
            _apply(colours)
            self.changed.emit()


def apply(app: QApplication) -> Theme:
    """Set the application's style, direction, palette and accents, and let widgets remember their
    words. Call once, before the first window."""
    app.setStyle("Fusion")
    for effect in Qt.UIEffect:
        app.setEffectEnabled(effect, False)
    shown_words.install()
    window_language.turn(app)
    theme = Theme.current()
    _apply(theme.colours)
    from .focus_ring import FocusRing  # noqa: PLC0415 - which takes its colour from here

    if app.findChild(FocusRing) is None:
        FocusRing(app)
    return theme


def letter_width(metrics: QFontMetrics) -> int:
    """The average width of a Latin letter. A font's own average is a square where the font has
    Japanese too, and what is measured by it becomes twice as wide."""
    return metrics.horizontalAdvance(_ALPHABET) // len(_ALPHABET)


def font(
    size: Size = Size.BODY, *, strong: bool = False, tabular: bool = False, fixed: bool = False
) -> QFont:
    """A font relative to the application's. `tabular` digits keep columns and clocks still, if the
    font has them."""
    base = QApplication.font()
    chosen = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if fixed else QFont(base)
    if base.pointSizeF() > 0:
        chosen.setPointSizeF(base.pointSizeF() * size.value)
    else:
        chosen.setPixelSize(round(base.pixelSize() * size.value))
    if strong:
        chosen.setWeight(QFont.Weight.DemiBold)
    if tabular:
        chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


def escape_tooltip(text: str) -> str:
    """Text for a tooltip, translated, in which Qt would otherwise read a customer's words as
    markup."""

    def escaped() -> str:
        words = tr(text)
        marked = "<" in words
        return f"<qt>{html.escape(words)}</qt>".replace("\n", "<br>") if marked else words

    return live(escaped)


def _apply(colours: Colours) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setPalette(palette(colours))
        app.setStyleSheet(style_sheet(colours))
