"""Banners come and go with their causes; practice and other networks cannot be overlooked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.dialogs.help_window import HelpWindow
from xumm_desk.ui.style.palette import DARK, LIGHT, Tone
from xumm_desk.ui.widgets.environment_marks import PRACTICE_COLOURS, NetworkFrame, PracticeStripe


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as the accessibility guidelines count it."""

    def light(name: str) -> float:
        parts = [c / 255 for c in QColor(name).getRgb()[:3]]  # type: ignore[index]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        total: float = 0.2126 * r + 0.7152 * g + 0.0722 * b
        return total

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def stack(qtbot: QtBot) -> BannerStack:
    made = BannerStack()
    qtbot.addWidget(made)
    made.resize(700, 200)
    return made


def test_a_banner_says_cause_and_consequence_and_offers_one_action(stack: BannerStack) -> None:
    heard: list[str] = []
    stack.action_clicked.connect(heard.append)
    stack.show_banner("live", "Live updates lost.", "Checking every few seconds.", "Retry now")
    bar = stack.banner("live")
    assert bar is not None
    assert stack.isVisible()
    assert bar.text() == "Live updates lost. Checking every few seconds."
    QTest.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert heard == ["live"]


def test_no_cause_no_banner_no_room(stack: BannerStack) -> None:
    noted: list[str] = []
    stack.log_line.connect(noted.append)
    assert not stack.isVisible()
    stack.show_banner("live", "Live updates lost.")
    stack.show_banner("live", "Live updates lost 12 s ago.")
    assert stack.shown() == ("live",)
    stack.remove("live")
    stack.remove("never there")
    assert stack.shown() == ()
    assert stack.isHidden()
    assert noted == ["Live updates lost.", "Over: Live updates lost 12 s ago."]


def test_the_most_serious_stands_on_top(stack: BannerStack) -> None:
    stack.show_banner("a", "Quiet.", tone=Severity.NEUTRAL)
    stack.show_banner("b", "Bad.", tone=Severity.HARM)
    stack.show_banner("c", "Look.")
    assert stack.shown() == ("b", "c", "a")
    stack.show_banner("a", "Worse.", tone=Severity.HARM)
    assert stack.shown() == ("a", "b", "c")
    stack.resize(700, stack.heightForWidth(700))
    tops = {key: bar.y() for key in stack.shown() if (bar := stack.banner(key)) is not None}
    assert sorted(tops, key=lambda key: tops[key]) == list(stack.shown())


def test_long_words_make_the_banner_higher_not_shorter(stack: BannerStack) -> None:
    stack.show_banner("a", "Verbindungsunterbrechung " * 4, "Abfrage " * 30, "Wiederholen")
    narrow, wide = stack.heightForWidth(360), stack.heightForWidth(1200)
    assert narrow > wide


def test_practice_is_readable_in_both_schemes(qtbot: QtBot, scheme: str) -> None:
    stripe = PracticeStripe()
    qtbot.addWidget(stripe)
    stripe.resize(900, 30)
    assert "nothing leaves this computer" in stripe.label()
    stripe.resize(240, 30)
    assert stripe.label() == "PRACTICE — no real money"
    one, other, ink = PRACTICE_COLOURS[scheme == "dark"]
    assert contrast(ink, one) >= 4.5
    assert contrast(ink, other) >= 4.5
    assert contrast(one, other) < 1.5, "the stripes lie close together"
    assert not stripe.grab().isNull()


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("MAINNET", ""),
        ("TESTNET", "test money only"),
        ("XAHAU", "pays in XAH"),
        ("NOBODY", "test money only"),
    ],
)
def test_other_networks_are_framed(qtbot: QtBot, scheme: str, network: str, words: str) -> None:
    content = QLabel("content")
    frame = NetworkFrame(content, network)
    qtbot.addWidget(frame)
    frame.resize(400, 200)
    frame.show()
    assert words in frame.label()
    assert bool(frame.label()) is bool(words)
    assert (content.x() > 0) is bool(words)
    colours = DARK if scheme == "dark" else LIGHT
    assert contrast(colours.card, colours.tones[Tone.ATTENTION]) >= 4.5
    assert not frame.grab().isNull()


def test_help_pages_are_found_by_heading(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Taking money\n\nSee [keys](b.md).", "utf-8")
    (tmp_path / "b.md").write_text("no heading", "utf-8")
    guide = HelpWindow(tmp_path)
    qtbot.addWidget(guide)
    assert [guide.pages.item(i).text() for i in range(2)] == ["Taking money", "B"]
    assert "Taking money" in guide.page.toPlainText()
    guide.page.anchorClicked.emit(QUrl("b.md"))
    assert guide.page.toPlainText() == "no heading"
    assert not guide.open_page("c.md")
    guide.page.anchorClicked.emit(QUrl("file:///b.md"))
    assert guide.page.toPlainText() == "no heading"


def test_no_help_pages_say_so(qtbot: QtBot, tmp_path: Path) -> None:
    guide = HelpWindow(tmp_path / "nowhere")
    qtbot.addWidget(guide)
    assert "No help pages" in guide.page.toPlainText()
