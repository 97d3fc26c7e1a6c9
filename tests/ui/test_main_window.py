"""The whole window over sample rows in every state: pictures of both schemes, and its wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Application, CancelAnswer
from xumm_desk.engine.catch_up import CatchUpState
from xumm_desk.engine.runtime.registry import OtherTill
from xumm_desk.ui.main_window import KEYRING, MainWindow
from xumm_desk.ui.style import theme

from . import sample_rows
from .fake_desk import FakeDesk

OUTPUT = Path(__file__).parent.parent / "output"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1000, 640), (1920, 1080)], ids=str)
@pytest.mark.parametrize(
    "status", [Status.WAITING, Status.PAID, Status.CHECK], ids=lambda s: s.value
)
def test_pictures_with_requests_in_every_state(
    qtbot: QtBot,
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    scheme: theme.SchemeName,
    size: tuple[int, int],
    status: Status,
) -> None:
    theme.Theme.current().set_scheme(scheme)
    window, _ = opened()
    theme.Theme.current().set_scheme(scheme)
    window.resize(*size)
    board = window._desk_view
    assert board is not None
    board.pane.view.select(sample_rows.row(status).identifier)
    for _ in range(4):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    image = window.grab().toImage()
    assert image.save(str(OUTPUT / f"desk-{scheme}-{size[0]}-{status.value}.png"))
    shown = [board.table.row_at(board.table.index(n, 0)) for n in range(board.table.rowCount())]
    assert {row.verdict.status for row in shown if row} == set(Status)
    theme.Theme.current().set_scheme("system")


def type_payment(window: MainWindow, amount: str = "2.5") -> None:
    """Fill the form."""
    board = window._desk_view
    assert board is not None
    board.form.field("destination").set_text("rKz27BXeGjWFeVkveddnhvjUR2jGrPRRHp")
    board.form.field("amount").set_text(amount)


def test_a_press_creates_one_request_and_clears_the_form(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened(rows=())
    type_payment(window)
    board = window._desk_view
    assert board is not None
    board.form.submit()
    board.form.submit()
    assert len(desk.created) == 1
    assert board.form.draft().amount == ""


def test_what_the_models_refuse_is_shown_and_kept(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened(rows=())
    desk.problems = (FieldError("amount", "Amount: is not right"),)
    type_payment(window)
    board = window._desk_view
    assert board is not None
    board.form.submit()
    assert desk.created == []
    assert board.form.problems() == {"amount": "Amount: is not right"}
    assert board.form.draft().amount == "2.5"


def test_the_duplicate_guard_asks_before_a_second_request_for_the_same(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    other = sample_rows.row(Status.EXPIRED_OPENED)
    window, desk = opened(rows=[other])
    board = window._desk_view
    assert board is not None
    asked = other.request.spec
    board.form.submitted.emit(RequestSpec("new", {}, dict(asked.txjson), asked.network))
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert "may still be paid" in boxes[0].text()
    assert desk.created == []
    words = {button.text(): button for button in boxes[0].buttons()}
    words["Create another one"].click()
    qtbot.waitUntil(lambda: len(desk.created) == 1)


@pytest.mark.parametrize(
    ("till", "asks"),
    [
        (OtherTill("Till 2", followed=True, lives=True), False),
        (OtherTill("Till 2", followed=True), True),
    ],
)
def test_a_sale_of_a_till_that_lives_is_asked_about_nowhere_else(
    qtbot: QtBot,
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    till: OtherTill,
    asks: bool,
) -> None:
    other = replace(sample_rows.row(Status.OPENED), other_till=till)
    window, desk = opened(rows=[other])
    board = window._desk_view
    assert board is not None
    asked = other.request.spec
    board.form.submitted.emit(RequestSpec("new", {}, dict(asked.txjson), asked.network))
    if asks:
        assert len(window.findChildren(QMessageBox)) == 1
    else:
        qtbot.waitUntil(lambda: len(desk.created) == 1)


def test_cancelling_asks_and_explains_an_opened_request(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    row = sample_rows.row(Status.OPENED)
    window, desk = opened(rows=[row])
    desk.cancel_answer = CancelAnswer(False, "ALREADY_OPENED")
    board = window._desk_view
    assert board is not None
    board.request_actions.cancel_asked.emit(row.identifier)
    (box,) = window.findChildren(QMessageBox)
    next(b for b in box.buttons() if b.text() == "Cancel the request").click()
    qtbot.waitUntil(lambda: desk.cancelled == [row.identifier])
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert "may still be paid" in bar.text()


def test_banners_come_with_their_cause_and_go_with_it(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    desk.present_health = sample_rows.health(platform_error="xumm.app cannot be reached.")
    window._update_health()
    bar = window.banners.banner("platform")
    assert bar is not None
    assert "cannot be reached" in bar.text()
    desk.present_health = sample_rows.health(journal_error="The disk is full.")
    window._update_health()
    assert window.banners.banner("platform") is None
    board = window._desk_view
    assert board is not None
    assert not board.form.button.isEnabled()
    desk.present_health = sample_rows.health()
    window._update_health()
    assert board.form.button.isEnabled()


def test_a_refused_fact_is_said_once_and_holds_up_nothing(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    for number, shown in ((1, True), (1, False), (2, True)):
        desk.present_health = sample_rows.health(
            journal_rejected=f"The journal did not take fact {number}."
        )
        window._update_health()
        bar = window.banners.banner("refused")
        assert (bar is not None and f"fact {number}." in bar.text()) is shown
        assert board.form.button.isEnabled()
        window._banner_clicked("refused")
        assert window.banners.banner("refused") is None


def test_while_you_were_away(opened: Callable[..., tuple[MainWindow, FakeDesk]]) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    before = sample_rows.row(Status.OPENED)
    window.show_resumed([before])
    bar = window.banners.banner("away")
    assert bar is not None
    assert f"{before.identifier}: Opened" in bar.text()
    paid = sample_rows.row(Status.PAID)
    desk.show(replace(before, verdict=paid.verdict))
    board.changes.flush()
    assert f"{before.identifier}: Paid" in bar.text()
    bar.button.click()
    desk.show(before)
    board.changes.flush()
    assert window.banners.banner("away") is None


def test_of_many_the_list_reports_how_many_of_each(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    window.show_resumed(sample_rows.rows())
    bar = window.banners.banner("away")
    assert bar is not None
    words = bar.text()
    assert f"{len(sample_rows.rows())} requests were unfinished" in words
    assert words.index("Check") < words.index("Expired, opened") < words.index("Waiting")


def test_the_first_sale_waits_until_earlier_requests_were_read(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    desk.catch_up = CatchUpState(12, 4, frozenset("abcd"))
    window.show_resumed([sample_rows.row(Status.WAITING)])
    assert board.form.blocked_reason.text() == "Reading 12 earlier requests again — 4 left"
    assert not board.form.button.isEnabled()
    desk.catch_up = CatchUpState(12, 1, frozenset("a"))
    window._update_health()
    assert board.form.blocked_reason.text().endswith("1 left")
    desk.catch_up = CatchUpState(12, 0)
    desk.caught_up.release()
    assert board.form.button.isEnabled()
    assert window.banners.banner("earlier") is None


def test_what_could_not_be_read_in_time_is_said_and_the_sale_goes_on(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    other = sample_rows.row(Status.WAITING)
    window, desk = opened(rows=[other])
    board = window._desk_view
    assert board is not None
    desk.catch_up = CatchUpState(3, 2, frozenset({other.identifier, "x"}))
    window.show_resumed([other])
    desk.caught_up.release()
    assert board.form.button.isEnabled()
    bar = window.banners.banner("earlier")
    assert bar is not None
    assert "2 earlier requests could not be read again yet. They may still be paid." in bar.text()
    asked = other.request.spec
    board.form.submitted.emit(RequestSpec("new", {}, dict(asked.txjson), asked.network))
    (box,) = window.findChildren(QMessageBox)
    assert "was not read again" in box.text()
    box.close()
    desk.catch_up = CatchUpState(3, 0)
    window._update_health()
    assert window.banners.banner("earlier") is None


def test_no_sale_before_the_journal_was_read(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened(rows=(), read=False)
    board = window._desk_view
    assert board is not None
    assert not board.form.button.isEnabled()
    assert board.form.blocked_reason.text() == "Reading the journal…"
    window.show_resumed(())
    assert board.form.button.isEnabled()


def test_every_dialog_of_the_menus_opens_and_stops_nothing(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    window, _ = opened()
    dialogs = window.dialogs
    for open_ in (dialogs.keys, dialogs.shop, dialogs.diagnostics, dialogs.about):
        open_()
        (shown,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
        shown.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    dialogs.diagnostics()
    (chooser,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(window.diagnostics_asked) as asked:
        chooser.fileSelected.emit("told.txt")
    assert asked.args == ["told.txt"]
    chooser.reject()


def test_closing_asks_the_program_first(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    window, _ = opened()
    with qtbot.waitSignal(window.closing):
        window.close()
    assert window.isVisible()
    window.remove_desk()
    window.close_for_good()
    assert not window.isVisible()


def test_practice_is_unmistakable_and_test_money_has_a_frame(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened(practice=True)
    assert window.stripe.isVisible()
    real, _ = opened(network="TESTNET")
    assert not real.stripe.isVisible()
    assert "test money" in real._frame.label()


def test_nothing_of_a_desk_stays_when_another_takes_its_place(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    """Its bars, its listeners, and whose keys it had."""
    window, desk = opened()
    assert window.windowTitle() == "Café Uno — Xumm Desk"
    for key in ("address", "refused", "webhook", "keys", "platform"):
        window.show_error(key, f"{key} of this desk")
    window.show_alarm("something of this desk")
    window.show_alarm("The keys are still there.", KEYRING)
    assert desk.listeners
    assert desk.unmatched_listeners
    window.remove_desk()
    assert not desk.listeners
    assert not desk.unmatched_listeners
    assert list(window.banners.shown()) == [KEYRING]
    other = FakeDesk(())
    window.show_desk(other, window.environment, None)  # type: ignore[arg-type]
    assert window.windowTitle() == "Xumm Desk"
    assert len(other.listeners) == len(other.unmatched_listeners) == 1


def test_the_customer_reads_the_shop_s_name(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    board.pane.view.selectRow(0)
    board.show_to_customer()
    customer = board.customer.window
    assert customer is not None
    assert customer.shop.text() == "Café Uno"
    window.show_application(Application("Café Due", "", False))
    assert customer.shop.text() == "Café Due"
    window.remove_desk()


def test_the_name_that_comes_late_is_shown_too(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened(read=False)
    board = window._desk_view
    assert board is not None
    board.pane.view.selectRow(0)
    board.show_to_customer()
    customer = board.customer.window
    assert customer is not None
    assert customer.shop.text() == ""
    window.show_application(Application("Café Uno", "", False))
    assert customer.shop.text() == "Café Uno"
    window.remove_desk()


def test_the_first_window_fits_the_screen(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    """The button that asks for money must not lie below its edge."""
    window, _ = opened()
    room = window.screen().availableSize().expandedTo(window.minimumSize())
    assert window.width() <= room.width()
    assert window.height() <= room.height()
    window.remove_desk()


def test_no_key_of_the_window_has_two_meanings(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    """Qt does neither of two things that have the same key."""
    window, _ = opened()
    everywhere = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    meanings: dict[str, set[str]] = {}
    for action in window.findChildren(QAction):
        if action.shortcutContext() in everywhere:
            for keys in action.shortcuts():
                meanings.setdefault(keys.toString(), set()).add(action.text())
    for shortcut in window.findChildren(QShortcut):
        if shortcut.context() in everywhere:
            meanings.setdefault(shortcut.key().toString(), set()).add(repr(shortcut.parent()))
    assert {keys: what for keys, what in meanings.items() if len(what) > 1} == {}
