"""The way out when the platform is down: offered in the form, marked wherever the request shows."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from xumm_desk.core.request import outage_code
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.state.lifecycle import apply_fact, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.desk_view import DeskView

from . import sample_rows
from .desk_view_fixture import open_board
from .fake_desk import FakeDesk

OUTPUT = Path(__file__).parent.parent / "output"
OUTPUT.mkdir(exist_ok=True)
DOWN = "xumm.app cannot be reached. Check this PC's internet connection; nothing was sent."


class DownDesk(FakeDesk):
    """A desk whose platform is gone: it refuses at once, or never answers for sure."""

    lost = False

    async def create(self, spec: RequestSpec) -> RequestRow:
        """What the real one ends as."""
        self.created.append(spec)
        now = self.clock.now()
        request = new_request(spec, now)
        if outage_code.is_outage_code(spec):
            value = {"link": outage_code.outage_link(spec)}
            told = facts.make_fact(now, Source.OPERATOR, FactKind.OUTAGE_CODE, dict(value))
        elif self.lost:
            told = facts.make_fact(now, Source.DESK, FactKind.CREATE_UNSURE, {"why": "cut"})
        else:
            value = {"why": DOWN, "down": True}  # type: ignore[dict-item]
            told = facts.make_fact(now, Source.PLATFORM, FactKind.NOT_CREATED, dict(value))
        request = apply_fact(request, told)
        row = RequestRow(request, judge(request, ledger=True))
        self.show(row)
        if self.lost and not outage_code.is_outage_code(spec):
            await _Never()
        return row


class _Never:
    """What a request waits for whose answer is looked for."""

    def __await__(self) -> Generator[None, None, None]:
        while True:
            yield


WAITING: list[object] = []


def one_step(coroutine: Coroutine[Any, Any, Any], _name: str) -> None:
    """Run a coroutine up to where it waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    WAITING.append(coroutine)


@pytest.fixture
def desk() -> DownDesk:
    return DownDesk()


@pytest.fixture
def board(qtbot: QtBot, tmp_path: Path, desk: DownDesk) -> DeskView:
    """A board on that desk, with a payment typed."""
    made = open_board(qtbot, tmp_path, desk, one_step)
    made.show()
    made.form.field("tag").set_text("4711")
    return made


def scanned(path: Path) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(path).convert("L"))]


def test_offered_where_creating_failed_for_good(
    board: DeskView, desk: DownDesk, scheme: str, qtbot: QtBot
) -> None:
    form = board.form
    assert not form.outage.isVisible()
    form.submit()
    assert form.outage.isVisible()
    assert form.problems()[""] == DOWN
    QApplication.processEvents()
    board.grab().save(str(OUTPUT / f"outage-offer-{scheme}.png"))
    form.outage.click()
    assert not form.outage.isVisible()
    assert form.problems() == {}
    qtbot.waitUntil(lambda: len(desk.created) == 2)
    first, code = desk.created
    qtbot.waitUntil(lambda: board.detail.row is board.table.row(code.identifier))
    assert outage_code.is_outage_code(code)
    assert (code.amount, code.tag, code.destination) == (first.amount, 4711, sample_rows.SHOP)
    assert len(str(code.txjson["InvoiceID"])) == 64
    assert form.field("amount").text() == ""
    board.second_timer.stop()
    code_view = board.detail.code
    qtbot.waitUntil(lambda: code_view.visibleRegion().boundingRect() == code_view.rect())
    assert code_view.module_px(1.0) >= 4
    path = OUTPUT / f"outage-shown-{scheme}.png"
    board.grab().save(str(path))
    assert scanned(path) == [outage_code.outage_link(code)]


def test_gone_with_the_next_edit(board: DeskView) -> None:
    board.form.submit()
    board.form.field("amount").set_text("3")
    assert not board.form.outage.isVisible()


def test_without_a_node_the_form_says_why_there_is_none(board: DeskView, desk: DownDesk) -> None:
    desk.present_health = sample_rows.health(ledger_set_up=False)
    board.form.submit()
    assert not board.form.outage.isVisible()
    assert "needs a ledger node" in board.form.problems()[""]


def test_a_lost_answer_warns_before_a_code_is_shown(
    board: DeskView, desk: DownDesk, qtbot: QtBot
) -> None:
    desk.lost = True
    board.form.submit()
    qtbot.waitUntil(board.form.outage.isVisible)
    assert "may exist and still be paid" in board.form.problems()[""]
    board.form.outage.click()
    assert len(desk.created) == 1
    (box,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]
    assert "may still be paid" in box.text()
    go = next(b for b in box.buttons() if b.text() == "Create another one")
    go.click()
    assert outage_code.is_outage_code(desk.created[-1])


def test_the_offer_goes_when_the_answer_is_found(
    board: DeskView, desk: DownDesk, qtbot: QtBot
) -> None:
    desk.lost = True
    board.form.submit()
    qtbot.waitUntil(board.form.outage.isVisible)
    (row,) = desk.rows()
    later = desk.clock.now() + timedelta(seconds=1)
    value = {
        "uuid": sample_rows.row(Status.WAITING).request.uuid,
        "next": {"always": "https://x.test/"},
    }
    created = facts.make_fact(later, Source.PLATFORM, FactKind.CREATED, value)  # type: ignore[arg-type]
    request = apply_fact(row.request, created)
    desk.show(replace(row, request=request, verdict=judge(request, ledger=True)))
    qtbot.waitUntil(lambda: not board.form.outage.isVisible())
    assert board.form.problems() == {}
