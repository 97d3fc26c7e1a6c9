"""Draw the application's icon in all its sizes from the one SVG.

Run it with the Python of a development set-up after the drawing has changed:

    .venv/bin/python packaging/render_icons.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
DRAWING = ICONS / "xumm-desk.svg"
SIZES = (16, 32, 48, 128, 256)


def render(drawing: Path, size: int, target: Path) -> None:
    renderer = QSvgRenderer(str(drawing))
    if not renderer.isValid():
        raise SystemExit(f"{drawing} is not a drawing that Qt can read.")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    if not image.save(str(target)):
        raise SystemExit(f"{target} could not be written.")


def main() -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # nothing here needs a screen
    application = QGuiApplication(sys.argv)
    for size in SIZES:
        render(DRAWING, size, ICONS / f"xumm-desk-{size}.png")
    application.quit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
