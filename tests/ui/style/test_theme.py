"""Colours can be read, and the schemes change while the program runs."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from xumm_desk.core.status import Status
from xumm_desk.locale import translation
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Colours, Tone
from xumm_desk.ui.style.theme import Size, Theme
from xumm_desk.ui.widgets.environment_marks import PRACTICE_COLOURS


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 computes it."""

    def luminance(colour: str) -> float:
        def linear(part: float) -> float:
            return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

        c = QColor(colour)
        return sum(
            share * linear(part)
            for share, part in zip(
                (0.2126, 0.7152, 0.0722), (c.redF(), c.greenF(), c.blueF()), strict=True
            )
        )

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


SCHEMES = {
    "light": LIGHT,
    "dark": DARK,
    "light-contrast": LIGHT_CONTRAST,
    "dark-contrast": DARK_CONTRAST,
}


def least(colours: Colours) -> tuple[float, float]:
    """The least contrast of text and of everything else: WCAG 2 AA, and AAA for high contrast."""
    return (7, 4.5) if colours in (LIGHT_CONTRAST, DARK_CONTRAST) else (4.5, 3)


@pytest.mark.parametrize("colours", SCHEMES.values(), ids=SCHEMES)
class TestColours:
    @pytest.mark.parametrize("role", list(Tone))
    def test_every_tone_can_be_read_wherever_it_stands(self, colours: Colours, role: Tone) -> None:
        for background in colours.backgrounds:
            assert contrast(colours.tones[role], background) >= least(colours)[0], background

    def test_ordinary_text_can_be_read_wherever_it_stands(self, colours: Colours) -> None:
        for background in colours.backgrounds:
            for ink in (colours.text, colours.muted, colours.accent):
                assert contrast(ink, background) >= least(colours)[0], (ink, background)
        assert contrast(colours.button_text, colours.button) >= least(colours)[0]
        assert contrast(colours.button_text, colours.button_over) >= least(colours)[0]

    def test_edges_of_inputs_can_be_seen(self, colours: Colours) -> None:
        for ground in (colours.card, colours.page):
            assert contrast(colours.edge, ground) >= least(colours)[1]

    def test_the_primary_button_and_the_focus_can_be_seen(self, colours: Colours) -> None:
        for ground in (colours.card, colours.page):
            assert contrast(colours.button, ground) >= 3
            assert contrast(colours.accent, ground) >= least(colours)[1]

    def test_the_words_of_practice_can_be_read(self, colours: Colours) -> None:
        stripe, ground, ink = PRACTICE_COLOURS[colours.dark]
        assert min(contrast(ink, stripe), contrast(ink, ground)) >= least(colours)[0]

    def test_the_tab_of_a_test_network_can_be_read(self, colours: Colours) -> None:
        assert contrast(colours.card, colours.tones[Tone.ATTENTION]) >= least(colours)[0]

    def test_tones_differ(self, colours: Colours) -> None:
        assert len(set(colours.tones.values())) == len(Tone)


def test_the_colours_are_those_of_the_design() -> None:
    assert (LIGHT.tones[Tone.GOOD], DARK.tones[Tone.GOOD]) == ("#1A6E3C", "#5CCB8A")
    assert (LIGHT.tones[Tone.ATTENTION], DARK.tones[Tone.ATTENTION]) == ("#8A5300", "#F0B84A")
    assert (LIGHT.tones[Tone.HARM], DARK.tones[Tone.HARM]) == ("#B42318", "#FF8A80")


def test_green_is_for_paid_alone_and_red_for_harm_alone() -> None:
    assert [s for s in Status if theme.status_tone(s) is Tone.GOOD] == [Status.PAID]
    assert [s for s in Status if theme.status_tone(s) is Tone.HARM] == [Status.FAILED]


def test_changing_the_scheme_changes_the_palette_and_reports(
    app: QApplication, qtbot: QtBot
) -> None:
    one = Theme.current()
    with qtbot.waitSignal(one.changed):
        theme.Theme.current().set_scheme("dark")
    assert one.dark
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(DARK.page)
    with qtbot.assertNotEmitted(one.changed):
        theme.Theme.current().set_scheme("dark")
    theme.Theme.current().set_scheme("system")
    assert one.wanted == "system"


def test_sizes_follow_the_application_font(app: QApplication) -> None:
    body, title = theme.font(), theme.font(Size.TITLE, strong=True, tabular=True)
    assert title.pointSizeF() == pytest.approx(body.pointSizeF() * 1.6)
    assert body.pointSizeF() == app.font().pointSizeF()


@pytest.mark.parametrize(
    ("language", "direction"),
    [("he", Qt.LayoutDirection.RightToLeft), ("de", Qt.LayoutDirection.LeftToRight)],
)
def test_windows_are_laid_out_as_the_language_is_written(
    app: QApplication, language: str, direction: Qt.LayoutDirection
) -> None:
    translation.use_catalogue(gettext.NullTranslations(), language)
    try:
        theme.apply(app)
        assert app.layoutDirection() is direction
    finally:
        translation.use_catalogue(gettext.NullTranslations())
        theme.apply(app)
    assert app.layoutDirection() is Qt.LayoutDirection.LeftToRight


@pytest.mark.parametrize("name", SCHEMES)
def test_each_scheme_is_used_as_it_is_named(app: QApplication, name: theme.SchemeName) -> None:
    one = Theme.current()
    one.set_scheme(name)
    assert one.colours is SCHEMES[name]
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(SCHEMES[name].page)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("kind", [QLineEdit, QComboBox, QDateEdit])
@pytest.mark.parametrize("name", SCHEMES)
def test_the_edge_of_an_input_is_painted_so_that_it_can_be_seen(
    qtbot: QtBot, name: theme.SchemeName, kind: type[QWidget]
) -> None:
    Theme.current().set_scheme(name)
    colours = SCHEMES[name]
    window, field, other = QWidget(), kind(), QLineEdit()
    if isinstance(field, QComboBox):
        field.addItem("One")
    column = QVBoxLayout(window)
    column.addWidget(other)
    column.addWidget(field)
    qtbot.addWidget(window)
    window.show()
    other.setFocus()
    picture = window.grab().toImage()
    left = field.geometry().center() - field.rect().center() + QPoint(0, field.height() // 2)
    right = left + QPoint(field.width() - 1, 0)
    for edge in (left, right):
        painted = picture.pixelColor(edge).name()
        for ground in (colours.card, colours.page):
            assert contrast(painted, ground) >= least(colours)[1], (painted, ground)
    if kind is QLineEdit:
        return
    corner = right - QPoint(28, 8)
    arrow = [picture.pixelColor(corner + QPoint(x, y)).name() for x in range(26) for y in range(16)]
    assert max(contrast(one, colours.card) for one in arrow) >= least(colours)[1]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", SCHEMES)
def test_the_present_line_of_an_open_choice_can_be_told_from_the_others(
    qtbot: QtBot, name: theme.SchemeName
) -> None:
    Theme.current().set_scheme(name)
    choice = QComboBox()
    choice.addItems(["One", "Two", "Three"])
    choice.setCurrentIndex(1)
    qtbot.addWidget(choice)
    choice.show()
    choice.showPopup()
    view = choice.view()
    picture = view.viewport().grab().toImage()
    ends = [view.visualRect(choice.model().index(row, 0)).bottomRight() for row in range(3)]
    colours = [picture.pixelColor(end - QPoint(3, 3)).name().upper() for end in ends]
    assert colours == [SCHEMES[name].card, SCHEMES[name].selected, SCHEMES[name].card]
    choice.hidePopup()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_systems_wish_for_contrast_is_followed(
    app: QApplication, monkeypatch: pytest.MonkeyPatch, name: theme.SchemeName
) -> None:
    monkeypatch.setattr(Theme, "_system_wants_contrast", lambda _theme: True)
    one = Theme.current()
    one.set_scheme(name)
    one._follow(app.styleHints().colorScheme())
    assert one.colours is SCHEMES[f"{name}-contrast"]


def test_nothing_is_measured_by_a_font_s_average_letter() -> None:
    """It is a square where a font has Japanese too: cards and windows became twice as wide."""
    folder = Path(theme.__file__).parents[1]
    found = [
        one.name for one in folder.rglob("*.py") if "averageCharWidth" in one.read_text("utf-8")
    ]
    assert found == []
    metrics = QFontMetrics(theme.font())
    narrow, wide = metrics.horizontalAdvance("i"), metrics.horizontalAdvance("m")
    assert narrow < theme.letter_width(metrics) < wide
