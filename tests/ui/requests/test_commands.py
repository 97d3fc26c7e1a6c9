"""What a person does with a request that the platform never had: close it, or send it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.request import outage_code
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.state.lifecycle import apply_fact, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style import theme

OUTPUT = Path(__file__).parents[2] / "output"
Opened = Callable[..., tuple[MainWindow, "EndingDesk"]]


class EndingDesk(FakeDesk):
    """Notes what it is asked to end."""

    closed: list[str]
    sent: list[str]
    why_not: str

    async def close(self, identifier: str) -> str:
        """Note it."""
        self.closed.append(identifier)
        return self.why_not

    async def resend(self, identifier: str) -> str:
        """Note it."""
        self.sent.append(identifier)
        return self.why_not


@pytest.fixture
def make(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    monkeypatch: pytest.MonkeyPatch,
) -> Opened:
    """A window on such a desk."""

    def make_(**how: object) -> tuple[MainWindow, EndingDesk]:
        window, desk = opened(**how)
        desk.__class__ = EndingDesk
        assert isinstance(desk, EndingDesk)
        desk.closed, desk.sent, desk.why_not = [], [], ""
        return window, desk

    return make_


def outage_row() -> RequestRow:
    """An outage code that nobody has paid."""
    asked = sample_rows.row(Status.WAITING).request.spec
    spec = outage_code.outage_spec(asked, identifier="out-1", entropy="e" * 64)
    told = facts.make_fact(
        sample_rows.NOW,
        Source.OPERATOR,
        FactKind.OUTAGE_CODE,
        {"link": outage_code.outage_link(spec)},
    )
    request = apply_fact(new_request(spec, sample_rows.NOW), told)
    return RequestRow(request, judge(request, ledger=True))


def failed_row(*, down: bool) -> RequestRow:
    """A request that was not created."""
    asked = replace(sample_rows.row(Status.WAITING).request.spec, identifier="not-1")
    why = {"why": "xumm.app cannot be reached.", "code": None, "down": down}
    told = facts.make_fact(sample_rows.NOW, Source.PLATFORM, FactKind.NOT_CREATED, dict(why))
    request = apply_fact(new_request(asked, sample_rows.NOW), told)
    return RequestRow(request, judge(request, ledger=True))


def press(words: str) -> None:
    """Press a button of the one question that is asked."""
    [box] = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]
    next(b for b in box.buttons() if b.text() == words).click()
    QApplication.processEvents()


def test_an_outage_code_is_closed_after_a_question_that_says_what_may_still_come(
    make: Opened, scheme: str
) -> None:
    row = outage_row()
    window, desk = make(rows=[row])
    theme.Theme.current().set_scheme("dark" if scheme == "dark" else "light")
    board = window._desk_view
    assert board is not None
    board.pane.view.select(row.identifier)
    actions = board.request_actions
    assert actions.close_request.isVisible()
    assert not actions.resend.isVisible()
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"close-{scheme}.png"))
    actions.close_request.trigger()
    [box] = window.findChildren(QMessageBox)
    assert "late payment" in box.informativeText()
    assert "Check" in box.informativeText()
    press("Keep it open")
    assert desk.closed == []
    actions.close_request.trigger()
    press("Close the request")
    assert desk.closed == [row.identifier]
    assert "is closed" in window.statusBar().currentMessage()


def test_what_a_platform_that_was_down_never_took_is_sent_again(make: Opened) -> None:
    row = failed_row(down=True)
    window, desk = make(rows=[row])
    board = window._desk_view
    assert board is not None
    board.pane.view.select(row.identifier)
    assert board.request_actions.resend.isVisible()
    assert not board.request_actions.close_request.isVisible()
    board.request_actions.resend.trigger()
    assert desk.sent == [row.identifier]
    desk.why_not = "Only a request that was not created can be sent again."
    board.request_actions.resend.trigger()
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert desk.why_not in bar.text()


def test_the_guard_asks_before_sending_again_what_was_asked_for_since(make: Opened) -> None:
    row, rival = failed_row(down=True), sample_rows.row(Status.OPENED)
    spec = replace(rival.request.spec, txjson=row.request.spec.txjson)
    rival = replace(rival, request=replace(rival.request, spec=spec))
    window, desk = make(rows=[row, rival])
    board = window._desk_view
    assert board is not None
    board.pane.view.select(row.identifier)
    board.request_actions.resend.trigger()
    press("Do not send")
    assert desk.sent == []
    board.request_actions.resend.trigger()
    press("Send it again")
    assert desk.sent == [row.identifier]


@pytest.mark.parametrize("status", [Status.WAITING, Status.PAID, Status.CHECK], ids=str)
def test_rows_of_the_platform_show_neither(make: Opened, status: Status) -> None:
    window, _ = make()
    board = window._desk_view
    assert board is not None
    board.pane.view.select(sample_rows.row(status).identifier)
    assert not board.request_actions.resend.isVisible()
    assert not board.request_actions.close_request.isVisible()


def test_what_the_platform_refused_is_not_sent_again(make: Opened) -> None:
    window, _ = make(rows=[failed_row(down=False)])
    board = window._desk_view
    assert board is not None
    board.pane.view.select("not-1")
    assert not board.request_actions.resend.isVisible()
    assert "changes nothing" in board.request_actions.resend.toolTip()


def test_a_gap_in_the_nodes_history_has_a_banner(make: Opened) -> None:
    window, desk = make()
    desk.present_health = sample_rows.health(ledger_gap="Ledgers 5 to 9 were not read for rShop.")
    window._update_health()
    bar = window.banners.banner("ledger gap")
    assert bar is not None
    assert "5 to 9" in bar.text()
    desk.present_health = sample_rows.health()
    window._update_health()
    assert window.banners.banner("ledger gap") is None


@pytest.mark.parametrize("end", [Status.OPENED, Status.PAID])
def test_a_question_goes_when_it_has_no_answer_any_more(make: Opened, end: Status) -> None:
    """Else it would stand in front of PAID."""
    waiting, later = sample_rows.row(Status.WAITING), sample_rows.row(end)
    spec = replace(later.request.spec, identifier=waiting.identifier)
    window, desk = make(rows=[waiting])
    board = window._desk_view
    assert board is not None
    board.request_actions.cancel_asked.emit(waiting.identifier)
    board._rows([replace(waiting, last_heard_at=sample_rows.NOW)])
    [box] = window.findChildren(QMessageBox)
    assert box.isVisible()
    board._rows([replace(later, request=replace(later.request, spec=spec))])
    QApplication.processEvents()
    assert not window.findChildren(QMessageBox)
    assert desk.cancelled == []


def test_the_question_whether_to_close_goes_too(make: Opened) -> None:
    row = outage_row()
    window, desk = make(rows=[row])
    board = window._desk_view
    assert board is not None
    board.request_actions.close_asked.emit(row.identifier)
    [box] = window.findChildren(QMessageBox)
    assert box.isVisible()
    paid = sample_rows.row(Status.PAID)
    board._rows([replace(paid, request=replace(paid.request, spec=row.request.spec))])
    QApplication.processEvents()
    assert not window.findChildren(QMessageBox)
    assert desk.closed == []
