"""A shop with a range of tags: every payment without one gets its own before it is created."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ui.desk_view_fixture import open_board
from ui.fake_desk import FakeDesk
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.ui.desk_view import DeskView


class TagDesk(FakeDesk):
    """A desk that hands out tags."""

    answer: int | str = 1007

    def __init__(self) -> None:
        super().__init__()
        self.ranges: list[TagRange] = []

    async def allocate_tag(self, within: TagRange) -> int | str:
        """The next one."""
        self.ranges.append(within)
        return self.answer


def at_once(coroutine: Coroutine[Any, Any, Any], _name: str) -> None:
    with pytest.raises(StopIteration):
        coroutine.send(None)


def board(qtbot: QtBot, folder: Path, desk: TagDesk, first: str, last: str) -> DeskView:
    return open_board(qtbot, folder, desk, at_once, tag_from=first, tag_to=last)


def test_an_empty_tag_is_filled_from_the_range(qtbot: QtBot, tmp_path: Path) -> None:
    desk = TagDesk()
    board(qtbot, tmp_path, desk, "1000", "1999").form.submit()
    [order] = desk.created
    assert order.tag == 1007
    assert order.body["txjson"] == order.txjson
    assert desk.ranges == [TagRange(1000, 1999)]


def test_a_typed_tag_or_no_range_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    desk = TagDesk()
    shown = board(qtbot, tmp_path / "typed", desk, "1000", "1999")
    shown.form.field("tag").set_text("7")
    shown.form.submit()
    board(qtbot, tmp_path / "none", desk, "", "").form.submit()
    assert [order.tag for order in desk.created] == [7, None]
    assert desk.ranges == []


@pytest.mark.parametrize(
    ("typed", "answer", "words"),
    [
        (("1", "2"), "All 2 destination tags rest.", "All 2 destination tags rest."),
        (("9", "1"), 5, "Destination tags: the range must rise"),
    ],
)
def test_without_a_free_tag_nothing_is_created(
    qtbot: QtBot, tmp_path: Path, typed: tuple[str, str], answer: int | str, words: str
) -> None:
    desk = TagDesk()
    desk.answer = answer
    shown = board(qtbot, tmp_path, desk, *typed)
    shown.form.submit()
    assert desk.created == []
    assert words in shown.form.problems()[""]
