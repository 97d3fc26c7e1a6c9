"""Only a code that says the right text, dark on light and in whole pixels, counts as readable."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from xumm_desk.ui.qr import code_check, qr_image
from xumm_desk.ui.qr.code_check import has_modules, is_readable, paint
from xumm_desk.ui.qr.qr_view import QrView

LINK = "https://xumm.app/sign/8d9d1a57-5d3b-4f0a-9c53-2c8b0c7c1f55"
OTHER = "https://xumm.app/sign/8d9d1a57-5d3b-4f0a-9c53-2c8b0c7c1f56"


@pytest.fixture(params=["decoder", "modules"])
def check(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the decoder, and on a system that lacks it."""
    if request.param == "modules":
        monkeypatch.setitem(sys.modules, "zxingcpp", None)
    return str(request.param)


def code(module: int = 4, margin: int = 12, text: str = LINK) -> QImage:
    inner = qr_image.scaled_image(text, module)
    side = inner.width() + 2 * margin
    picture = QImage(side, side, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.drawImage(margin, margin, inner)
    painter.end()
    return picture


@pytest.mark.usefixtures("check")
class TestEither:
    @pytest.mark.parametrize("module", [2, 3, 5, 13])
    def test_the_right_code_is_readable(self, module: int) -> None:
        assert is_readable(code(module), LINK)

    def test_another_code_is_not(self) -> None:
        assert not is_readable(code(text=OTHER), LINK)

    def test_an_empty_picture_is_not(self) -> None:
        blank = code()
        blank.fill(Qt.GlobalColor.white)
        assert not is_readable(blank, LINK)
        blank.fill(Qt.GlobalColor.black)
        assert not is_readable(blank, LINK)

    def test_an_inverted_code_is_not(self) -> None:
        picture = code()
        picture.invertPixels()
        assert not is_readable(picture, LINK)

    def test_half_a_code_is_not(self) -> None:
        picture = code()
        assert not is_readable(picture.copy(0, 0, picture.width() // 2, picture.height()), LINK)

    def test_the_painted_view_is_readable_even_while_it_is_hidden(self, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(330, 340)
        view = QrView(window)
        view.setGeometry(QRect(7, 11, 301, 307))
        view.hide()
        view.show_text(LINK)
        window.show()
        assert is_readable(paint(view), LINK)
        view.setGeometry(QRect(7, 11, 60, 60))
        assert not is_readable(paint(view), LINK), "there is no room for it"
        view.setGeometry(QRect(0, 0, 0, 0))
        assert not is_readable(paint(view), LINK)


def test_without_a_decoder_one_wrong_module_is_found() -> None:
    picture = code(module=4, margin=12)
    assert has_modules(picture, LINK)
    middle = 12 + 4 * 20
    was = picture.pixelColor(middle, middle)
    picture.setPixelColor(middle, middle, QColor(255 - was.red(), 255 - was.red(), 255 - was.red()))
    assert not has_modules(picture, LINK)


def test_without_a_decoder_a_missing_margin_is_found() -> None:
    picture = code(module=4, margin=0)
    assert has_modules(picture, LINK)
    assert not has_modules(picture.copy(4, 4, 152, 152), LINK)


def test_the_decoder_is_loaded_at_the_first_check_only() -> None:
    script = (
        "import sys\n"
        "import xumm_desk.ui.main_window\n"
        "assert 'zxingcpp' not in sys.modules and 'wakepy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
    assert importlib.import_module("zxingcpp") is code_check._decoder()
