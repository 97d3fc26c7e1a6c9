"""The bar of a life: to scale, with a label for each part, and the same in words."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.state.stage_times import StageTimes, stage_times
from xumm_desk.core.status import Status
from xumm_desk.locale import catalogues
from xumm_desk.ui.detail.life_bar import LifeBar, life_parts, life_sentence
from xumm_desk.ui.language import window_language
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space

OUTPUT = Path(__file__).parents[2] / "output"


def life(status: Status) -> StageTimes:
    found = stage_times(sample_rows.by_status()[status].facts)
    assert found is not None
    return found


@pytest.fixture
def bar(qtbot: QtBot) -> LifeBar:
    made = LifeBar()
    qtbot.addWidget(made)
    made.resize(360, made.minimumSizeHint().height())
    return made


def test_parts_are_as_long_as_they_took(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID), None)
    widths = [width for _, width in bar._places()]
    slow = max(range(len(widths)), key=widths.__getitem__)
    assert bar.parts[slow].label == "Pre-signed 8.7 s"
    seconds = [part.seconds for part in bar.parts]
    spare = bar.width() - 3.0 * len(widths)
    for width, length in zip(widths, seconds, strict=True):
        assert width == pytest.approx(3.0 + spare * length / sum(seconds))
    assert sum(widths) == pytest.approx(bar.width())


def test_a_stage_without_a_time_is_said_and_drawn_otherwise(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID_LATE), None)
    (part,) = (one for one in bar.parts if "?" in one.label)
    assert part.label == "Dispatched ?, Resolved 2.0 s"
    assert not part.exact
    assert "Dispatched at an unknown time." in bar.accessibleName()


def test_what_goes_on_grows(bar: LifeBar) -> None:
    found = life(Status.OPENED)
    bar.show_times(found, found.last_at + timedelta(seconds=5))
    assert (bar.parts[-1].label, bar.parts[-1].running) == ("now 5.0 s", True)
    bar.show_times(found, found.last_at + timedelta(seconds=125))
    assert bar.parts[-1].label == "now 02:05"
    assert "Nothing new for 02:05." in bar.accessibleName()


def test_a_life_is_spoken_whole() -> None:
    assert life_sentence(life(Status.PAID), None) == (
        "Created after 0.4 s. Opened after 6.3 s. Pre-signed after 8.7 s."
        " Dispatched after 1.2 s. Resolved after 2.0 s. Validated after 4.1 s."
    )


@pytest.mark.parametrize("width", [150, 260, 380, 900])
@pytest.mark.parametrize("status", list(Status))
def test_labels_never_lie_on_each_other(
    bar: LifeBar, scheme: str, status: Status, width: int
) -> None:
    bar.resize(width, 100)
    found = life(status)
    bar.show_times(found, found.last_at + timedelta(seconds=40))
    lines = bar._lines(2)
    placed = [number for line in lines for number, _, __ in line]
    assert len(bar.parts) - 1 in placed, "what goes on is never left out"
    assert width < 380 or sorted(placed) == list(range(len(bar.parts)))
    for line in lines:
        edges = [(left, left + wide) for _, left, wide in line]
        assert edges == sorted(edges)
        assert all(a[1] < b[0] for a, b in pairwise(edges))
        assert edges[0][0] >= -1
        assert edges[-1][1] <= width + 1
    bar.resize(width, bar.minimumSizeHint().height())
    assert not bar.grab().isNull()


def fit(bar: LifeBar, width: int) -> None:
    """As a layout does: first the width, then the height that it asks for."""
    bar.resize(width, bar.height())
    bar.resize(width, bar.minimumSizeHint().height())


def painted(bar: LifeBar) -> list[list[str]]:
    """The labels of each line as they are painted: whole, and inside the bar."""
    lines = bar._lines(bar._room_for_lines())
    metrics = QFontMetricsF(theme.font(Size.SMALL, strong=True, tabular=True))
    found = []
    for line in lines:
        for number, _, width in line:
            assert metrics.horizontalAdvance(bar.parts[number].label) <= width
        found.append([bar.parts[number].label for number, _, __ in line])
    foot = metrics.height() * (1 + len(lines)) + 12 + 2 * Space.XS
    assert foot <= bar.height() + 1
    return found


def test_a_narrow_bar_leaves_out_labels_and_cuts_none(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID), None)
    fit(bar, 900)
    assert len(painted(bar)[0]) == 6
    fit(bar, 200)
    assert painted(bar) == [
        ["Opened 6.3 s", "Validated 4.1 s"],
        ["Pre-signed 8.7 s"],
    ], "the last, the slowest, and then by length"


def test_a_low_bar_shows_one_line_and_no_half_one(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID), None)
    fit(bar, 380)
    assert len(painted(bar)) == 2
    bar.resize(380, bar.height() - 10)
    [labels] = painted(bar)
    assert "Pre-signed 8.7 s" in labels
    assert "Validated 4.1 s" in labels


LANGUAGES = ["en", "de", "fr", "nl", "es", "pt_BR", "ja", "ar"]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_language_has_its_stages_cut_beside_the_practice_phone(bar: LifeBar, tag: str) -> None:
    window_language.speak(catalogues.load(tag))
    try:
        for status in Status:
            found = life(status)
            bar.show_times(found, found.last_at + timedelta(seconds=40))
            fit(bar, 340)
            assert sum(map(len, painted(bar))) >= min(3, len(bar.parts))
    finally:
        window_language.speak(catalogues.load("en"))


def test_nothing_known_is_nothing_shown(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID), None)
    high = bar.minimumSizeHint().height()
    bar.show_times(None, None)
    assert bar.parts == ()
    assert bar.accessibleName() == "How long each stage took"
    assert bar.minimumSizeHint().height() == high, "nothing jumps while facts are read"
    assert life_parts(life(Status.CREATING), None) == ()
