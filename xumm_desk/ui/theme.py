"""Knows how things look: colours of both schemes, type sizes, spacing. Must not know requests
beyond the name of their status, nor any widget of ours."""

from __future__ import annotations

import html
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from xumm_desk.core.lifecycle import Status

SchemeName = Literal["system", "light", "dark"]


class Role(Enum):
    """What a colour says. Never said by colour alone: a word and a shape stand beside it."""

    NEUTRAL = "neutral"
    PROGRESS = "progress"
    GOOD = "good"
    ATTENTION = "attention"
    CLOSED = "closed"
    HARM = "harm"


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


_TONES: Final[dict[Status, Role]] = {
    Status.CREATING: Role.NEUTRAL,
    Status.WAITING: Role.NEUTRAL,
    Status.OPENED: Role.PROGRESS,
    Status.PRE_SIGNED: Role.PROGRESS,
    Status.DISPATCHED: Role.PROGRESS,
    Status.CONFIRMING: Role.PROGRESS,
    Status.PAID: Role.GOOD,
    Status.PAID_LATE: Role.CLOSED,
    # Green is for money alone: a signature without a payment ends in grey.
    Status.SIGNED: Role.NEUTRAL,
    Status.UNVERIFIED: Role.ATTENTION,
    Status.DECLINED: Role.NEUTRAL,
    Status.CANCELLED: Role.NEUTRAL,
    Status.EXPIRED: Role.NEUTRAL,
    Status.EXPIRED_OPENED: Role.ATTENTION,
    Status.FAILED: Role.HARM,
    Status.CHECK: Role.ATTENTION,
}


def tone_of(status: Status) -> Role:
    """The tone of a status."""
    return _TONES[status]


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. `page` lies under `card`; `pick` is a selected row, `over` one under the mouse;
    `accent` is for text and marks, `button` for the fill of the one main button."""

    dark: bool
    page: str
    card: str
    line: str
    edge: str
    text: str
    muted: str
    pick: str
    over: str
    accent: str
    button: str
    button_over: str
    button_text: str
    tones: dict[Role, str]

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """Everything that a status may be written on."""
        return (self.page, self.card, self.pick, self.over)


LIGHT: Final = Colours(
    dark=False,
    page="#F3F4F6",
    card="#FFFFFF",
    line="#DDE1E6",
    edge="#818B96",
    text="#1B1F24",
    muted="#57606A",
    pick="#DBE7F6",
    over="#E9EFF7",
    accent="#12488F",
    button="#12488F",
    button_over="#0D3A76",
    button_text="#FFFFFF",
    tones={
        Role.NEUTRAL: "#57606A",
        Role.PROGRESS: "#0B5CAD",
        Role.GOOD: "#1A6E3C",
        Role.ATTENTION: "#8A5300",
        Role.CLOSED: "#6B3FA0",
        Role.HARM: "#B42318",
    },
)

DARK: Final = Colours(
    dark=True,
    page="#1B1F24",
    card="#252A31",
    line="#38404A",
    edge="#7C8794",
    text="#E8ECF1",
    muted="#A9B4C0",
    pick="#2A3C55",
    over="#2A313A",
    accent="#8FC3FF",
    button="#2B6CC4",
    button_over="#2560AF",
    button_text="#FFFFFF",
    tones={
        Role.NEUTRAL: "#A9B4C0",
        Role.PROGRESS: "#6CB6FF",
        Role.GOOD: "#5CCB8A",
        Role.ATTENTION: "#F0B84A",
        Role.CLOSED: "#C9A7FF",
        Role.HARM: "#FF8A80",
    },
)


class Theme(QObject):
    """The one theme of the program; `changed` comes after palette and colours have changed."""

    changed = Signal()
    _one: Theme | None = None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: SchemeName = "system"
        self.colours: Colours = LIGHT
        hints = QGuiApplication.styleHints()
        self._follow(hints.colorScheme())
        hints.colorSchemeChanged.connect(self._follow)

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
        """Follow the system, or stay light or dark."""
        self._wanted = name
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        hints = QGuiApplication.styleHints()
        # Also asks the system for matching title bars, where it has any.
        hints.setColorScheme(schemes.get(name, Qt.ColorScheme.Unknown))
        self._follow(hints.colorScheme())

    def colour(self, role: Role) -> QColor:
        """The colour of a tone."""
        return QColor(self.colours.tones[role])

    def _follow(self, system: Qt.ColorScheme) -> None:
        # Some platforms ignore a wish; the person's choice holds all the same.
        dark = system == Qt.ColorScheme.Dark if self._wanted == "system" else self._wanted == "dark"
        colours = DARK if dark else LIGHT
        if colours is self.colours and self._one is self:
            return
        self.colours = colours
        if self._one is self:
            _dress(colours)
            self.changed.emit()


def apply(app: QApplication) -> Theme:
    """Dress the application: style, palette, accents. Call once, before the first window."""
    app.setStyle("Fusion")
    theme = Theme.current()
    _dress(theme.colours)
    return theme


def set_scheme(name: SchemeName) -> None:
    """Follow the system, or stay light or dark."""
    Theme.current().set_scheme(name)


def font(
    size: Size = Size.BODY, *, strong: bool = False, tabular: bool = False, fixed: bool = False
) -> QFont:
    """A font relative to the application's. `tabular` digits keep columns and clocks still,
    where the font has them."""
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


def plain(text: str) -> str:
    """Text for a tooltip, where Qt would otherwise read a customer's words as markup."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text


def palette(colours: Colours) -> QPalette:
    """The palette of a scheme, for Qt's own widgets."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, colours.page),
        (roles.WindowText, colours.text),
        (roles.Base, colours.card),
        (roles.AlternateBase, colours.page),
        (roles.Text, colours.text),
        (roles.Button, colours.card),
        (roles.ButtonText, colours.text),
        (roles.BrightText, colours.tones[Role.HARM]),
        (roles.ToolTipBase, colours.card),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.muted),
        (roles.Highlight, colours.pick),
        (roles.HighlightedText, colours.text),
        (roles.Accent, colours.accent),
        (roles.Link, colours.accent),
        (roles.LinkVisited, colours.tones[Role.CLOSED]),
        (roles.Light, colours.card),
        (roles.Midlight, colours.over),
        (roles.Mid, colours.line),
        (roles.Dark, colours.edge),
        (roles.Shadow, "#000000"),
    ):
        made.setColor(role, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(off, role, QColor(colours.edge))
    return made


def _dress(colours: Colours) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setPalette(palette(colours))
        app.setStyleSheet(sheet(colours))


def sheet(colours: Colours) -> str:
    """The few accents which no palette role can say: cards, buttons, inputs."""
    c = colours
    return f"""
QFrame[card="true"] {{ background: {c.card}; border: 1px solid {c.line}; border-radius: 8px; }}
QLabel[muted="true"] {{ color: {c.muted}; }}
QPushButton {{ background: {c.card}; border: 1px solid {c.edge}; border-radius: 6px;
  padding: 5px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {c.over}; }}
QPushButton:pressed {{ background: {c.pick}; }}
QPushButton:disabled {{ color: {c.edge}; border-color: {c.line}; background: {c.page}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: 4px 11px; }}
QPushButton[primary="true"] {{ background: {c.button}; border-color: {c.button};
  color: {c.button_text}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ background: {c.button_over}; }}
QPushButton[primary="true"]:focus {{ border-color: {c.text}; }}
QPushButton[primary="true"]:disabled {{ background: {c.line}; border-color: {c.line};
  color: {c.muted}; }}
QPushButton[quiet="true"] {{ border-color: transparent; background: transparent;
  color: {c.accent}; }}
QPushButton[quiet="true"]:hover {{ background: {c.over}; }}
QPushButton[quiet="true"]:focus {{ border-color: {c.accent}; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox {{ background: {c.card};
  border: 1px solid {c.edge}; border-radius: 6px; padding: 4px 8px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus {{
  border: 2px solid {c.accent}; padding: 3px 7px; }}
QLineEdit[wrong="true"] {{ border-color: {c.tones[Role.HARM]}; }}
QLineEdit[flat="true"] {{ border: none; background: transparent; padding: 0; }}
QLineEdit:disabled, QSpinBox:disabled {{ color: {c.edge}; border-color: {c.line}; }}
QHeaderView {{ background: {c.page}; border: none; }}
QHeaderView::section {{ background: {c.page}; color: {c.muted}; border: none;
  border-bottom: 1px solid {c.line}; padding: 5px 8px; }}
QHeaderView::section:hover {{ color: {c.text}; background: {c.over}; }}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ width: 8px; height: 8px; }}
QTableView#timeline {{ background: {c.page}; }}
QTableView#timeline::item {{ padding: 4px 0px; }}
QTableView#timeline QHeaderView::section {{ padding: 5px 3px; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {c.muted}; border: none; padding: 7px 12px;
  border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {c.text}; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QScrollArea {{ background: transparent; border: none; }}
QToolTip {{ background: {c.card}; color: {c.text}; border: 1px solid {c.edge}; padding: 4px; }}
"""
