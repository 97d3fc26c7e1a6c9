"""The colours of the schemes, and the style sheet of Qt's own widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtGui import QColor, QPalette


class Tone(Enum):
    """The meaning of a colour. Never shown by colour alone: a label and a shape are beside it."""

    NEUTRAL = "neutral"
    PROGRESS = "progress"
    GOOD = "good"
    ATTENTION = "attention"
    CLOSED = "closed"
    HARM = "harm"


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. `page` lies under `card`; `selected` is a selected row, `hover` one under the
    mouse; `accent` is for text and marks, `button` for the fill of the primary button."""

    dark: bool
    page: str
    card: str
    line: str
    edge: str
    text: str
    muted: str
    selected: str
    hover: str
    accent: str
    button: str
    button_over: str
    button_text: str
    tones: dict[Tone, str]

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """Everything that a status may be written on."""
        return (self.page, self.card, self.selected, self.hover)


LIGHT: Final = Colours(
    dark=False,
    page="#F3F4F6",
    card="#FFFFFF",
    line="#DDE1E6",
    edge="#818B96",
    text="#1B1F24",
    muted="#57606A",
    selected="#DBE7F6",
    hover="#E9EFF7",
    accent="#12488F",
    button="#12488F",
    button_over="#0D3A76",
    button_text="#FFFFFF",
    tones={
        Tone.NEUTRAL: "#57606A",
        Tone.PROGRESS: "#0B5CAD",
        Tone.GOOD: "#1A6E3C",
        Tone.ATTENTION: "#8A5300",
        Tone.CLOSED: "#6B3FA0",
        Tone.HARM: "#B42318",
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
    selected="#2A3C55",
    hover="#2A313A",
    accent="#8FC3FF",
    button="#2D72D0",
    button_over="#2560AF",
    button_text="#FFFFFF",
    tones={
        Tone.NEUTRAL: "#A9B4C0",
        Tone.PROGRESS: "#6CB6FF",
        Tone.GOOD: "#5CCB8A",
        Tone.ATTENTION: "#F0B84A",
        Tone.CLOSED: "#C9A7FF",
        Tone.HARM: "#FF8A80",
    },
)

# Edges differ from the text: disabled buttons are written in them.
LIGHT_CONTRAST: Final = Colours(
    dark=False,
    page="#FFFFFF",
    card="#FFFFFF",
    line="#7A838F",
    edge="#565E6A",
    text="#000000",
    muted="#2B3038",
    selected="#CFE2FF",
    hover="#E6EFFB",
    accent="#00306E",
    button="#00306E",
    button_over="#001F4A",
    button_text="#FFFFFF",
    tones={
        Tone.NEUTRAL: "#2F363F",
        Tone.PROGRESS: "#003A7A",
        Tone.GOOD: "#0A4522",
        Tone.ATTENTION: "#563200",
        Tone.CLOSED: "#452178",
        Tone.HARM: "#7A0F0A",
    },
)

DARK_CONTRAST: Final = Colours(
    dark=True,
    page="#000000",
    card="#000000",
    line="#6E7884",
    edge="#98A3B0",
    text="#FFFFFF",
    muted="#DCE2EA",
    selected="#12366A",
    hover="#20262F",
    accent="#A9D6FF",
    button="#A9D6FF",
    button_over="#D0E8FF",
    button_text="#000000",
    tones={
        Tone.NEUTRAL: "#DCE2EA",
        Tone.PROGRESS: "#A9D6FF",
        Tone.GOOD: "#84E6AD",
        Tone.ATTENTION: "#FFD373",
        Tone.CLOSED: "#E0CCFF",
        Tone.HARM: "#FFBFB8",
    },
)


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
        (roles.BrightText, colours.tones[Tone.HARM]),
        (roles.ToolTipBase, colours.card),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.muted),
        (roles.Highlight, colours.selected),
        (roles.HighlightedText, colours.text),
        (roles.Accent, colours.accent),
        (roles.Link, colours.accent),
        (roles.LinkVisited, colours.tones[Tone.CLOSED]),
        (roles.Light, colours.card),
        (roles.Midlight, colours.hover),
        (roles.Mid, colours.line),
        (roles.Dark, colours.edge),
        (roles.Shadow, "#000000"),
    ):
        made.setColor(role, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(off, role, QColor(colours.edge))
    return made


def style_sheet(colours: Colours) -> str:
    """The few accents which no palette role has: cards, buttons, inputs."""
    c = colours
    return f"""
QFrame[card="true"] {{ background: {c.card}; border: 1px solid {c.line}; border-radius: 8px; }}
QLabel[muted="true"] {{ color: {c.muted}; }}
QPushButton {{ background: {c.card}; border: 1px solid {c.edge}; border-radius: 6px;
  padding: 5px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {c.hover}; }}
QPushButton:pressed {{ background: {c.selected}; }}
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
QPushButton[quiet="true"]:disabled {{ color: {c.edge}; }}
QPushButton[quiet="true"]:hover {{ background: {c.hover}; }}
QPushButton[quiet="true"]:focus {{ border-color: {c.accent}; }}
QPushButton[icon="true"] {{ padding: 5px 8px; min-width: 16px; font-weight: 600; }}
QPushButton[icon="true"]:focus {{ padding: 4px 7px; }}
QPushButton[touch="48"] {{ min-height: 36px; }}
QPushButton[touch="64"] {{ min-height: 52px; }}
QPushButton[key="true"] {{ border-color: {c.line}; border-radius: 8px; padding: 5px 6px; }}
QPushButton[key="true"]:hover {{ border-color: {c.edge}; }}
QPushButton[key="true"]:disabled {{ color: {c.edge}; background: {c.page}; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox, QDateEdit {{ background: {c.card};
  border: 1px solid {c.edge}; border-radius: 6px; padding: 4px 8px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus,
QDateEdit:focus {{
  border: 2px solid {c.accent}; padding: 3px 7px; }}
QLineEdit[wrong="true"] {{ border-color: {c.tones[Tone.HARM]}; }}
QLineEdit[flat="true"] {{ border: none; background: transparent; padding: 0; }}
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled, QDateEdit:disabled {{
  color: {c.edge}; border-color: {c.line}; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{ background: {c.card}; border: 1px solid {c.edge}; outline: none; }}
QComboBox QAbstractItemView::item {{ padding: 4px 8px; }}
QComboBox QAbstractItemView::item:selected {{ background: {c.selected}; color: {c.text}; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow, QDateEdit::down-arrow {{ width: 0px; height: 0px;
  border-left: 4px solid {c.card}; border-right: 4px solid {c.card};
  border-top: 5px solid {c.text}; }}
QComboBox::down-arrow:disabled, QDateEdit::down-arrow:disabled {{ border-top-color: {c.edge}; }}
QHeaderView {{ background: {c.page}; border: none; }}
QHeaderView::section {{ background: {c.page}; color: {c.muted}; border: none;
  border-bottom: 1px solid {c.line}; padding: 5px 8px; }}
QHeaderView::section:hover {{ color: {c.text}; background: {c.hover}; }}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ width: 8px; height: 8px; }}
QTableView#customers::item {{ padding: 0px 10px; }}
QTableView#log {{ border: none; border-top: 1px solid {c.line}; }}
QTableView#log::item {{ padding: 0px 8px; }}
QTableView#timeline {{ background: {c.page}; }}
QTableView#timeline::item {{ padding: 4px 0px; }}
QTableView#timeline QHeaderView::section {{ padding: 5px 3px; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {c.muted}; border: none; padding: 7px 9px;
  border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {c.text}; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QMenuBar {{ background: {c.page}; border-bottom: 1px solid {c.line}; }}
QMenuBar::item {{ background: transparent; padding: 10px 12px; margin: 2px 0px; }}
QMenuBar::item:selected {{ background: {c.hover}; border-radius: 6px; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollBar {{ background: {c.page}; border: none; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {c.edge}; border: none; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {c.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QToolTip {{ background: {c.card}; color: {c.text}; border: 1px solid {c.edge}; padding: 4px; }}
"""
