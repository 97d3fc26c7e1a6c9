"""A locked window: the till only, and everything else behind the PIN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk, run_now
from ui.till.sales import sale_row
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.desk_lock import FREE_TRIES
from xumm_desk.core.status import Status
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import REQUESTS, TILL
from xumm_desk.ui.lock import pin_hash
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.lock.forgotten_pin_dialog import ForgottenPinDialog
from xumm_desk.ui.lock.pin_dialog import PinDialog
from xumm_desk.ui.lock.set_pin_dialog import SetPinDialog
from xumm_desk.ui.main_window import MainWindow

PIN = "4711"
Opened = Callable[..., tuple[MainWindow, FakeDesk]]


class FakeAudit:
    """Notes what is written down."""

    def __init__(self) -> None:
        self.entries: list[tuple[AuditKind, str, str]] = []

    async def add_audit(self, kind: AuditKind, who: str, detail: str = "") -> None:
        self.entries.append((kind, who, detail))

    def kinds(self) -> list[AuditKind]:
        return [kind for kind, _, _ in self.entries]


class Bench:
    """A lock over a clock that stands still and without threads."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.at, self.practice = 1000.0, False
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.audit = FakeAudit()
        self.lock = self.restart()

    def restart(self) -> DeskLock:
        self.saved = SettingsFile(self.folder / "settings.json")
        self.lock = DeskLock(
            self.window,
            self.saved,
            start=run_now,
            owner_keys=lambda key, secret: (key, secret) == ("k", "s"),
            is_practice=lambda: self.practice,
            monotonic=lambda: self.at,
            in_thread=lambda work, done: done(work()),
        )
        self.lock.use_audit(self.audit)
        return self.lock

    def dialog(self, kind: type[QDialog]) -> Any:
        shown = [one for one in self.window.findChildren(kind) if one.isVisible()]
        assert len(shown) == 1, shown
        return shown[0]

    def type_pin(self, pin: str, who: str = "Ada") -> None:
        dialog = self.dialog(PinDialog)
        dialog.name.editor.setCurrentText(who)
        for digit in pin:
            dialog.pad.keys[digit].click()
        dialog.pad.enter.click()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(pin_hash, "hash_pin", lambda pin: f"hash of {pin}")
    monkeypatch.setattr(pin_hash, "matches", lambda text, pin: text == f"hash of {pin}")
    return Bench(qtbot, tmp_path)


@pytest.fixture
def locked(bench: Bench) -> Bench:
    bench.saved.change(pin_hash=f"hash of {PIN}")
    bench.restart()
    bench.audit.entries.clear()
    return bench


def test_a_hash_knows_its_pin_and_no_other() -> None:
    text = pin_hash.hash_pin(PIN)
    assert PIN not in text
    assert text.startswith("$argon2id$")
    assert pin_hash.matches(text, PIN)
    assert not pin_hash.matches(text, "4712")
    assert pin_hash.hash_pin(PIN) != text, "salted"


@pytest.mark.parametrize("text", ["", "no hash", "$argon2id$v=19$m=65536"])
def test_a_damaged_hash_opens_for_nobody(text: str) -> None:
    assert not pin_hash.matches(text, PIN)


def test_without_a_pin_nothing_is_asked(bench: Bench) -> None:
    done: list[str] = []
    bench.lock.require("Refunds need the PIN.", lambda: done.append("refund"))
    assert done == ["refund"]
    assert not bench.lock.locked


def test_locking_without_a_pin_asks_for_a_new_one_twice(bench: Bench) -> None:
    bench.lock.lock()
    dialog = bench.dialog(SetPinDialog)
    for typed in (PIN, "4712", PIN, PIN):
        dialog.pad.field.setText(typed)
        dialog.pad.enter.click()
    assert bench.saved.value.pin_hash == f"hash of {PIN}"
    assert bench.audit.kinds() == [AuditKind.PIN_SET]
    assert not bench.lock.locked
    bench.lock.lock()
    assert bench.lock.locked


def test_a_simple_pin_is_refused_with_the_reason(bench: Bench) -> None:
    bench.lock.ask_new_pin()
    dialog = bench.dialog(SetPinDialog)
    dialog.pad.field.setText("1234")
    dialog.pad.enter.click()
    assert "Choose another" in dialog.problem.text()
    assert not bench.lock.has_pin


def test_an_action_behind_the_pin_is_done_once_and_the_desk_stays_locked(locked: Bench) -> None:
    done: list[str] = []
    locked.lock.require("Refunds need the PIN.", lambda: done.append("refund"))
    assert done == []
    locked.type_pin("9999")
    assert done == []
    assert "not the PIN" in locked.dialog(PinDialog).problem.text()
    locked.type_pin(PIN)
    assert done == ["refund"]
    assert locked.lock.locked
    assert locked.audit.entries == [
        (AuditKind.WRONG_PIN, "Ada", "Refunds need the PIN."),
        (AuditKind.ALLOWED, "Ada", "Refunds need the PIN."),
    ]


def test_unlocking_says_who_and_remembers_the_name(locked: Bench) -> None:
    locked.saved.change(cashier="Bob")
    locked.lock.unlock_then()
    locked.type_pin(PIN, "Ada")
    assert not locked.lock.locked
    assert (AuditKind.UNLOCKED, "Ada", "") in locked.audit.entries
    assert locked.lock.operators() == ["Bob", "Ada"]


def test_the_keyboard_types_the_pin_and_it_is_masked(locked: Bench) -> None:
    locked.lock.unlock_then()
    dialog = locked.dialog(PinDialog)
    QTest.keyClicks(dialog.pad.field, "4x7")
    arabic_zero = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, "٠"
    )
    QApplication.sendEvent(dialog.pad.field, arabic_zero)
    assert dialog.pad.pin() == "470"
    assert dialog.pad.field.displayText() != "470"
    QTest.keyClick(dialog.pad.field, Qt.Key.Key_Backspace)
    QTest.keyClicks(dialog.pad.field, "11")
    QTest.keyClick(dialog.pad.field, Qt.Key.Key_Return)
    assert not locked.lock.locked


def test_three_wrong_tries_close_the_pad_and_a_restart_does_not_open_it(locked: Bench) -> None:
    locked.lock.unlock_then()
    for _ in range(FREE_TRIES):
        locked.type_pin("9999")
    dialog = locked.dialog(PinDialog)
    assert not dialog.pad.isEnabled()
    assert "5 seconds" in dialog.problem.text()
    dialog.reject()
    assert locked.saved.value.pin_failed == FREE_TRIES
    locked.restart()
    assert locked.lock.wait() == 5
    assert not locked.lock.check(PIN, "", "", lambda _right: None)
    locked.at += 5
    locked.lock.unlock_then()
    locked.type_pin(PIN)
    assert not locked.lock.locked
    assert locked.saved.value.pin_failed == 0


def test_a_wait_ends_by_itself(locked: Bench) -> None:
    locked.lock.unlock_then()
    for _ in range(FREE_TRIES):
        locked.type_pin("9999")
    locked.at += 5
    dialog = locked.dialog(PinDialog)
    dialog._tick()
    assert dialog.pad.isEnabled()
    assert dialog.problem.text() == ""


def test_a_try_counts_although_the_program_ends_while_it_is_compared(
    locked: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked.lock._in_thread = lambda _work, _done: None
    locked.lock.check("9999", "", "", lambda _right: None)
    assert SettingsFile(locked.saved.path).value.pin_failed == 1


def test_the_owners_keys_set_a_new_pin(locked: Bench) -> None:
    locked.lock.unlock_then()
    locked.dialog(PinDialog).forgotten_button.click()
    dialog = locked.dialog(ForgottenPinDialog)
    dialog.key.set_text("k")
    dialog.secret.set_text("wrong")
    dialog.go_on.click()
    assert "Nothing was changed" in dialog.problem.text()
    dialog.secret.set_text("s")
    dialog.go_on.click()
    new = locked.dialog(SetPinDialog)
    for _ in range(2):
        new.pad.field.setText("1397")
        new.pad.enter.click()
    assert locked.saved.value.pin_hash == "hash of 1397"
    assert locked.lock.locked
    assert locked.audit.kinds() == [
        AuditKind.WRONG_KEYS,
        AuditKind.KEYS_ACCEPTED,
        AuditKind.PIN_SET,
    ]


def test_in_practice_the_pin_is_removed_without_a_proof(locked: Bench) -> None:
    locked.practice = True
    locked.lock.forgotten()
    dialog = locked.dialog(ForgottenPinDialog)
    assert not dialog.key.isVisible()
    dialog.go_on.click()
    assert not locked.lock.has_pin
    assert not locked.lock.locked
    assert locked.audit.kinds() == [AuditKind.PIN_REMOVED]


def test_a_pin_is_changed_only_after_the_old_one(locked: Bench) -> None:
    locked.lock.unlock_then()
    locked.type_pin(PIN)
    locked.lock.ask_new_pin()
    locked.type_pin(PIN)
    locked.dialog(SetPinDialog).remove_button.click()
    assert not locked.lock.has_pin
    assert locked.audit.entries[-1][:2] == (AuditKind.PIN_REMOVED, "Ada")


def test_it_locks_itself_without_input_and_closes_what_is_open(locked: Bench) -> None:
    locked.lock.unlock_then()
    locked.type_pin(PIN)
    locked.lock.set_lock_after(5)
    settings = QDialog(locked.window)
    settings.open()
    locked.at += 299
    locked.lock.tick()
    assert not locked.lock.locked
    locked.lock.last_input.at = locked.at
    locked.at += 299
    locked.lock.tick()
    assert not locked.lock.locked, "somebody is there"
    locked.at += 1
    locked.lock.tick()
    assert locked.lock.locked
    assert not settings.isVisible()


def test_what_is_done_before_a_journal_is_open_is_written_down_later(locked: Bench) -> None:
    locked.lock.use_audit(None)
    locked.lock.unlock_then()
    locked.type_pin(PIN)
    assert locked.audit.entries == []
    locked.lock.use_audit(locked.audit)
    assert locked.audit.kinds() == [AuditKind.UNLOCKED]


# In the main window.


def locked_window(opened: Opened) -> tuple[MainWindow, FakeDesk]:
    window, desk = opened(view="requests", rows=(sale_row(Status.CHECK, 7),))
    window.preferences.change(pin_hash="any")
    window.use_settings(window.preferences)
    return window, desk


def pin_dialogs(window: MainWindow) -> list[PinDialog]:
    return [one for one in window.findChildren(PinDialog) if one.isVisible()]


def test_a_locked_window_shows_the_till_and_no_key_opens_another_view(
    qtbot: QtBot, opened: Opened
) -> None:
    window, _ = locked_window(opened)
    board = window._desk_view
    assert board is not None
    assert board.view() == TILL
    assert not board.switch.isVisible()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    board.show_view(REQUESTS)
    assert board.view() == TILL
    assert pin_dialogs(window) == []
    window.lock.unlock("Ada")
    board.show_view(REQUESTS)
    assert board.view() == REQUESTS
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.lock.locked
    assert board.view() == TILL


def open_by(window: MainWindow, words: str) -> None:
    for menu in window.menuBar().actions():
        for action in menu.menu().actions():  # type: ignore[attr-defined]
            if words in action.text():
                action.trigger()
                return
    raise AssertionError(words)


@pytest.mark.parametrize(
    "words", ["Shop settings", "Platform keys", "PIN and lock", "diagnostics", "Unmatched"]
)
def test_what_is_behind_the_pin_is_asked_for(opened: Opened, words: str) -> None:
    window, _ = locked_window(opened)
    open_by(window, words)
    [dialog] = pin_dialogs(window)
    others = [one for one in window.findChildren(QDialog) if one.isVisible() and one is not dialog]
    assert others == []


@pytest.mark.parametrize("signal", ["details_asked", "all_asked", "settings_asked"])
def test_no_way_out_of_the_till_leads_past_the_pin(opened: Opened, signal: str) -> None:
    window, _ = locked_window(opened)
    board = window._desk_view
    assert board is not None
    getattr(board.till, signal).emit(*(["sale-7"] if signal == "details_asked" else []))
    assert len(pin_dialogs(window)) == 1
    assert board.view() == TILL


def test_a_refund_needs_the_pin_and_its_record_names_who_gave_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, desk = locked_window(opened)
    board = window._desk_view
    assert board is not None
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        board.refund, "ask", lambda identifier: asked.append((identifier, window.lock.who))
    )
    board.request_actions.refund_asked.emit("sale-7")
    assert asked == []
    [dialog] = pin_dialogs(window)
    dialog.granted.emit("Ada")
    assert asked == [("sale-7", "Ada")]
    assert window.lock.who == ""
    board.refund.created.emit("refund-1")
    assert desk.audited[-1] == (AuditKind.REFUNDED, "Ada", "refund-1")


@pytest.mark.parametrize("key", ["keys", "unmatched"])
def test_banners_lead_to_the_pin(opened: Opened, key: str) -> None:
    window, _ = locked_window(opened)
    window._banner_clicked(key)
    assert len(pin_dialogs(window)) == 1


def test_a_locked_window_can_be_closed(qtbot: QtBot, opened: Opened) -> None:
    window, _ = locked_window(opened)
    with qtbot.waitSignal(window.closing):
        open_by(window, "Quit")
