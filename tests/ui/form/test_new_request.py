"""What the form remembers, and what it must never move: the shop's own address and expiry."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.desk_view_fixture import open_board
from ui.fake_desk import FakeDesk, run_now
from xumm_desk.core.sale.sale import request_label, sale_of


def test_a_request_to_another_address_does_not_move_the_shops_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    board = open_board(qtbot, tmp_path, FakeDesk(), run_now, expire="10")
    board.form.field("destination").set_text(sample_rows.ISSUER)
    board.form.field("expire").set_text("60")
    board.form.submit()
    saved = board._preferences.value
    assert saved.destination == sample_rows.SHOP
    assert saved.expire == "10"


def test_a_request_without_a_name_of_its_own_gets_a_number(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    board = open_board(qtbot, tmp_path, desk, run_now, till="2")
    board.form.submit()
    board.form.field("amount").set_text("3")
    board.form.field("identifier").set_text("order-7")
    board.form.submit()
    first, second = desk.created
    assert (request_label(first), request_label(second)) == ("#1", "order-7")
    assert first.identifier.startswith("2-")
    assert sale_of(second) is None
