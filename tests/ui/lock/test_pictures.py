"""Pictures of the locked window and of each dialog, in both schemes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.lock.forgotten_pin_dialog import ForgottenPinDialog
from xumm_desk.ui.lock.pin_dialog import PinDialog
from xumm_desk.ui.lock.set_pin_dialog import SetPinDialog
from xumm_desk.ui.main_window import MainWindow

OUTPUT = Path(__file__).parents[2] / "output"


def test_pictures(
    qtbot: QtBot, scheme: str, opened: Callable[..., tuple[MainWindow, FakeDesk]]
) -> None:
    OUTPUT.mkdir(exist_ok=True)
    window, _ = opened(view="till", rows=(sale_row(Status.PAID, 7),))
    window.resize(1366, 768)
    window.preferences.change(
        scheme=scheme,
        pin_hash="any",
        cashier="Ada",
        operators=["Bob", "Wilhelmina Featherstonehaugh-Ramirez"],
    )
    lock: DeskLock = window.lock

    def save(name: str) -> None:
        for _ in range(4):
            QApplication.processEvents()
        assert window.grab().save(str(OUTPUT / f"lock-{name}-{scheme}.png"))

    window.use_settings(window.preferences)
    save("locked")
    lock.unlock("Ada")
    save("open")

    def save_dialog(dialog: QDialog, name: str) -> None:
        qtbot.addWidget(dialog)
        dialog.show()
        for _ in range(4):
            QApplication.processEvents()
        assert dialog.grab().save(str(OUTPUT / f"lock-{name}-{scheme}.png"))
        size = dialog.size()
        assert size.width() <= 1024
        assert size.height() <= 700

    pin = PinDialog(lock, "The desk is locked. Settings need the PIN.")
    pin.pad.field.setText("4711")
    pin._say("That is not the PIN.")
    save_dialog(pin, "pin")
    window.preferences.change(pin_failed=5)
    window.use_settings(window.preferences)
    save_dialog(PinDialog(lock, "The PIN unlocks the desk."), "waiting")
    new = SetPinDialog(lock, "Ada")
    new._say("That PIN is among the first that anybody tries. Choose another one.")
    save_dialog(new, "set")
    forgotten = ForgottenPinDialog(lock)
    forgotten._say("These are not the keys in use. Nothing was changed.")
    save_dialog(forgotten, "forgotten")
    lock.is_practice = lambda: True
    save_dialog(ForgottenPinDialog(lock), "forgotten-practice")
