"""The customer's screen: each status has its phase, and nothing private or technical is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.sample_rows import MONO, SHOP, Clock, extras, row, rows
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.customer.customer_window import CustomerWindow
from xumm_desk.ui.customer.phases import Phase, headline, phase_of
from xumm_desk.ui.customer.widgets import STEPS, FittedText
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.widgets.environment_marks import NetworkFrame, PracticeStripe


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def window(qtbot: QtBot, clock: Clock) -> CustomerWindow:
    made = CustomerWindow(shop="Coffee house")
    qtbot.addWidget(made)
    made.set_clock(clock.monotonic)
    made.resize(800, 600)
    made.show()
    return made


def said(window: CustomerWindow) -> str:
    """Every word on the screen."""
    parts = [part.text() for part in window.findChildren(FittedText) if part.isVisible()]
    return " | ".join([*parts, window.time_left.text()])


PHASES = [
    (Status.CREATING, Phase.PLEASE_WAIT, "One moment, please"),
    (Status.WAITING, Phase.SCAN, "Scan with the Xaman app to pay"),
    (Status.OPENED, Phase.PHONE, "Continue on your phone"),
    (Status.PRE_SIGNED, Phase.PHONE, "Continue on your phone"),
    (Status.DISPATCHED, Phase.CONFIRMING, "Confirming…"),
    (Status.CONFIRMING, Phase.CONFIRMING, "Confirming…"),
    (Status.PAID, Phase.PAID, "Thank you"),
    (Status.PAID_LATE, Phase.PAID, "Thank you"),
    (Status.SIGNED, Phase.PAID, "Thank you"),
    (Status.DECLINED, Phase.NOT_DONE, "Not completed — please ask the cashier"),
    (Status.CANCELLED, Phase.NOT_DONE, "Not completed — please ask the cashier"),
    (Status.EXPIRED, Phase.NOT_DONE, "Not completed — please ask the cashier"),
    (Status.FAILED, Phase.NOT_DONE, "Not completed — please ask the cashier"),
    (Status.UNVERIFIED, Phase.ASK, "Please ask the cashier"),
    (Status.EXPIRED_OPENED, Phase.ASK, "Please ask the cashier"),
    (Status.CHECK, Phase.ASK, "Please ask the cashier"),
]


@pytest.mark.parametrize(("status", "phase", "sentence"), PHASES)
def test_each_status_has_its_phase(
    window: CustomerWindow, status: Status, phase: Phase, sentence: str
) -> None:
    window.show_row(row(status))
    assert window.row() is row(status)
    assert window.phase() is phase
    assert window.sentence.text() == sentence
    assert window.sentence.isVisible()
    assert window.qr.isVisible() is (phase is Phase.SCAN), "once opened, the code is covered"
    assert window.face.isVisible() is (phase is not Phase.SCAN)


def test_every_status_is_thought_of() -> None:
    assert {status for status, _, _ in PHASES} == set(Status)
    assert len(PHASES) == len(Status)


def test_only_money_is_green(window: CustomerWindow) -> None:
    green = set()
    for status in Status:
        window.show_row(row(status))
        if window.face.role() is Tone.GOOD and window.face.isVisible():
            green.add(status)
    assert green == {Status.PAID, Status.PAID_LATE}
    window.show_row(row(Status.SIGNED))
    assert window.face.shape() is Shape.RING_TICK


def test_the_steps_follow(window: CustomerWindow) -> None:
    done = []
    for status in (Status.WAITING, Status.OPENED, Status.CONFIRMING, Status.PAID, Status.CHECK):
        window.show_row(row(status))
        done.append(window.steps.done())
    assert done == [0, 1, 2, len(STEPS), -1]


def test_the_code_goes_when_a_phone_has_it_or_time_is_up(
    window: CustomerWindow, clock: Clock
) -> None:
    waiting = row(Status.WAITING)
    window.show_row(waiting)
    assert window.qr.isVisible()
    assert window.qr.text == waiting.request.qr_link
    clock.passed = 271
    window.tick()
    assert window.phase() is Phase.PLEASE_WAIT, "a GET decides what comes next, not our clock"
    assert not window.qr.isVisible()
    clock.passed = 0
    window.tick()
    assert window.qr.isVisible()
    window.show_row(row(Status.OPENED))
    assert not window.qr.isVisible()
    assert window.qr.text == ""


def test_time_left_is_a_banner_and_a_clock_at_the_end(window: CustomerWindow, clock: Clock) -> None:
    window.show_row(row(Status.WAITING))  # 271 s left
    assert window.time_left.text() == ""
    assert window.time_left.share() == pytest.approx(271 / 300)
    clock.passed = 151
    window.tick()
    assert window.time_left.text() == "2:00"
    clock.passed = 211.5
    window.tick()
    assert window.time_left.text() == "1:00"
    assert window.time_left.accessibleName() == "Time left 1:00"
    window.show_row(row(Status.PAID))
    assert window.time_left.share() is None


def test_without_a_clock_nothing_is_counted(qtbot: QtBot) -> None:
    window = CustomerWindow()
    qtbot.addWidget(window)
    window.show_row(row(Status.WAITING))
    assert window.phase() is Phase.SCAN
    assert window.time_left.share() is None


def test_nothing_private_or_technical_is_shown(window: CustomerWindow) -> None:
    for one in rows():
        window.show_row(one)
        words = said(window)
        request = one.request
        secrets = [request.identifier, request.uuid, request.txid, SHOP, request.spec.instruction]
        secrets += [r for check in one.verdict.checks for r in (check.name, check.advice)]
        assert not [s for s in secrets if s and s in words]
        assert "error" not in words.lower()
        assert one.request.identifier not in window.windowTitle()


def test_idle_is_a_welcome(window: CustomerWindow) -> None:
    window.show_row(row(Status.PAID))
    window.show_row(None)
    assert window.phase() is Phase.IDLE
    assert said(window) == "Coffee house | Welcome | "
    assert not window.card.isVisible()
    window.show_row(row(Status.WAITING))
    assert "5.208334 XRP" in said(window)


def spec(network: str = "MAINNET", **tx: object) -> RequestSpec:
    body = {"txjson": {"TransactionType": "Payment", "Destination": SHOP, **tx}}
    made = parse_body(body, identifier="x", network=network)  # type: ignore[arg-type]
    assert isinstance(made, RequestSpec)
    return made


def test_headlines() -> None:
    assert headline(spec(Amount="12500000")) == "12.50 XRP"
    assert headline(spec("XAHAU", Amount="12500000")) == "12.50 XAH"
    assert headline(spec()) == "You choose the amount"
    assert headline(spec(TransactionType="SignIn")) == "Sign in"
    assert headline(spec(TransactionType="TrustSet")) == "Please sign"
    assert headline(row(Status.DISPATCHED).request.spec) == "12.5 EUR"


def test_no_link_no_code() -> None:
    waiting = row(Status.WAITING)
    bare = replace(waiting, request=replace(waiting.request, qr_link=None))
    assert phase_of(bare, MONO) is Phase.PLEASE_WAIT


@pytest.mark.parametrize("size", [(800, 600), (1280, 800), (1920, 1080), (1080, 1920), (400, 500)])
def test_it_fits_every_screen(window: CustomerWindow, size: tuple[int, int], scheme: str) -> None:
    long: RequestRow = extras()[0].row
    for one in (row(Status.WAITING), long, row(Status.DECLINED)):
        window.resize(*size)
        window.show_row(one)
        assert not window.grab().isNull()
        assert (window.width(), window.height()) == size, "nothing pushes the window larger"
        assert window.phase() is not Phase.SCAN or window.qr.module_px(1.0) >= 2
        assert window.card.height() >= 0.4 * size[1]
        assert window.card.width() == window.card.height()
        for part in (window.amount, window.sentence, window.steps, window.time_left):
            assert part.height() >= part.sizeHint().height(), "nothing is squeezed"
            assert window.rect().contains(part.mapTo(window, part.rect().bottomRight()))


def test_other_networks_and_practice_are_framed(qtbot: QtBot, window: CustomerWindow) -> None:
    frame = window.findChild(NetworkFrame)
    assert frame is not None
    waiting = row(Status.WAITING)
    window.show_row(waiting)
    assert frame.label() == ""
    test_order = replace(waiting.request.spec, network="TESTNET")
    window.show_row(replace(waiting, request=replace(waiting.request, spec=test_order)))
    assert "test money" in frame.label()
    assert window.findChild(PracticeStripe) is None
    practice = CustomerWindow(practice=True)
    qtbot.addWidget(practice)
    assert practice.findChild(PracticeStripe) is not None


def test_full_screen_and_back(window: CustomerWindow) -> None:
    closed: list[bool] = []

    def note() -> None:
        closed.append(True)

    window.closed.connect(note)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert closed == [True]


def test_the_screen_is_remembered_by_name(window: CustomerWindow) -> None:
    chosen: list[str] = []
    window.screen_chosen.connect(chosen.append)
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    name = QGuiApplication.primaryScreen().name()
    assert chosen == [name, name]
    window.present("A monitor that was sold")
    assert not window.isFullScreen(), "never over the cashier's own window"
    assert "is not connected" in window.windowTitle()
    window.present()
    assert window.isFullScreen()
    window.showNormal()


def test_a_camera_reads_the_code(window: CustomerWindow, scheme: str) -> None:
    waiting = row(Status.WAITING)
    window.show_row(waiting)
    for size in ((400, 500), (1080, 1920), (1920, 1080), (800, 600)):
        window.resize(*size)
        picture = window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        width, stride = picture.width(), picture.bytesPerLine()
        pixels = unpadded(bytes(picture.constBits()), width, stride)
        found = zxingcpp.read_barcodes(Image.frombytes("L", (width, picture.height()), pixels))
        assert [code.text for code in found] == [waiting.request.qr_link]


def unpadded(raw: bytes, width: int, stride: int) -> bytes:
    """The lines of a picture without the padding at their ends."""
    return b"".join(raw[at : at + width] for at in range(0, len(raw), stride))
