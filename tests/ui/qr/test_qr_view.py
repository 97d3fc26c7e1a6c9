"""The code on the screen can be read by a camera, at every scale and in both schemes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import qrcode
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.qr import qr_image
from xumm_desk.ui.qr.qr_image import QUIET, qr_modules, save_png, save_svg
from xumm_desk.ui.qr.qr_view import QrView

LINK = "https://xumm.app/sign/8d9d1a57-5d3b-4f0a-9c53-2c8b0c7c1f55"

_GRAB = """
import json, sys
from PySide6.QtWidgets import QApplication, QWidget
from xumm_desk.ui.style import theme
from xumm_desk.ui.qr.qr_view import QrView
app = QApplication([])
theme.apply(app)
theme.Theme.current().set_scheme(sys.argv[2])
window = QWidget()
window.resize(330, 330)
view = QrView(window)
# An odd corner: at fractional scales it lies between device pixels.
view.setGeometry(7, 11, 301, 307)
view.show_text(sys.argv[1])
window.show()
app.processEvents()
grabbed = window.grab()
grabbed.save(sys.argv[3])
dpr = grabbed.devicePixelRatio()
print(json.dumps({"dpr": dpr, "module": view.module_px(dpr)}))
"""


def to_pillow(image: QImage) -> Image.Image:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size, stride = (plain.width(), plain.height()), plain.bytesPerLine()
    return Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", stride)


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_painted_code_is_exact_and_readable(scale: str, scheme: str, tmp_path: Path) -> None:
    target = tmp_path / "code.png"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": scale,
        "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough",
    }
    ran = subprocess.run(
        [sys.executable, "-c", _GRAB, LINK, scheme, str(target)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    assert told["dpr"] == float(scale)
    picture = Image.open(target).convert("RGB")
    assert decoded(picture) == [LINK]
    _assert_exact(picture, told["module"])


def _assert_exact(picture: Image.Image, module: int) -> None:
    """Every module is a square of `module` pixels of pure black or pure white."""
    lines = qr_modules(LINK)
    side = len(lines) * module
    black = [
        (x, y)
        for y in range(picture.height)
        for x in range(picture.width)
        if picture.getpixel((x, y)) == (0, 0, 0)
    ]
    left = min(x for x, _ in black) - QUIET * module
    top = min(y for _, y in black) - QUIET * module
    code = picture.crop((left, top, left + side, top + side))
    for y in range(side):
        for x in range(side):
            want = (0, 0, 0) if lines[y // module][x // module] else (255, 255, 255)
            assert code.getpixel((x, y)) == want, (x, y)


@pytest.mark.usefixtures("scheme")
class TestView:
    def test_too_little_space_is_said_not_drawn(self, qtbot: QtBot) -> None:
        view = QrView()
        qtbot.addWidget(view)
        view.show_text(LINK)
        view.resize(60, 60)
        assert view.module_px(1.0) == 0
        assert decoded(to_pillow(view.grab().toImage())) == []

    def test_a_cover_hides_the_code(self, qtbot: QtBot) -> None:
        view = QrView()
        qtbot.addWidget(view)
        view.resize(300, 300)
        view.show_text(LINK)
        assert decoded(to_pillow(view.grab().toImage())) == [LINK]
        view.show_text(LINK, "Customer has scanned")
        assert decoded(to_pillow(view.grab().toImage())) == []
        assert view.accessibleName() == "Customer has scanned"

    def test_a_click_copies_and_the_feedback_leaves_it_readable(self, qtbot: QtBot) -> None:
        view = QrView()
        qtbot.addWidget(view)
        view.resize(300, 300)
        view.show_text(LINK)
        with qtbot.waitSignal(view.copied):
            QTest.mouseClick(view, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == LINK
        assert decoded(to_pillow(view.grab().toImage())) == [LINK]


class TestFiles:
    def test_png(self, tmp_path: Path) -> None:
        assert save_png(tmp_path / "code.png", LINK, 6)
        picture = Image.open(tmp_path / "code.png").convert("RGB")
        assert picture.width == qr_image.qr_image(LINK).width() * 6
        assert decoded(picture) == [LINK]
        assert not save_png(tmp_path / "no" / "where.png", LINK)

    def test_svg_draws_the_same_modules(self, tmp_path: Path) -> None:
        assert save_svg(tmp_path / "code.svg", LINK)
        image = QImage(str(tmp_path / "code.svg"))
        if image.isNull():
            pytest.skip("this Qt reads no SVG")
        side = qr_image.qr_image(LINK).width()
        fast = Qt.TransformationMode.FastTransformation
        shown = image.scaled(side * 8, side * 8, mode=fast)
        assert decoded(to_pillow(shown)) == [LINK]
        assert not save_svg(tmp_path / "no" / "where.svg", LINK)

    def test_saving_reports_how_it_went(self, qtbot: QtBot, tmp_path: Path) -> None:
        view = QrView()
        qtbot.addWidget(view)
        view.show_text(LINK)
        told: list[str] = []
        view.saved.connect(told.append)
        view.save_to_png(str(tmp_path / "a.png"))
        view.save_to_svg(str(tmp_path / "no" / "b.svg"))
        assert told == ["Saved a.png", "b.svg could not be saved there"]


def test_codes_are_made_once() -> None:
    assert qr_image.qr_image(LINK) is qr_image.qr_image(LINK)


@pytest.mark.parametrize("length", [1, 17, 58, 90, 300, 1200])
def test_the_mask_is_the_one_that_the_library_chooses(length: int) -> None:
    chance = random.Random(length)
    for _ in range(6 if length < 300 else 2):
        text = "".join(chance.choices("abcdef0123456789-:/.", k=length))
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
        code.add_data(text)
        code.make(fit=True)
        assert qr_modules(text) == tuple(tuple(line) for line in code.get_matrix())


@pytest.mark.parametrize("side", [21, 33])
def test_penalties_are_those_of_the_library(side: int) -> None:
    chance = random.Random(side)
    for share in (0.0, 0.03, 0.5, 0.8, 1.0):
        found: list[list[bool | None]] = [
            [chance.random() < share for _ in range(side)] for _ in range(side)
        ]
        own = qr_image.penalty(
            qr_image.as_bits(found), qr_image.as_bits(qr_image.transposed(found)), side
        )
        assert own == qrcode.util.lost_point(found)
