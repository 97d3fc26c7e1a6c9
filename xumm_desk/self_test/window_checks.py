"""Check what needs Qt: event loop, fonts, QR code, screens, printers of the system.

Run as a program it prints one JSON object a line, each a check. `window_process.py` starts it so:
where a library is missing, Qt ends the process without a chance to say why.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from xumm_desk.core.message import LIST_SEPARATOR, Formatted, Message, Sentences
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import use_languages
from xumm_desk.locale.translation import tr
from xumm_desk.qt import pyside_import

pyside_import.import_pyside()

from PySide6.QtCore import QSize, qVersion  # noqa: E402 - the binding comes first
from PySide6.QtGui import QFontDatabase, QGuiApplication, QScreen  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from xumm_desk.qt.event_loop import make_loop  # noqa: E402

from .check import Check, FailedError, NoteError, run_check  # noqa: E402
from .devices import SYSTEM_PRINTER  # noqa: E402

_CODE: Final = "https://xumm.app/sign/00000000-0000-4000-8000-000000000000"
_LEAST: Final = QSize(1024, 700)
"""Below this the till's keypad and code have no room beside each other."""

_WAIT: Final = 0.05
_LATE: Final = 1.0
_PATIENCE: Final = 20.0
_SIDE: Final = 320
"""Logical pixels of the code that is painted."""

_SYSTEMS: Final = {
    Message("Arabic"): QFontDatabase.WritingSystem.Arabic,
    Message("Japanese"): QFontDatabase.WritingSystem.Japanese,
}
"""Writing of the languages that the window has, besides Latin."""


def check_loop(application: QApplication) -> str:
    """Timers, sockets and threads of asyncio are served while Qt runs."""
    loop = make_loop(application)
    try:
        late = loop.run_until_complete(asyncio.wait_for(_use_loop(), _PATIENCE))
    except TimeoutError:
        raise FailedError(
            Message(
                "The event loop does not turn, so nothing would be followed. Start the program with"
                " XUMM_DESK_LOOP=stock set, and report this."
            )
        ) from None
    finally:
        loop.close()
    if late > _LATE:
        seconds = f"{late:.1f}"
        raise NoteError(
            Message(
                "A timer came {seconds} seconds late. This computer is very busy; close other"
                " programs before selling.",
                seconds=Formatted(seconds, Decimal(seconds)),
            )
        )
    return Message("{loop} on Qt {version}.", loop=type(loop).__name__, version=qVersion())


async def _use_loop() -> float:
    """Seconds by which a timer was late."""
    loop = asyncio.get_running_loop()
    begin = time.monotonic()
    await asyncio.sleep(_WAIT)
    late = time.monotonic() - begin - _WAIT
    woken = asyncio.Event()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(woken.set,), daemon=True)
    thread.start()
    await woken.wait()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(4))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"ping")
        if await reader.readexactly(4) != b"ping":
            raise ConnectionError("another answer")
        writer.close()
        await writer.wait_closed()
    return late


def check_fonts() -> str:
    """There are fonts, for the writing of each language too."""
    families = QFontDatabase.families(QFontDatabase.WritingSystem.Latin)
    if not families:
        raise FailedError(
            Message(
                "This computer has no fonts: every text would be empty boxes. Install one (on"
                " Debian and Ubuntu the package fonts-dejavu-core)."
            )
        )
    missing = [name for name, system in _SYSTEMS.items() if not QFontDatabase.families(system)]
    if missing:
        raise NoteError(
            Message(
                "No font for: {writings}. Other languages look right; for these install one (on"
                " Debian and Ubuntu the packages fonts-noto-core and fonts-noto-cjk).",
                writings=Sentences(missing, LIST_SEPARATOR),
            )
        )
    return Message("{count} families.", count=len(families))


def check_qr_code() -> str:
    """A code is painted as the window paints it, and read as a phone reads it."""
    from xumm_desk.ui.qr import code_check  # noqa: PLC0415 - a failure is this check's own
    from xumm_desk.ui.qr.qr_view import QrView  # noqa: PLC0415
    from xumm_desk.ui.style import theme  # noqa: PLC0415

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    view = QrView()
    view.resize(_SIDE, _SIDE)
    view.show_text(_CODE)
    if not code_check.is_readable(code_check.paint(view), _CODE):
        raise FailedError(
            Message(
                "A painted code cannot be read. Take the screen's scaling back to a whole step,"
                " then try again; until then customers' phones may not find codes."
            )
        )
    try:
        import zxingcpp  # noqa: F401, PLC0415 - only whether it loads
    except ImportError as error:
        raise NoteError(
            Message(
                "Codes are compared by their modules only, since the decoder does not load"
                " ({reason}). Install the program again.",
                reason=error,
            )
        ) from None
    return Message(
        "Painted with {pixels} pixels a module, and read again.",
        pixels=view.module_px(view.devicePixelRatioF()),
    )


def check_screens(screens: Sequence[QScreen], platform: str) -> str:
    """Sizes and scales; the cashier's screen is large enough."""
    if platform in {"offscreen", "minimal"}:
        raise FailedError(
            Message(
                "There is no screen to open a window on. Start it on a desktop, or put"
                " `xvfb-run -a` before the command. Commands without a window work."
            )
        )
    told = ", ".join(
        f"{one.name()} {one.size().width()}×{one.size().height()} ×{one.devicePixelRatio():g}"
        for one in screens
    )
    if not any(_is_large_enough(one.availableGeometry().size()) for one in screens):
        raise NoteError(
            Message(
                "{screens}: smaller than {width}×{height} points, so parts of the window have to be"
                " scrolled. Choose a higher resolution, or a smaller scaling.",
                screens=told,
                width=_LEAST.width(),
                height=_LEAST.height(),
            )
        )
    return Message("{screens} ({platform}).", screens=told, platform=platform)


def _is_large_enough(size: QSize) -> bool:
    return size.width() >= _LEAST.width() and size.height() >= _LEAST.height()


def check_system_printer(setting: str) -> str:
    """The printer of the settings is one of the system's, and is ready."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo  # noqa: PLC0415 - may be slow

    name = setting.removeprefix(SYSTEM_PRINTER)
    if name not in QPrinterInfo.availablePrinterNames():
        raise FailedError(
            Message(
                "This computer has no printer of the name {name} any more. Connect it, or choose"
                " another one under Shop settings.",
                name=name,
            )
        )
    if QPrinterInfo.printerInfo(name).state() is QPrinter.PrinterState.Error:
        raise FailedError(
            Message(
                "The system reports an error of the printer {name}. Look at its list of waiting"
                " prints.",
                name=name,
            )
        )
    return Message("The system's printer {name}.", name=name)


def checks(application: QApplication, printer: str) -> list[tuple[str, Callable[[], str]]]:
    """All of them, in the order in which they are told."""
    found: list[tuple[str, Callable[[], str]]] = [
        ("loop", partial(check_loop, application)),
        ("fonts", check_fonts),
        ("qr_code", check_qr_code),
        (
            "screens",
            lambda: check_screens(QGuiApplication.screens(), QGuiApplication.platformName()),
        ),
    ]
    if printer.startswith(SYSTEM_PRINTER):
        found.append(("printer", partial(check_system_printer, printer)))
    return found


def tell(check: Check) -> None:
    """Print it at once: what comes next may end the process."""
    line = {"name": check.name, "outcome": check.outcome.value, "text": tr(check.text)}
    print(json.dumps(line), flush=True)  # noqa: T201 - another process reads it


def main(arguments: Sequence[str]) -> int:
    """Run them; the only argument is the setting of the printer."""
    use_languages(catalogues.load(catalogues.of_environment(os.environ)))
    application = QApplication(["xumm-desk"])
    for name, work in checks(application, arguments[0] if arguments else ""):
        tell(run_check(name, work))
    sys.stdout.flush()
    os._exit(0)  # what Qt does at the end has nothing to do with the checks


if __name__ == "__main__":
    main(sys.argv[1:])
