"""The practice phone: its buttons fit the request, and its answers come back as sentences."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import SimulatorNews
from xumm_desk.ui.simulator_panel import CHOICES, SimulatorPanel
from xumm_desk.ui.widgets.environment_marks import PracticeStripe

from .fake_desk import StartedWork
from .sample_rows import row, rows


class Played(StartedWork):
    """A phone that does what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.says = ""
        self.breaks = False
        self.did: list[tuple[str, str]] = []
        self.tells: SimulatorNews | str = ""
        self.asked: list[int] = []

    async def phone_action(self, uuid: str, verb: str) -> str:
        self.did.append((uuid, verb))
        if self.breaks:
            raise OSError("gone")
        return self.says

    async def set_customers(self, choice: str) -> str:
        self.did.append(("", choice))
        return self.says

    async def news(self, after: int) -> SimulatorNews | str:
        self.asked.append(after)
        return self.tells


@pytest.fixture
def played() -> Played:
    return Played()


def time_of_day() -> str:
    return "14:03:20"


@pytest.fixture
def panel(qtbot: QtBot, played: Played) -> SimulatorPanel:
    made = SimulatorPanel(played, played.start, now=time_of_day)
    qtbot.addWidget(made)
    made.show()
    return made


def can(panel: SimulatorPanel) -> set[str]:
    return {verb for verb, button in panel.buttons.items() if button.isEnabled()}


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        (Status.CREATING, set()),
        (Status.WAITING, {"scan", "sign", "decline"}),
        (Status.OPENED, {"sign", "decline", "walk_off"}),
        (Status.PRE_SIGNED, {"sign", "decline", "walk_off"}),
        (Status.EXPIRED_OPENED, {"sign", "decline", "walk_off"}),
        (Status.EXPIRED, {"scan"}),
        (Status.PAID, set()),
        (Status.DECLINED, set()),
    ],
)
def test_the_buttons_fit_the_request(
    panel: SimulatorPanel, status: Status, verbs: set[str]
) -> None:
    assert can(panel) == set()
    panel.show_row(row(status))
    assert can(panel) == verbs


def test_a_press_acts_once_and_is_reported(panel: SimulatorPanel, played: Played) -> None:
    waiting = row(Status.WAITING)
    panel.show_row(waiting)
    button = panel.buttons["scan"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert can(panel) == set()
    played.run()
    assert played.did == [(waiting.request.uuid, "scan")]
    assert panel.log.item(0).text() == "14:03:20  scanned 1048"
    assert "scan" in can(panel)


def test_a_refusal_is_a_sentence(panel: SimulatorPanel, played: Played) -> None:
    played.says = "The wallet refuses: the time is over."
    panel.show_row(row(Status.OPENED))
    panel.buttons["sign"].click()
    played.run()
    assert played.says in panel.log.item(0).text()


def test_a_phone_that_breaks_frees_the_buttons(panel: SimulatorPanel, played: Played) -> None:
    played.breaks = True
    panel.show_row(row(Status.OPENED))
    panel.buttons["decline"].click()
    played.run()
    assert "did not answer" in panel.log.item(0).text()
    assert "decline" in can(panel)


def test_customers_by_themselves(panel: SimulatorPanel, played: Played) -> None:
    for place, (key, words) in enumerate(CHOICES):
        panel.customers.setCurrentIndex(place)
        panel.customers.activated.emit(place)
        assert not panel.customers.isEnabled()
        played.run()
        assert played.did[-1] == ("", key)
        assert words in panel.log.item(0).text()
    played.says = "Practice is not running."
    panel.customers.setCurrentIndex(0)
    panel.customers.activated.emit(0)
    played.run()
    assert panel.customers.currentData() == "mix", "a choice that was refused is not shown"


def test_the_log_stays_small(panel: SimulatorPanel, played: Played) -> None:
    panel.show_row(row(Status.OPENED))
    for _ in range(60):
        panel.buttons["sign"].click()
        played.run()
    assert panel.log.count() == 50


def test_it_is_practice_and_says_so(panel: SimulatorPanel, scheme: str) -> None:
    assert panel.findChild(PracticeStripe) is not None
    assert "practice" in panel.accessibleName()
    for one in rows():
        panel.show_row(one)
        assert panel.minimumSizeHint().width() <= 280
    assert not panel.grab().isNull()


def test_an_answer_after_the_panel_is_gone(qtbot: QtBot, played: Played) -> None:
    panel = SimulatorPanel(played, played.start, now=time_of_day)
    panel.show_row(row(Status.OPENED))
    panel.buttons["sign"].click()
    panel.deleteLater()
    with qtbot.waitSignal(panel.destroyed):
        pass
    played.run()


def logged(panel: SimulatorPanel) -> list[str]:
    return [panel.log.item(row).text() for row in range(panel.log.count())]


def test_what_customers_do_by_themselves_is_shown(panel: SimulatorPanel, played: Played) -> None:
    """They may have been set before this window opened, or by another program."""
    played.tells = SimulatorNews("mix", 12, ("signed 1",))
    panel.refresh_news()
    panel.refresh_news()
    played.run()
    assert played.asked == [0], "asked once at a time"
    assert panel.customers.currentData() == "mix"
    assert logged(panel) == [], "what was done before this window is none of its business"
    played.tells = SimulatorNews("pays", 14, ("scanned 2", "signed 2"))
    panel.refresh_news()
    played.run()
    assert played.asked == [0, 12]
    assert panel.customers.currentData() == "pays"
    assert logged(panel) == ["14:03:20  signed 2", "14:03:20  scanned 2"]
    # The platform was started anew, and counts from the beginning.
    played.tells = SimulatorNews("pays", 1, ("scanned 3",))
    for _ in range(2):
        panel.refresh_news()
        played.run()
    assert logged(panel)[0] == "14:03:20  scanned 3"
    played.tells = "The practice platform does not answer."
    panel.refresh_news()
    played.run()
    assert len(logged(panel)) == 3


def test_a_choice_is_handed_on_to_be_remembered(
    qtbot: QtBot, panel: SimulatorPanel, played: Played
) -> None:
    heard: list[str] = []
    panel.chosen.connect(heard.append)
    panel.customers.setCurrentIndex(1)
    panel.customers.activated.emit(1)
    played.run()
    assert heard == ["pays"]
    played.says = "Practice is not running."
    panel.customers.setCurrentIndex(2)
    panel.customers.activated.emit(2)
    played.run()
    assert heard == ["pays"]
