"""Make the pictures of the help pages from the running program, in practice mode and offscreen.

    .venv/bin/python packaging/help_pictures.py [FOLDER]

Writes resources/help/pictures/*.png, or into FOLDER. They are made anew after a change of the
windows that they show; the pages name them by file.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PICTURES: Final = ROOT / "resources" / "help" / "pictures"
WINDOW: Final = (1180, 800)
WIDE: Final = 620
"""Pixels of a picture's width: a help page beside its list."""

SALES: Final = (("2.80", "sign"), ("7.20", "decline"), ("16.40", "sign"), ("3.60", "sign"))
"""More of a day, so that tables and figures have something to show."""

_PATIENCE: Final = 240.0
_SETTLE: Final = 1.5
_SETTINGS: Final = {
    "view": "till",
    "scheme": "light",
    "setup_step": "done",
    "shop_name": "Café Uno",
    "till": "1",
    "shop_currency": "EUR",
    "presets": [
        {"name": "Espresso", "price": "2.80"},
        {"name": "Cappuccino", "price": "3.60"},
        {"name": "Lunch", "price": "12.50"},
    ],
}

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from xumm_desk.app import Program
    from xumm_desk.ui.simulator_panel import PhoneActions
    from xumm_desk.ui.till.till_view import TillView


async def until(true: Callable[[], Any], what: str) -> None:
    """Wait for the program to show something."""
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not come")
        await asyncio.sleep(0.05)


def save(widget: QWidget, name: str) -> None:
    """A picture of the widget, as small as a help page shows it."""
    from PySide6.QtCore import QCoreApplication, Qt

    # Not `processEvents`: that would run the program within the coroutine that takes its picture.
    QCoreApplication.sendPostedEvents()
    picture = widget.grab().toImage()
    if picture.width() > WIDE:
        picture = picture.scaledToWidth(WIDE, Qt.TransformationMode.SmoothTransformation)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(str(folder / f"{name}.png"))
    print(f"{name}.png")


async def sell(till: TillView, phone: PhoneActions, price: str, verb: str) -> None:
    """One more sale, whose customer signs or declines."""
    before = till.shown()
    for key in price:
        till.entry.keypad.pressed.emit(key)
    await until(lambda: till.entry.can_charge, "a rate")
    till.charging.charge()
    await until(lambda: till.shown() is not before and _uuid_of(till), "the next sale")
    await phone.phone_action(_uuid_of(till), verb)
    await until(lambda: till.pane.shows_verdict, "the verdict")


def _uuid_of(till: TillView) -> str:
    row = till.shown()
    return (row.request.uuid if row is not None else None) or ""


async def save_dialog(window: QWidget, name: str, size: tuple[int, int] | None = None) -> None:
    """A picture of the dialog that was just opened, which is closed again."""
    from PySide6.QtWidgets import QDialog

    def shown() -> list[QDialog]:
        return [one for one in window.findChildren(QDialog) if one.isVisible()]

    await until(shown, name)
    [dialog] = shown()
    if size is not None:
        dialog.resize(*size)
    await asyncio.sleep(_SETTLE)  # until it has read what it shows
    save(dialog, name)
    dialog.reject()
    await until(lambda: not shown(), f"the end of {name}")


async def show_the_till(program: Program) -> None:
    """One sale from the first key to its verdict, seen at the till and on the customer's screen,
    then what is done with it."""
    from PySide6.QtGui import QAction, QKeySequence

    window = program._window
    await until(window.has_desk, "the desk")
    board = window._desk_view
    assert board is not None
    till, phone = board.till, program._phone
    assert phone is not None
    for key in ("1", "2", ".", "5"):
        till.entry.keypad.pressed.emit(key)
    await until(lambda: till.entry.can_charge, "a rate")
    save(window, "till-price")
    till.charging.charge()
    await until(lambda: till.pane.progress.code.content and till.shown(), "the code")
    board.show_to_customer()
    customer = board.customer.window
    assert customer is not None
    customer.showNormal()
    customer.resize(800, 600)
    await until(lambda: customer.qr.content and customer.card.isVisible(), "the customer's code")
    save(window, "till-code")
    save(customer, "customer-code")
    row = till.shown()
    assert row is not None
    uuid = row.request.uuid or ""
    await phone.phone_action(uuid, "scan")
    await until(lambda: not till.pane.progress.code.content, "the covered code")
    save(window, "till-scanned")
    await phone.phone_action(uuid, "sign")
    await until(lambda: till.pane.shows_verdict, "the verdict")
    save(window, "till-paid")
    save(customer, "customer-thanks")
    board.ask_refund(row.identifier)
    await save_dialog(window, "refund")
    [shifts] = [one for one in window.findChildren(QAction) if one.shortcut() == QKeySequence("F8")]
    shifts.trigger()
    await save_dialog(window, "shift", (980, 620))
    for price, verb in SALES:
        await sell(till, phone, price, verb)
    board.show_view("requests")
    detail, phone_panel, *_ = board.panel_actions
    phone_panel.setChecked(False)
    assert detail.isChecked()
    board.pane.view.select(row.identifier)
    await asyncio.sleep(0.5)
    save(window, "requests")
    board.show_view("report")
    await until(lambda: board.report.page and board.report.page.chart, "the chart")
    await asyncio.sleep(0.5)
    save(window, "report")


async def run(folder: Path) -> None:
    """The program with a shop of its own."""
    from xumm_desk.app import Program
    from xumm_desk.cli.parser import build_parser
    from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
    from xumm_desk.setup.config import read_options

    practice = folder / "practice"
    practice.mkdir(parents=True)
    (practice / "settings.json").write_text(json.dumps(_SETTINGS), "utf-8")
    arguments = build_parser().parse_args(["--practice", "--data-dir", str(folder)])
    program = Program(read_options(arguments), GarbageCollectorPolicy())
    ended = asyncio.ensure_future(program.run())
    program._window.resize(*WINDOW)
    await show_the_till(program)
    program._window.close()
    await ended


def main() -> int:
    """Make all pictures."""
    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from PySide6.QtWidgets import QApplication

    from xumm_desk.qt.event_loop import make_loop
    from xumm_desk.ui.style import theme

    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app)
    loop = make_loop(app)
    asyncio.set_event_loop(loop)
    with loop, tempfile.TemporaryDirectory() as folder:  # type: ignore[attr-defined]
        loop.run_until_complete(run(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
