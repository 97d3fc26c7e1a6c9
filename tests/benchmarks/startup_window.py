"""The child of the scenario `start`: one process with one window, which tells when it was painted.

Loads nothing that the window itself does not load: what this file costs is in both figures. The
runner gives the desk its arguments and its environment.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def empty() -> int:
    """The least window: what Python, Qt and PySide6 cost by themselves."""
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            _tell(painted=time.monotonic_ns())
            application.quit()

    application = QApplication(["empty"])
    window = Window()
    window.resize(1440, 860)
    window.show()
    return application.exec()


def desk(arguments: list[str]) -> int:
    """The program through its own door: its first paint, and the first of its table with rows in
    it while requests can be typed in."""
    from xumm_desk import __main__ as door
    from xumm_desk.cli import parser

    moments: dict[str, int] = {}
    run = parser.run

    def looked_at(argv: list[str]) -> int | None:
        code = run(argv)
        _look(moments)
        return code

    parser.run = looked_at  # type: ignore[assignment]
    sys.argv = ["xumm-desk", *arguments]
    ended = door.main()
    _tell(**moments)
    return ended


def _look(moments: dict[str, int]) -> None:
    """Override the paint events of the window and of its table. Both are loaded here a little
    earlier than by the program; neither is loaded twice."""
    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent

    from xumm_desk.ui.main_window import MainWindow
    from xumm_desk.ui.requests.table_view import RequestTableView

    paint = RequestTableView.paintEvent

    def painted(window: MainWindow, event: QPaintEvent) -> None:
        super(MainWindow, window).paintEvent(event)
        moments.setdefault("painted", time.monotonic_ns())

    def shown(view: RequestTableView, event: QPaintEvent) -> None:
        paint(view, event)
        if "usable" not in moments and view.model().rowCount() > 0:
            moments["usable"] = time.monotonic_ns()
            moments["rows"] = view.model().rowCount()
            QTimer.singleShot(0, view.window().close)

    _put(MainWindow, painted)
    _put(RequestTableView, shown)


def _put(owner: type, paint: object) -> None:
    """Override the paint event of a class of the program."""
    owner.paintEvent = paint  # type: ignore[attr-defined]


def _tell(**moments: int) -> None:
    inner = ", ".join(f'"{name}": {at}' for name, at in moments.items())
    sys.stdout.write(f"{{{inner}}}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(empty() if sys.argv[1] == "empty" else desk(sys.argv[2:]))
