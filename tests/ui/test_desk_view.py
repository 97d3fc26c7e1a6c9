"""A new request is shown with its code: at once when that comes soon, else without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.lifecycle import new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.desk_view import DeskView

from . import sample_rows
from .desk_view_fixture import open_board
from .fake_desk import FakeDesk
from .test_outage_codes import one_step


class SlowDesk(FakeDesk):
    """A desk whose platform answers when the test says so."""

    async def create(self, spec: RequestSpec) -> RequestRow:
        """On disk, and on its way."""
        self.created.append(spec)
        request = new_request(spec, self.clock.now())
        row = RequestRow(request, judge(request, ledger=True))
        self.show(row)
        return row

    def answer(self) -> str:
        """The platform has taken the last one; its identifier."""
        spec = self.created[-1]
        row = sample_rows.row(Status.WAITING)
        self.show(replace(row, request=replace(row.request, spec=spec)))
        return spec.identifier


@pytest.fixture
def desk() -> SlowDesk:
    return SlowDesk()


@pytest.fixture
def board(qtbot: QtBot, tmp_path: Path, desk: SlowDesk) -> DeskView:
    made = open_board(qtbot, tmp_path, desk, one_step)
    made.show()
    return made


def shown(board: DeskView) -> str:
    """The request that the detail shows."""
    return board.detail.row.identifier if board.detail.row else ""


def test_with_its_code_at_once(board: DeskView, desk: SlowDesk) -> None:
    board.new_row.timer.setInterval(3_600_000)
    board.form.submit()
    board.changes.flush()
    identifier = desk.created[-1].identifier
    assert board.table.row(identifier) is not None, "the line is there before the code"
    assert shown(board) == ""
    assert desk.answer() == identifier
    board.changes.flush()
    assert shown(board) == identifier
    assert board.changes.urgent_identifier == ""


def test_without_a_code_that_does_not_come(qtbot: QtBot, board: DeskView, desk: SlowDesk) -> None:
    board.new_row.timer.setInterval(0)
    board.form.submit()
    board.changes.flush()
    qtbot.waitUntil(lambda: shown(board) == desk.created[-1].identifier)
    assert board.changes.urgent_identifier == desk.created[-1].identifier


def test_when_the_line_itself_comes_late(qtbot: QtBot, board: DeskView, desk: SlowDesk) -> None:
    board.new_row.timer.setInterval(0)
    board._select_when_shown("late")
    qtbot.waitUntil(lambda: not board.new_row.timer.isActive())
    assert shown(board) == ""
    row = sample_rows.row(Status.CREATING)
    spec = replace(row.request.spec, identifier="late")
    desk.show(replace(row, request=replace(row.request, spec=spec)))
    board.changes.flush()
    assert shown(board) == "late"


def test_an_open_customer_s_window_turns_to_the_new_request(
    qtbot: QtBot, board: DeskView, desk: SlowDesk
) -> None:
    board.customer.open()
    assert board.customer.window is not None
    qtbot.addWidget(board.customer.window)
    board.form.submit()
    board.changes.flush()
    identifier = desk.answer()
    board.changes.flush()
    assert board.customer.identifier == identifier
    assert board.customer.window.record().code
