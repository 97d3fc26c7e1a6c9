"""The lamps show what fails, for how long, and never by colour alone."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.ui import health_display
from xumm_desk.ui.health_display import HealthLamps
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape

from . import sample_rows
from .fake_desk import FakeDesk


def test_well() -> None:
    health, now = sample_rows.health(), sample_rows.MONO
    assert health_display.api_lamp(health, now).label == "API 4 s"
    assert health_display.sockets_lamp(health, now).label == "Live 5 of 5 · 3 s"
    assert health_display.calls_lamp(health).label == "52/60 calls"
    for light in (
        health_display.api_lamp(health, now),
        health_display.sockets_lamp(health, now),
        health_display.ledger_lamp(health),
    ):
        assert (light.shape, light.role) == (Shape.DOT, Tone.NEUTRAL)


def test_more_requests_than_the_system_allows_sockets() -> None:
    health = sample_rows.health(sockets_live=3, sockets_wanted=5, sockets_over_limit=2)
    light = health_display.sockets_lamp(health, sample_rows.MONO)
    assert light.role is not Tone.NEUTRAL
    assert "only 3 live connections" in light.explanation
    assert "2 more requests" in light.explanation
    assert "open files" in light.explanation
    lost = health_display.sockets_lamp(
        sample_rows.health(sockets_live=1, sockets_wanted=5, sockets_over_limit=2), 0.0
    )
    assert "lost" in lost.explanation


@pytest.mark.parametrize(
    ("lamp", "changes", "words"),
    [
        ("api", {"platform_error": "The keys are refused."}, "The keys are refused."),
        ("live", {"sockets_live": 3}, "lost for 2 of 5"),
        ("live", {"socket_at": sample_rows.MONO - 41}, "silent"),
        ("live", {"socket_at": None}, "silent"),
        ("ledger", {"ledger_set_up": False}, "never Paid"),
        ("calls", {"calls_left": 3}, "3 of 60"),
    ],
)
def test_ill_is_a_triangle_with_a_sentence(
    qtbot: QtBot, lamp: str, changes: dict[str, Any], words: str
) -> None:
    desk = FakeDesk()
    strip = HealthLamps(desk.as_desk())
    qtbot.addWidget(strip)
    desk.present_health = sample_rows.health(**changes)
    strip.tick()
    shown = getattr(strip, lamp)
    assert shown.state.shape is Shape.TRIANGLE
    assert words in shown.toolTip()
    assert words in shown.accessibleName()


def test_age_grows_with_the_clock(qtbot: QtBot) -> None:
    desk = FakeDesk()
    strip = HealthLamps(desk.as_desk())
    qtbot.addWidget(strip)
    desk.clock.passed = 20
    strip.tick()
    assert strip.api.state.label == "API 24 s"
    desk.clock.passed = 600
    strip.tick()
    assert strip.live.state.label == "Live 5 of 5 · 10 min"


def test_nothing_to_follow_is_not_ill() -> None:
    light = health_display.sockets_lamp(
        sample_rows.health(sockets_live=0, sockets_wanted=0), sample_rows.MONO
    )
    assert (light.shape, light.label) == (Shape.RING, "Live –")


def test_a_disk_that_refuses_is_harm(qtbot: QtBot) -> None:
    desk = FakeDesk()
    strip = HealthLamps(desk.as_desk())
    qtbot.addWidget(strip)
    assert strip.journal.isHidden()
    desk.present_health = sample_rows.health(journal_error="The disk is full.")
    strip.tick()
    assert not strip.journal.isHidden()
    assert (strip.journal.state.shape, strip.journal.toolTip()) == (
        Shape.OCTAGON,
        "The disk is full.",
    )
