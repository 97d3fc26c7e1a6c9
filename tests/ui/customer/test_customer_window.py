"""The customer's window: each phase at every size, and no code before it was read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.sample_rows import MONO, extras, row, rows
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.customer.customer_window import CustomerWindow
from xumm_desk.ui.customer.fitted_text import FittedText
from xumm_desk.ui.customer.phases import Phase
from xumm_desk.ui.customer.record import customer_record
from xumm_desk.ui.customer.widgets import STEPS, CustomerWidget
from xumm_desk.ui.qr import code_check
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.widgets.environment_marks import NetworkFrame, PracticeStripe

from .priced_rows import RLUSD, priced, wait_for_code
from .test_record import MARK, hostile

OUTPUT = Path(__file__).parents[2] / "output"
LONG = "Bäckerei & Konditorei Schwarzenbacher-Hohenlohe und Söhne, Inhaberin Friederike Müller"
SIZES = [(1366, 768), (1920, 1080), (1024, 768), (800, 480), (1080, 1920), (400, 500)]


@pytest.fixture
def window(qtbot: QtBot) -> CustomerWindow:
    made = CustomerWindow()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    """Text at 200 %."""
    font = app.font()
    large = app.font()
    large.setPointSizeF(font.pointSizeF() * 2)
    app.setFont(large)
    yield
    app.setFont(font)


def show(
    window: CustomerWindow, one: RequestRow | None, passed: float = 0, shop: str = "Café Uno"
) -> None:
    window.show_record(customer_record(one, shop=shop), MONO + passed)


def said(window: CustomerWindow) -> str:
    """Every word on the screen."""
    parts = [part.text() for part in window.findChildren(FittedText) if part.isVisible()]
    return " | ".join(part for part in [*parts, window.time_left.text()] if part)


def codes(window: CustomerWindow) -> list[str]:
    """What a camera reads from the window's pixels."""
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.WAITING])
def test_a_phase_without_a_code_shows_its_shape_and_sentence(
    window: CustomerWindow, status: Status
) -> None:
    show(window, row(status))
    assert window.face.isVisible()
    assert not window.card.isVisible()
    assert window.sentence.text()
    assert codes(window) == []


def test_the_code_is_shown_once_its_pixels_were_read(qtbot: QtBot, window: CustomerWindow) -> None:
    show(window, row(Status.WAITING))
    assert window.phase() is Phase.PLEASE_WAIT
    assert window.sentence.text() == "One moment, please"
    assert codes(window) == []
    wait_for_code(qtbot, window)
    assert window.sentence.text() == "Scan with the Xaman app to pay"
    assert codes(window) == [row(Status.WAITING).request.qr_link]


def test_a_code_that_cannot_be_read_stays_away_and_is_told(
    qtbot: QtBot, window: CustomerWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint = code_check.paint

    def smeared(widget: QWidget) -> QImage:
        picture = paint(widget)
        for y in range(picture.height() // 2):
            for x in range(0, picture.width(), 1):
                picture.setPixelColor(x, y, QColor("white"))
        return picture

    monkeypatch.setattr(code_check, "paint", smeared)
    with qtbot.waitSignal(window.code_failed):
        show(window, row(Status.WAITING))
    assert window.phase() is Phase.PLEASE_WAIT
    assert codes(window) == []
    monkeypatch.setattr(code_check, "paint", paint)
    window.resize(900, 700)
    wait_for_code(qtbot, window)


def test_at_another_size_the_code_is_read_again(qtbot: QtBot, window: CustomerWindow) -> None:
    show(window, row(Status.WAITING))
    for size in SIZES:
        window.resize(*size)
        QApplication.processEvents()
        wait_for_code(qtbot, window)
        assert codes(window) == [row(Status.WAITING).request.qr_link], size
        assert window.qr.module_px(1.0) * 33 >= 0.4 * size[1], "tall enough for an arm's length"


def test_the_code_goes_when_a_phone_has_it_or_time_is_up(
    qtbot: QtBot, window: CustomerWindow
) -> None:
    show(window, row(Status.WAITING))
    wait_for_code(qtbot, window)
    window.tick(MONO + 271)
    assert window.phase() is Phase.PLEASE_WAIT, "a GET decides what comes next, not our clock"
    assert codes(window) == []
    window.tick(MONO)
    wait_for_code(qtbot, window)
    show(window, row(Status.OPENED))
    assert window.qr.content == ""
    assert codes(window) == []


def test_only_money_is_green(window: CustomerWindow) -> None:
    green = set()
    for status in Status:
        show(window, row(status))
        if window.face.tone() is Tone.GOOD and window.face.isVisible():
            green.add(status)
    assert green == {Status.PAID, Status.PAID_LATE}
    show(window, row(Status.SIGNED))
    assert window.face.shape() is Shape.RING_TICK


def test_the_steps_follow(window: CustomerWindow) -> None:
    done = []
    for status in (Status.WAITING, Status.OPENED, Status.CONFIRMING, Status.PAID, Status.CHECK):
        show(window, row(status))
        done.append(window.steps.done())
    assert done == [0, 1, 2, len(STEPS), -1]


def test_time_left_is_a_bar_and_a_clock_in_the_last_two_minutes(window: CustomerWindow) -> None:
    show(window, row(Status.WAITING))  # 271 s left
    assert window.time_left.text() == ""
    assert window.time_left.share() == pytest.approx(271 / 300)
    window.tick(MONO + 151)
    assert window.time_left.text() == "02:00"
    window.tick(MONO + 211.5)
    assert window.time_left.text() == "01:00"
    assert window.time_left.accessibleName() == "Time left 01:00"
    show(window, row(Status.PAID))
    assert window.time_left.share() is None


def test_without_a_clock_nothing_is_counted(qtbot: QtBot, window: CustomerWindow) -> None:
    window.show_record(customer_record(row(Status.WAITING)))
    wait_for_code(qtbot, window)
    assert window.time_left.share() is None


def test_idle_is_a_welcome_and_nothing_of_the_sale_before(window: CustomerWindow) -> None:
    show(window, priced(Status.PAID))
    show(window, None)
    assert window.phase() is Phase.IDLE
    assert said(window) == "Café Uno | Welcome"
    assert not window.card.isVisible()
    assert not window.face.isVisible()
    show(window, priced(Status.OPENED))
    assert said(window) == "Café Uno | €\u00a012.50 | 5.208334 XRP | Continue on your phone"


def test_no_text_of_a_stranger_is_on_any_widget(window: CustomerWindow) -> None:
    for one in (*rows(), priced(Status.WAITING)):
        for kept in (set[str](), {"TransactionType", "Amount", "quote", "network"}):
            show(window, hostile(one, iter(["x"] * 10_000), kept))
            for part in (window, *window.findChildren(QWidget)):
                texts = [part.accessibleName(), part.accessibleDescription(), part.toolTip()]
                assert MARK not in "".join([*texts, part.windowTitle()])
            assert MARK not in said(window)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("practice", [False, True])
def test_it_fits_every_screen(
    qtbot: QtBot, scheme: str, size: tuple[int, int], practice: bool
) -> None:
    window = CustomerWindow(practice=practice)
    qtbot.addWidget(window)
    window.show()
    _everything_fits(qtbot, window, size)


@pytest.mark.usefixtures("large_text")
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen_with_text_at_200_percent(qtbot: QtBot, size: tuple[int, int]) -> None:
    window = CustomerWindow(practice=True)
    qtbot.addWidget(window)
    window.show()
    _everything_fits(qtbot, window, size)


def _everything_fits(qtbot: QtBot, window: CustomerWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    plain = replace(priced(Status.WAITING, "123456789.123", "KWD", RLUSD), deadline=MONO + 83)
    for one in (None, plain, extras()[0].row, row(Status.DECLINED), priced(Status.PAID)):
        show(window, one, shop=LONG)
        if window.record().code:
            wait_for_code(qtbot, window)
        assert (window.width(), window.height()) == size, "nothing pushes the window larger"
        shown = [p for p in window.findChildren(CustomerWidget) if p.isVisible() and p.height()]
        ground = shown[0]
        placed = sorted((p for p in shown[1:] if p.parent() is ground), key=lambda p: p.y())
        for part in placed:
            assert ground.rect().contains(part.geometry()), (part, part.geometry())
        for above, below in pairwise(placed):
            assert not above.geometry().intersects(below.geometry()), (above, below)
        for text in window.findChildren(FittedText):
            if text.isVisible() and text.text() and text is not window.shop:
                assert text.text_width() <= text.width(), text.text()


def test_pictures_of_every_phase(qtbot: QtBot, scheme: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    late = replace(priced(Status.WAITING, "1.234", "KWD", RLUSD), deadline=MONO + 83)
    shown: dict[str, RequestRow | None] = {
        "idle": None,
        "scan": priced(Status.WAITING),
        "scan-late": late,
        "phone": priced(Status.OPENED),
        "confirming": priced(Status.CONFIRMING),
        "paid": priced(Status.PAID),
        "not-completed": priced(Status.DECLINED),
        "ask": priced(Status.CHECK),
    }
    window = CustomerWindow()
    qtbot.addWidget(window)
    window.show()
    for size in SIZES[:4]:
        window.resize(*size)
        for name, one in shown.items():
            show(window, one)
            if window.record().code:
                wait_for_code(qtbot, window)
            target = OUTPUT / f"customer-{name}-{size[0]}-{scheme}.png"
            assert window.grab().save(str(target))


def test_brightened_the_surround_is_white_while_the_code_is_scanned(
    qtbot: QtBot, window: CustomerWindow, scheme: str
) -> None:
    window.set_brighten(True)

    def corner() -> QColor:
        return window.grab().toImage().pixelColor(1, 1)

    show(window, row(Status.WAITING))
    wait_for_code(qtbot, window)
    assert corner() == QColor("#FFFFFF")
    show(window, row(Status.OPENED))
    assert corner() != QColor("#FFFFFF")


def test_other_networks_and_practice_are_marked(qtbot: QtBot, window: CustomerWindow) -> None:
    frame = window.findChild(NetworkFrame)
    assert frame is not None
    waiting = row(Status.WAITING)
    show(window, waiting)
    assert frame.label() == ""
    test_order = replace(waiting.request.spec, network="TESTNET")
    show(window, replace(waiting, request=replace(waiting.request, spec=test_order)))
    assert "test money" in frame.label()
    assert window.findChild(PracticeStripe) is None
    practice = CustomerWindow(practice=True)
    qtbot.addWidget(practice)
    assert practice.findChild(PracticeStripe) is not None


def test_full_screen_and_back(qtbot: QtBot, window: CustomerWindow) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("picture", [QImage(), QImage(64, 64, QImage.Format.Format_RGB32)])
def test_a_logo_is_beside_the_name_and_changes_no_other_place(
    window: CustomerWindow, picture: QImage
) -> None:
    show(window, priced(Status.OPENED))
    before = window.face.geometry()
    picture.fill(Qt.GlobalColor.red)
    window.show_logo(picture)
    assert window.face.geometry() == before
    assert (window.logo.width() > 0) is not picture.isNull()
    assert not window.logo.geometry().intersects(window.shop.geometry())


_AT_A_SCALE = """
import sys
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from ui.sample_rows import MONO, row
from xumm_desk.core.status import Status
from xumm_desk.ui.customer.customer_window import CustomerWindow
from xumm_desk.ui.customer.phases import Phase
from xumm_desk.ui.customer.record import customer_record
from xumm_desk.ui.qr import code_check
from xumm_desk.ui.style import theme
app = QApplication([])
theme.apply(app)
window = CustomerWindow(practice=True)
window.resize(733, 551)
window.show()
painted = []
paint = code_check.paint
code_check.paint = lambda widget: painted.append(paint(widget)) or painted[-1]
window.show_record(customer_record(row(Status.WAITING)), MONO)
while window.phase() is not Phase.SCAN:
    app.processEvents()
shown = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
ratio = shown.devicePixelRatio()
from PySide6.QtCore import QPoint, QRect
place = window.card.mapTo(window, QPoint(0, 0))
left, top = int(place.x() * ratio), int(place.y() * ratio)
picture = painted[-1]
edge = 12  # round corners lie on another ground
same = all(
    shown.pixel(left + x, top + y) == picture.pixel(x, y)
    for x in range(edge, picture.width() - edge, 3)
    for y in range(edge, picture.height() - edge, 3)
)
print(ratio, same)
"""


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_the_checked_pixels_are_those_of_the_window(scale: str) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": scale,
        "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ran = subprocess.run(
        [sys.executable, "-c", _AT_A_SCALE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(float(scale)), "True"]
