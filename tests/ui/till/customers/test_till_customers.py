"""Returning customers at the till: picked by keyboard, sent to, remembered, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeCustomers, FakePrinter
from ui.till.sales import sale_row
from ui.till.test_till_view import TillDesk, flush, open_till, press, question, type_keys
from xumm_desk.core.status import Status
from xumm_desk.engine.returning_customers import KnownCustomer, Push, PushState, RememberResult
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.till.customers.customers_dialog import CustomersDialog
from xumm_desk.ui.till.customers.remember_dialog import RememberDialog
from xumm_desk.ui.till.till_view import TillView

__all__ = ["open_till"]
Opened = Callable[..., TillView]
OUTPUT = Path(__file__).parent.parent.parent.parent / "output"


@pytest.fixture
def desk() -> TillDesk:
    made = TillDesk()
    made.printer = FakePrinter()
    return made


def known(nickname: str, days: int = 20) -> KnownCustomer:
    return KnownCustomer(nickname, sample_rows.NOW + timedelta(days=days))


def pick(till: TillView) -> CustomersDialog:
    """Open the list by its key."""
    QTest.keyClick(till, Qt.Key.Key_F6)
    return till.findChildren(CustomersDialog)[-1]


def names(dialog: CustomersDialog) -> list[str]:
    shown = []
    for row in range(dialog.list.rowCount()):
        item = dialog.list.item(row, 0)
        assert item is not None
        shown.append(item.text())
    return shown


def paid_row(number: int = 7) -> RequestRow:
    row = sale_row(Status.PAID, number)
    assert row.request.platform is not None
    return row


def test_a_sale_to_a_returning_customer_by_keyboard_alone(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    desk.customers.people = [known("Anna"), known("Ben"), known("Bente")]
    till = open_till()
    type_keys(qtbot, till, "12,5")
    dialog = pick(till)
    qtbot.waitExposed(dialog)
    QTest.keyClicks(dialog.search, "be")
    assert names(dialog) == ["Ben", "Bente"]
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.send.text() == "Send to Bente"
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert "Bente's phone" in till.entry.recipient.text()
    assert till.entry.entry.typed == "12.5", "the price stays"
    QTest.keyClick(till, Qt.Key.Key_Return)
    [spec] = desk.created
    assert spec.user_token == FakeCustomers.TOKEN
    assert FakeCustomers.TOKEN not in repr(spec.to_json())
    assert till.entry.recipient_name == "", "the next sale goes to nobody"


def test_pressing_again_or_esc_sends_to_nobody(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    till = open_till()
    for undo in (Qt.Key.Key_F6, Qt.Key.Key_Escape):
        till.entry.set_recipient("Anna")
        QTest.keyClick(till, undo)
        assert till.entry.recipient_name == ""
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created[0].user_token is None


def test_a_customer_can_be_picked_after_the_settings_have_changed(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    desk.customers.people = [known("Anna")]
    till = open_till()
    till._preferences.change(tips=["20"])
    till.apply_settings()
    assert till.entry.customer.isVisible()
    till.entry.customer.click()
    assert till.findChildren(CustomersDialog)


def test_one_who_is_not_remembered_any_more_is_said_and_charged_with_the_code(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    till = open_till()
    till.entry.set_recipient("Anna")
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created == []
    assert "not remembered any more" in till.entry.refusal.text()
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created[0].user_token is None


@pytest.mark.parametrize(
    ("push", "words"),
    [
        (Push("Anna", PushState.SENT), "Sent to Anna's phone"),
        (Push("", PushState.SENT), "Sent to the customer's phone"),
        (Push("Anna", PushState.NOT_SENT), "could not be sent to Anna's phone"),
        (Push("Anna", PushState.ENDED), "takes no more requests"),
        (Push("Anna", PushState.CREATING), ""),
        (None, ""),
    ],
)
def test_the_face_says_what_became_of_sending_and_the_code_stays(
    open_till: Opened, desk: TillDesk, push: Push | None, words: str
) -> None:
    till = open_till()
    row = sale_row(Status.WAITING, 7)
    till.load([row])
    till.show_identifier(row.identifier)
    desk.customers.push = push
    desk.customers.show()
    said = till.pane.progress.push
    assert said.isVisible() is bool(words)
    assert words in said.accessibleName()
    assert till.pane.progress.code.isVisible()


def test_a_paid_customer_is_remembered_after_being_asked(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    till = open_till()
    row = paid_row()
    till.load([row])
    till.show_identifier(row.identifier)
    assert till.pane.remember_button.isVisible()
    till.pane.remember_button.click()
    [dialog] = till.findChildren(RememberDialog)
    assert "May we send" in dialog.question.accessibleName()
    QTest.keyClicks(dialog.field.editor, "Anna")
    QTest.keyClick(dialog.field.editor, Qt.Key.Key_Return)
    assert desk.customers.asked == [(row.identifier, "Anna", False)]
    assert till.pane.remember_button.text() == "Anna is remembered"
    assert not till.pane.remember_button.isEnabled()


def test_why_nobody_is_remembered_is_said_and_a_taken_name_needs_a_second_press(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    till = open_till()
    row = paid_row()
    till.load([row])
    till.show_identifier(row.identifier)
    desk.customers.result = RememberResult(False, "Anna is remembered already.", taken=True)
    till.pane.remember_button.click()
    [dialog] = till.findChildren(RememberDialog)
    QTest.keyClicks(dialog.field.editor, "Anna")
    dialog.take.click()
    assert dialog.warning.text() == "Anna is remembered already."
    assert dialog.take.text() == "Replace"
    dialog.take.click()
    assert [asked[2] for asked in desk.customers.asked] == [False, True]
    QTest.keyClicks(dialog.field.editor, "b")
    assert dialog.take.text() != "Replace", "another name is asked about anew"


@pytest.mark.parametrize("status", [Status.WAITING, Status.DECLINED, Status.CHECK, Status.FAILED])
def test_only_after_a_paid_sale_is_remembering_offered(
    open_till: Opened, desk: TillDesk, status: Status
) -> None:
    till = open_till()
    row = sale_row(status, 7)
    till.load([row])
    till.show_identifier(row.identifier)
    assert not till.pane.remember_button.isVisible()


def test_without_a_place_to_keep_them_nothing_is_offered(open_till: Opened, desk: TillDesk) -> None:
    desk.customers.available = False
    till = open_till()
    row = paid_row()
    till.load([row])
    till.show_identifier(row.identifier)
    assert not till.pane.remember_button.isVisible()
    assert not till.entry.customer.isVisible()


def test_forgetting_is_asked_about_and_removes_the_line(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    desk.customers.people = [known("Anna"), known("Ben")]
    till = open_till()
    dialog = pick(till)
    dialog.forget.click()
    assert "for good" in question().text()
    press(question(), "Keep")
    assert names(dialog) == ["Anna", "Ben"]
    dialog.forget.click()
    press(question(), "Forget")
    assert names(dialog) == ["Ben"]


def test_a_silent_keyring_is_waited_for_and_one_that_refuses_is_said(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    desk.customers.hold = True
    desk.customers.refusal = "The system's keyring does not answer."
    till = open_till()
    dialog = pick(till)
    assert "Waiting for the system's keyring" in dialog.empty.message
    assert not dialog.send.isEnabled()
    desk.customers.opened.release()
    assert "does not answer" in dialog.empty.message
    desk.customers.refusal, desk.customers.hold = "", False
    desk.customers.people = [known("Anna")]
    dialog.empty.pressed.emit()
    assert names(dialog) == ["Anna"]


def test_ended_permissions_and_a_failed_check_are_said(
    qtbot: QtBot, open_till: Opened, desk: TillDesk
) -> None:
    desk.customers.people = [known("Anna")]
    desk.customers.checking = True
    till = open_till()
    dialog = pick(till)
    assert "Asking the platform" in dialog.state.text()
    desk.customers.checking, desk.customers.trouble = False, "It does not answer."
    gone = [replace(known(f"No. {n}"), ended=f"No. {n} is gone.") for n in range(5)]
    desk.customers.show(known("Anna"), *gone)
    assert names(dialog) == ["Anna"]
    assert "No. 2 is gone." in dialog.ended.text()
    assert "2 more are no longer remembered" in dialog.ended.text()
    assert "It does not answer." in dialog.state.text()


def test_nobody_remembered_says_how_to_begin(open_till: Opened, desk: TillDesk) -> None:
    dialog = pick(open_till())
    assert "Remember…" in dialog.empty.message


LONG = "Maximiliane von und zu Hohenlo"


@pytest.mark.parametrize("size", [(1366, 700), (1024, 700)])
def test_pictures(
    qtbot: QtBot, open_till: Opened, desk: TillDesk, scheme: str, size: tuple[int, int]
) -> None:
    desk.customers.people = [known("Anna", 29), known("Ben", 1), known(LONG), known("Zoë", 12)]
    till = open_till(shop_currency="EUR", till="1")
    board = till.board  # type: ignore[attr-defined]
    board.resize(*size)
    OUTPUT.mkdir(exist_ok=True)

    def save(widget: object, name: str) -> None:
        for _ in range(3):
            QGuiApplication.processEvents()
        assert widget.grab().save(str(OUTPUT / f"customers-{name}-{size[0]}-{scheme}.png"))  # type: ignore[attr-defined]

    waiting, done = sale_row(Status.WAITING, 7), paid_row(8)
    desk.show(waiting, done)
    flush(till)
    type_keys(qtbot, till, "12,5")
    till.entry.set_recipient(LONG)
    till.show_identifier(waiting.identifier)
    for push in (PushState.SENT, PushState.ENDED):
        desk.customers.push = Push(LONG, push)
        till.customers.show()
        save(board, push.value)
    desk.customers.push = None
    till.entry.set_recipient("")
    till.show_identifier(done.identifier)
    save(board, "paid")
    till.pane.remember_button.click()
    [remember] = till.findChildren(RememberDialog)
    remember.field.set_text("Anna")
    desk.customers.result = RememberResult(
        False, "Anna is remembered already, with another phone.", taken=True
    )
    remember.take.click()
    save(remember, "remember")
    remember.reject()
    dialog = pick(till)
    desk.customers.show(*desk.customers.people, replace(known("Carl"), ended="Carl is gone."))
    save(dialog, "list")
    assert Theme.current() is not None
