"""The bar of a life: to scale, with a label for each part, and the same in words."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.state.stage_times import StageTimes, stage_times
from xumm_desk.core.status import Status
from xumm_desk.ui.detail.life_bar import LifeBar, life_parts, life_sentence

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
    placed = [number for line in bar._lines() for number, _, __ in line]
    assert sorted(placed) == list(range(len(bar.parts)))
    for line in bar._lines():
        edges = [(left, left + wide) for _, left, wide in line]
        assert edges == sorted(edges)
        assert all(a[1] < b[0] for a, b in pairwise(edges))
        assert edges[0][0] >= -1
        assert edges[-1][1] <= width + 1
    bar.resize(width, bar.minimumSizeHint().height())
    assert not bar.grab().isNull()


def test_nothing_known_is_nothing_shown(bar: LifeBar) -> None:
    bar.show_times(life(Status.PAID), None)
    high = bar.minimumSizeHint().height()
    bar.show_times(None, None)
    assert bar.parts == ()
    assert bar.accessibleName() == "How long each stage took"
    assert bar.minimumSizeHint().height() == high, "nothing jumps while facts are read"
    assert life_parts(life(Status.CREATING), None) == ()
